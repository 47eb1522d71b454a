"""Marks: who had a hand in a member’s sign-in lately, and so may not approve that member’s restore request."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction, read_once
from webapp.models.columns import Id, new_id
from webapp.models.directory.user import User


class ConflictKind(StrEnum):
    """What the admin did."""

    RESET_PASSWORD = "reset_password"  # noqa: S105
    HELD_LINK = "held_link"
    """Was shown a link that sets the member’s password."""
    LIFTED_HOLD = "lifted_hold"
    RESET_SECOND_FACTOR = "reset_second_factor"
    UNPAIRED_DEVICES = "unpaired_devices"
    """Unpaired devices of the member, each of which could have said “This wasn’t me”."""


class ConflictMark(Base):
    """One admin, one member, one deed; it counts for 30 days."""

    __tablename__ = "mark"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    admin_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[ConflictKind] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(default=now)

    admin: Mapped[User] = relationship(foreign_keys=[admin_id])

    @property
    def until(self) -> datetime:
        """Until when it counts."""
        return self.made_at + limits.MARK_LIFE

    @staticmethod
    def put(admin: User, member: User, kind: ConflictKind) -> None:
        """Remember the deed, in the caller’s transaction."""
        assert in_transaction()
        db.session.add(ConflictMark(admin_id=admin.id, user_id=member.id, kind=kind))

    @staticmethod
    def newest(admin_id: str, member_id: str) -> "ConflictMark | None":
        """The latest deed that still counts."""
        return next((mark for mark in ConflictMark.of(member_id) if mark.admin_id == admin_id), None)

    @staticmethod
    @read_once
    def members_of(admin_id: str, member_ids: frozenset[str]) -> set[str]:
        """For which of these members a deed of this admin still counts."""
        query = select(ConflictMark.user_id).where(
            ConflictMark.admin_id == admin_id, ConflictMark.user_id.in_(member_ids)
        )
        return set(db.session.scalars(query.where(ConflictMark.made_at > now() - limits.MARK_LIFE)))

    @staticmethod
    @read_once
    def of(member_id: str) -> Sequence["ConflictMark"]:
        """Every deed that still counts for the member, the latest first."""
        return db.session.scalars(_that_count(member_id).options(joinedload(ConflictMark.admin))).all()


def _that_count(member_id: str) -> Select[ConflictMark]:
    query = select(ConflictMark).where(
        ConflictMark.user_id == member_id, ConflictMark.made_at > now() - limits.MARK_LIFE
    )
    return query.order_by(ConflictMark.made_at.desc(), ConflictMark.id)
