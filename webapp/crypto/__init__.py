"""Cryptography of the server: it seals, verifies and compares. Nothing here can open a vault, a backup or a keyslot."""
