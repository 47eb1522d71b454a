"""Lists of events: by person, kind and time, a page at a time, as fast at the end of a million as at the beginning; and
all of them, for an export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select, tuple_, union_all

from webapp.audit.chain import Entry
from webapp.database import db
from webapp.models.directory.user import User
from webapp.models.journal.chain import EventChain
from webapp.models.journal.event import Event

NUMBERS = range(1, 2**31)
"""Those that an event can have."""
CHUNK = 500
"""How many of them an export has in memory at a time."""
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
    exact = User.by_email(text)
    if exact and exact.organisation_id == organisation_id:
        return [exact.id]
    fits = or_(User.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True))
    found = db.session.scalars(users.where(fits).limit(PEOPLE + 1)).all()
    if len(found) > PEOPLE:
        raise TooManyPeople
    return list(found)


def entries(organisation_id: str, count: int) -> Iterator[tuple[Entry, str]]:
    """The first `count` events as they are hashed, each with the hash that was kept for it. A few hundred are in
    memory at a time, and no read stays open between them. Rows that somebody inserted past the chain’s end come, too:
    Activity shows them, so an export has to."""
    last: int | None = None  # not 0: a number below 1 is one that nothing here gave
    while last is None or last < count:
        query = select(Event).where(Event.organisation_id == organisation_id, Event.number <= count)
        query = query if last is None else query.where(Event.number > last)
        found = _hashed(query.order_by(Event.number))
        if not found:
            break  # rows are missing: what was written until here doesn’t fit the head, as it should be
        yield from found
        last = found[-1][0].number
    # One statement sees an event and the chain’s end that was moved with it, or neither.
    end = select(EventChain.count).where(EventChain.organisation_id == organisation_id).scalar_subquery()
    beyond = select(Event).where(Event.organisation_id == organisation_id, Event.number > func.coalesce(end, 0))
    yield from _hashed(beyond.order_by(Event.number))


def _hashed(query: Select[Event]) -> list[tuple[Entry, str]]:
    found = [(event.entry, event.hash) for event in db.session.scalars(query.limit(CHUNK))]
    db.session.rollback()
    return found
