"""Pair With Device, on both devices: the one that joins, and the one that is host.

Views ask, models decide. May import web, ops and models; never the headless client.
"""
