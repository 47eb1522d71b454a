"""What happened: append-only, written in the transaction that made it happen, each naming the one before it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.audit.chain import Entry, canonical, read, written
from webapp.clock import now
from webapp.database import Base, at_the_end, db, in_transaction
from webapp.models.columns import BigNumber, Id, Name, Sha256
from webapp.models.directory.user import User
from webapp.models.journal.chain import EventChain


class Event(Base):
    """Kind (a past tense such as `restore_request.approved`), who did it, whom it is about, and details."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index("ix_event_by_time", "organisation_id", "at", "number"),
        Index("ix_event_by_kind", "organisation_id", "kind", "at", "number"),
        Index("ix_event_by_actor", "organisation_id", "actor_id", "at", "number"),
        Index("ix_event_by_subject", "organisation_id", "subject_id", "at", "number"),
    )
    """A list of a million is read from either end, whole, by person or by kind: `webapp.models.journal.listing`."""

    id: Mapped[BigNumber] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[BigNumber]
    """In the organisation’s chain, from 1 without gaps, in the order of the commits."""
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("user_account.id"))
    """None: the clock, or the operator at the command line (details say which)."""
    actor_name: Mapped[Name] = mapped_column(default="")
    """As it was then; so is the subject’s."""
    subject_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("user_account.id"))
    subject_name: Mapped[Name] = mapped_column(default="")
    object_id: Mapped[Name] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous: Mapped[Sha256]
    """The hash of the event before it."""
    hash: Mapped[Sha256]

    @staticmethod
    def append(
        kind: str,
        organisation_id: str,
        *,
        actor: User | None = None,
        subject: User | None = None,
        object_id: str = "",
        **details: Any,
    ) -> "Event":
        """Record it, in the caller’s transaction; at its very end it gets its number and becomes a row."""
        assert in_transaction()
        event = Event(
            kind=kind,
            organisation_id=organisation_id,
            at=now(),
            actor_id=actor.id if actor else None,
            actor_name=actor.name if actor else "",
            subject_id=subject.id if subject else None,
            subject_name=subject.name if subject else "",
            object_id=object_id,
            details=read(canonical(details)),  # as it will be read again: what is hashed is what is kept
        )
        at_the_end(Event.link, event)
        return event

    @staticmethod
    def link(events: Sequence["Event"]) -> None:
        """Append the events to their chains, as the last step of a transaction. This locks the chain until the commit,
        and every other transaction that records an event waits that long."""
        assert in_transaction()
        _wait_for_people(events)
        for organisation_id in sorted({event.organisation_id for event in events}):
            chain = EventChain.locked(organisation_id)
            for event in events:
                if event.organisation_id == organisation_id:
                    event._follow(chain)
        db.session.add_all(events)
        db.session.flush()

    def _follow(self, chain: EventChain) -> None:
        self.number = chain.count + 1
        self.previous = chain.hash
        self.hash = self.entry.hash
        chain.count = self.number
        chain.hash = self.hash

    @property
    def entry(self) -> Entry:
        """What it says, as it is hashed."""
        return Entry(
            organisation=self.organisation_id,
            number=self.number,
            at=written(self.at),
            kind=self.kind,
            actor=self.actor_id,
            actor_name=self.actor_name,
            subject=self.subject_id,
            subject_name=self.subject_name,
            object=self.object_id,
            details=self.details,
            previous=self.previous,
        )


def _wait_for_people(events: Sequence[Event]) -> None:
    """Wait for transactions that change the email address of a person named here, before the chain is locked: they may
    be about to record an event themselves, and each would wait for the other."""
    people = {person for event in events for person in (event.actor_id, event.subject_id) if person}
    if people and db.engine.dialect.name != "sqlite":  # there nobody else writes meanwhile
        query = select(User.id).where(User.id.in_(people)).order_by(User.id)
        db.session.execute(query.with_for_update(read=True, key_share=True))
