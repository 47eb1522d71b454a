"""How an organisation’s chain of events ends, which every transaction that records something moves on."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.audit.chain import NOTHING, Entry, Head, written
from webapp.clock import now
from webapp.database import Base, db, in_transaction, insert_missing
from webapp.models.audit_key import AuditKey
from webapp.models.columns import Id, Sha256
from webapp.models.user import User

if TYPE_CHECKING:
    from webapp.models.event import Event

CHUNK = 500


class EventChain(Base):
    """One row to an organisation: how many events there are, and the hash of the last."""

    __tablename__ = "event_chain"

    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    hash: Mapped[Sha256] = mapped_column(default=NOTHING)

    @staticmethod
    def link(events: Sequence["Event"]) -> None:
        """Give them their places at the end of their chains. The last step of a transaction: it holds the chain until
        the commit, and everybody else who records something waits that long and no longer."""
        assert in_transaction()
        EventChain._wait_for_people(events)
        for organisation_id in sorted({event.organisation_id for event in events}):
            chain = EventChain._locked(organisation_id)
            for event in events:
                if event.organisation_id == organisation_id:
                    chain._take(event)
        db.session.add_all(events)
        db.session.flush()

    @staticmethod
    def head(organisation_id: str) -> Head:
        """The present end, signed by the organisation’s key."""
        key = AuditKey.of(organisation_id)
        chain = db.session.get(EventChain, organisation_id, populate_existing=True)
        count, last = (chain.count, chain.hash) if chain else (0, NOTHING)
        return key.signed(Head(organisation_id, count, last, written(now()), key.public))

    @staticmethod
    def entries(organisation_id: str, count: int) -> Iterator[tuple[Entry, str]]:
        """The first `count` events as they are hashed, each with the hash that was kept for it. A few hundred are in
        memory at a time, and no read stays open between them. What somebody put beside the chain comes, too: Activity
        shows it, so an export has to."""
        from webapp.models.event import Event

        last: int | None = None  # not 0: a number below 1 is one that nothing here gave
        while last is None or last < count:
            query = select(Event).where(Event.organisation_id == organisation_id, Event.number <= count)
            query = query if last is None else query.where(Event.number > last)
            found = EventChain._hashed(query.order_by(Event.number))
            if not found:
                break  # rows are missing: what was written until here doesn’t fit the head, as it should be
            yield from found
            last = found[-1][0].number
        # One statement sees an event and the chain’s end that was moved with it, or neither.
        end = select(EventChain.count).where(EventChain.organisation_id == organisation_id).scalar_subquery()
        beyond = select(Event).where(Event.organisation_id == organisation_id, Event.number > func.coalesce(end, 0))
        yield from EventChain._hashed(beyond.order_by(Event.number))

    @staticmethod
    def _hashed(query: "Select[Event]") -> list[tuple[Entry, str]]:
        found = [(event.entry, event.hash) for event in db.session.scalars(query.limit(CHUNK))]
        db.session.rollback()
        return found

    @staticmethod
    def _wait_for_people(events: Sequence["Event"]) -> None:
        """A row that names a person waits while their address is changed. Wait now, with the chain still free: whoever
        changes it may be about to record that."""
        people = {person for event in events for person in (event.actor_id, event.subject_id) if person}
        if people and db.engine.dialect.name != "sqlite":  # there nobody else writes meanwhile
            query = select(User.id).where(User.id.in_(people)).order_by(User.id)
            db.session.execute(query.with_for_update(read=True, key_share=True))

    @staticmethod
    def _locked(organisation_id: str) -> "EventChain":
        options = {"with_for_update": True, "populate_existing": True}
        chain = db.session.get(EventChain, organisation_id, **options)  # type: ignore[arg-type]
        if chain is None:
            insert_missing(EventChain, organisation_id=organisation_id, count=0, hash=NOTHING)
            chain = db.session.get_one(EventChain, organisation_id, **options)  # type: ignore[arg-type]
        return chain

    def _take(self, event: "Event") -> None:
        event.number, event.previous = self.count + 1, self.hash
        event.hash = event.entry.hash
        self.count, self.hash = event.number, event.hash
