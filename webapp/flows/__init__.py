"""State tables, each the whole truth of what may follow what. Nothing here knows Flask or the database."""
