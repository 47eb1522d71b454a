"""The record of what happened, outside of the database: what is hashed and signed, how it is written and checked.

Nothing here asks a database, so that whoever has an export and the public key can check it alone.
"""
