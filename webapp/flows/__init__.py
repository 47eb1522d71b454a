"""State tables, each the whole truth of what may follow what; and the ways back to a vault.

Nothing here knows Flask or the database.
"""
