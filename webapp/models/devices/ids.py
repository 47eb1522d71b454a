"""Ids of devices, of those that are and of those that ask to be: each is used once, by one browser."""

from sqlalchemy import column, exists, or_, select, table

from webapp.database import db

PLACES = {"device": "id", "own_recovery": "id", "restore_request": "device_id", "pairing": "device_id"}
"""Which column of which table has them. By name: whoever writes one of these tables asks here first."""


def is_taken(device_id: str) -> bool:
    """Whether any device, of whomever, has or ever asked by this id: nobody’s is taken over by naming it."""
    db.session.flush()  # a statement on bare tables doesn’t do it by itself
    places = [(table(name, column(where)), where) for name, where in PLACES.items()]
    found = [exists().where(place.c[where] == device_id) for place, where in places]
    return bool(db.session.scalar(select(or_(*found))))
