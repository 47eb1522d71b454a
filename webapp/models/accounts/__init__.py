"""What members and admins do to accounts: invite, join, change, reset, unpair, veto.

May import backups, recovery and what is below; only reports stand above.
"""
