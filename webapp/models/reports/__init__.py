"""What admins read: coverage, statistics, lists and summaries.

May import every model; writes nothing.
"""
