"""Cloud backups come, are re-wrapped, and go with their keys.

May import recovery and what is below.
"""
