"""The vault, its lock on a device, its backups and earlier vaults.

Views ask, models decide. May import web, ops and models; never the headless client.
"""
