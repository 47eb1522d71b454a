"""One person’s events: what they did and what was done to them, newest first."""

from collections.abc import Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import joinedload

from webapp.database import db
from webapp.models.event import Event


def timeline(user_id: str, size: int, before: int | None = None) -> tuple[Sequence[Event], int | None]:
    """The newest events by or about them, or those before the one with this number; and the number the next page goes
    on from. Two short walks along an index each, however many events there are."""
    walks = []
    for column in (Event.actor_id, Event.subject_id):
        walk = select(Event.id).where(column == user_id)
        if before is not None:
            walk = walk.where(Event.id < before)
        newest = walk.order_by(Event.id.desc()).limit(size + 1).subquery()
        walks.append(select(newest.c.id))
    query = select(Event).where(Event.id.in_(union(*walks).subquery().select()))
    query = query.options(joinedload(Event.actor), joinedload(Event.subject))
    found = db.session.scalars(query.order_by(Event.id.desc()).limit(size + 1)).all()
    return found[:size], found[size - 1].id if len(found) > size else None
