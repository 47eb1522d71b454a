"""What happened: append-only, written in the transaction that made it happen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Name
from webapp.models.user import User


class Event(Base):
    """Kind (a past tense such as `restore_request.approved`), who did it, whom it is about, and details."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_by_actor", "actor_id", "id"),
        Index("ix_event_by_subject", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    actor_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("user_account.id"), index=True)
    """None: the clock, or the operator at the command line (details say which)."""
    subject_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("user_account.id"), index=True)
    object_id: Mapped[Name] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    actor: Mapped[User | None] = relationship(foreign_keys=[actor_id])
    subject: Mapped[User | None] = relationship(foreign_keys=[subject_id])

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
        """Record it, in the caller’s transaction."""
        assert in_transaction()
        event = Event(
            kind=kind,
            organisation_id=organisation_id,
            actor_id=actor.id if actor else None,
            subject_id=subject.id if subject else None,
            object_id=object_id,
            details=details,
        )
        db.session.add(event)
        return event

    @staticmethod
    def page(organisation_id: str, size: int, before: int | None = None) -> tuple[Sequence["Event"], int | None]:
        """The newest events, or those before the one with this number; and the number the next page goes on from."""
        query = select(Event).where(Event.organisation_id == organisation_id)
        if before is not None:
            query = query.where(Event.id < before)
        query = query.options(joinedload(Event.actor), joinedload(Event.subject))
        found = db.session.scalars(query.order_by(Event.id.desc()).limit(size + 1)).all()
        return found[:size], found[size - 1].id if len(found) > size else None
