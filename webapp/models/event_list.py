"""Lists of events: by person, kind and time, a page at a time, as fast at the end of a million as at the beginning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select, tuple_, union_all

from webapp.database import db
from webapp.models.event import Event
from webapp.models.user import User

NUMBERS = range(1, 2**31)
"""Those that an event can have."""
PEOPLE = 10
"""How many people one search may mean."""


class TooManyPeople(Exception):
    """More people fit what was typed than are searched for at once."""


@dataclass(frozen=True)
class EventList:
    """The events of an organisation that are asked for. None: any."""

    organisation_id: str
    people: Sequence[str] | None = None
    """Ids of whoever did it, or whom it was about."""
    kinds: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Up to, and without, this moment."""

    def page(self, size: int, before: int | None = None) -> tuple[Sequence[Event], int | None]:
        """The newest of them, or those before the one with this number; and the number the next page goes on from.
        No event has that number: the newest."""
        parts = [self._newest(part, size) for part in self._parts(self._started(before))]
        if not parts:
            return [], None
        query = parts[0]
        if len(parts) > 1:
            ids = union_all(*(select(part.with_only_columns(Event.id).subquery().c.id) for part in parts))
            query = self._newest(select(Event).where(Event.id.in_(ids)), size)
        found = db.session.scalars(query).all()
        return found[:size], found[size - 1].number if len(found) > size else None

    def _started(self, before: int | None) -> Select[Event]:
        query = select(Event).where(Event.organisation_id == self.organisation_id)
        if self.since:
            query = query.where(Event.at >= self.since)
        if self.until:
            query = query.where(Event.at < self.until)
        place = select(Event.at, Event.number).where(Event.organisation_id == self.organisation_id)
        found = (
            db.session.execute(place.where(Event.number == before)).first()
            if before is not None and before in NUMBERS
            else None
        )
        if found:
            there = tuple_(*found, types=[Event.at.type, Event.number.type])
            query = query.where(tuple_(Event.at, Event.number) < there)
        return query

    def _parts(self, query: Select[Event]) -> Iterator[Select[Event]]:
        """Queries that an index answers in order: together they are what is asked for."""
        if self.people is not None:
            if self.kinds is not None:
                query = query.where(Event.kind.in_(self.kinds))
            for person in self.people:
                yield query.where(Event.actor_id == person)
                yield query.where(Event.subject_id == person)
        elif self.kinds is not None:
            for kind in self.kinds:
                yield query.where(Event.kind == kind)
        else:
            yield query

    @staticmethod
    def _newest(query: Select[Event], size: int) -> Select[Event]:
        return query.order_by(Event.at.desc(), Event.number.desc()).limit(size + 1)


def people_called(organisation_id: str, text: str) -> list[str]:
    """The ids of everybody whose name or address has the text in it; of one alone, if it is their address.
    Raises TooManyPeople."""
    users = select(User.id).where(User.organisation_id == organisation_id)
    exact = db.session.scalars(users.where(User.email == User.normalised_email(text))).all()
    if exact:
        return list(exact)
    fits = or_(User.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True))
    found = db.session.scalars(users.where(fits).limit(PEOPLE + 1)).all()
    if len(found) > PEOPLE:
        raise TooManyPeople
    return list(found)
