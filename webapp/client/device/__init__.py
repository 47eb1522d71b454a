"""One browser profile: its state, its lock, its vault.

May import transport, formats and crypto.
"""
