"""Primitives: groups, keys, signatures, sealing. Bytes in, bytes out.

May import errors and text_files of this client, and `webapp.crypto`; no format, no network.
"""
