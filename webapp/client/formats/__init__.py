"""Formats: what is written into files, backups and requests, and how it is read again.

May import crypto; no device, no network.
"""
