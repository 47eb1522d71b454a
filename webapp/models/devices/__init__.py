"""Devices of members, and the server’s share of their locks.

May import signin and what is below.
"""
