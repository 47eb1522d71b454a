"""The announced removal of a disabled recovery key, or of all of them, as it is kept. What it does when its time has
come, and what stops it: `webapp.models.backups.key_removal`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.clock import now
from webapp.database import Base, db, read_once
from webapp.models.columns import Id, new_id
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import KeyState, OrganisationKey


class RemovalState(StrEnum):
    """Waiting: announced. Stopped: nothing is removed. Done: all of it is gone."""

    WAITING = "waiting"
    STOPPED = "stopped"
    DONE = "done"


class KeyRemoval(Base):
    """Of one disabled key, or (`key_id` None) of every key and backup: Cloud Backups are disabled."""

    __tablename__ = "key_removal"
    __table_args__ = (Index("ix_key_removal_state", "state", "due_at"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    key_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation_key.id"))
    state: Mapped[RemovalState] = mapped_column(String(10), default=RemovalState.WAITING)
    asked_by: Mapped[Id] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    key: Mapped[OrganisationKey | None] = relationship()
    asker: Mapped[User] = relationship()

    @property
    def is_due(self) -> bool:
        """Whether the week is over; from then on no new request or backup holds it up."""
        return self.due_at <= now()

    @property
    def keys(self) -> list[OrganisationKey]:
        """What goes: the one key, or every key there is by then."""
        if self.key:
            return [self.key]
        gone = (KeyState.GENERATED, KeyState.DELETED)
        return [key for key in OrganisationKey.all_of(self.organisation_id) if key.state not in gone]

    @staticmethod
    @read_once
    def waiting(organisation_id: str) -> Sequence["KeyRemoval"]:
        """What is announced and not over, the next due first."""
        query = select(KeyRemoval).where(KeyRemoval.organisation_id == organisation_id)
        return db.session.scalars(
            query.where(KeyRemoval.state == RemovalState.WAITING).order_by(KeyRemoval.due_at, KeyRemoval.id)
        ).all()

    @staticmethod
    def disabling(organisation_id: str) -> "KeyRemoval | None":
        """The waiting removal of all keys, if there is one."""
        return next((removal for removal in KeyRemoval.waiting(organisation_id) if removal.key_id is None), None)

    @staticmethod
    def about(organisation_id: str, key_ids: set[str]) -> "KeyRemoval | None":
        """The next waiting removal that includes one of these keys."""
        waiting = KeyRemoval.waiting(organisation_id)
        return next((removal for removal in waiting if removal.key_id is None or removal.key_id in key_ids), None)

    @staticmethod
    def is_over_for(key: OrganisationKey) -> bool:
        """Whether the key’s removal is due, and only an open request holds it up: nothing new may depend on the key."""
        return any(
            removal.is_due and removal.key_id in (None, key.id) for removal in KeyRemoval.waiting(key.organisation_id)
        )
