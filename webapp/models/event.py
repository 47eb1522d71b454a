"""What happened: append-only, written in the transaction that made it happen, each naming the one before it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.audit.chain import Entry, canonical, read, written
from webapp.clock import now
from webapp.database import Base, at_the_end, in_transaction
from webapp.models.columns import Id, Name, Sha256
from webapp.models.user import User


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
    """A list of a million is read from either end, whole, by person or by kind: `webapp.models.event_list`."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
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
        from webapp.models.event_chain import EventChain

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
        at_the_end(EventChain.link, event)
        return event

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

    @staticmethod
    def latest(organisation_id: str, size: int) -> Sequence["Event"]:
        """The newest events, the newest first."""
        return Event.page(organisation_id, size)[0]

    @staticmethod
    def page(organisation_id: str, size: int, before: int | None = None) -> tuple[Sequence["Event"], int | None]:
        """The newest events, or those before the one with this number; and the number the next page goes on from."""
        from webapp.models.event_list import EventList

        return EventList(organisation_id).page(size, before)
