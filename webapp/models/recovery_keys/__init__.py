"""The organisation’s recovery keys: their public halves, and how one follows another.

May import journal, notices and directory; backups that are sealed to a key stand above.
"""
