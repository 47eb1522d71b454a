"""The database in one file, and back: for the operator, by SQLite’s own copy or PostgreSQL’s pg_dump.

Neither holds a sealing key. Whoever has such a file and not SEALING_KEYS opens nothing that the server sealed.
"""
