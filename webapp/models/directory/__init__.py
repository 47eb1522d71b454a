"""Who belongs to the organisation, and who owns its settings.

May import server; no domain above it.
"""
