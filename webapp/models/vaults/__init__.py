"""Vault files, cloud backups and shares as the server keeps them, sealed; the kit; the first device.

May import devices, recovery_keys and what is below.
"""
