"""Deleting a disabled recovery key with its backups, or all of them: announced, a week later, and stopped until then.

An open restore request that needs a key holds its removal up. Everything here is done with the organisation locked, so
that no request and no backup comes in between (which lock, or hold, it too: `Organisation.held`).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction, transaction
from webapp.flows.restore_request import OPEN
from webapp.models import key_removal_words as words
from webapp.models.cloud_backup import CloudBackup
from webapp.models.columns import Id, new_id
from webapp.models.key_removal_effect import delete_keys
from webapp.models.organisation import Organisation
from webapp.models.organisation_key import KeyState, OrganisationKey
from webapp.models.restore_request import RestoreRequest
from webapp.models.user import User
from webapp.models.way_policy import other_ways


class RemovalState(StrEnum):
    """Waiting: announced. Stopped: nothing is removed. Done: all of it is gone."""

    WAITING = "waiting"
    STOPPED = "stopped"
    DONE = "done"


class NotRemoved(Exception):
    """Nothing was begun, or stopped; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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

    @staticmethod
    def ask(by: User, key_id: str | None, typed: str) -> "KeyRemoval":
        """Announce it, in the caller’s transaction; `typed` is the name of the key, or of the organisation. Raises
        NotRemoved."""
        assert in_transaction()
        organisation = Organisation.locked(by.organisation_id)
        removal = KeyRemoval(organisation_id=organisation.id, key_id=key_id, asked_by=by.id)
        removal.due_at = now() + limits.KEY_REMOVAL_NOTICE
        removal.key = removal._demand_key()
        name = removal.key.name if removal.key else organisation.name
        if _plain(typed) != _plain(name):
            raise NotRemoved("wrong_name")
        if any(other.key_id in (None, key_id) for other in KeyRemoval.waiting(organisation.id)):
            raise NotRemoved("removal_waits")
        if removal.is_needed:
            raise NotRemoved("key_needed")
        if key_id is None and not other_ways(organisation.id):
            raise NotRemoved("no_way_left")
        db.session.add(removal)
        db.session.flush()
        words.asked(removal, by)
        return removal

    def stop(self, by: User) -> None:
        """Keep everything, in the caller’s transaction with the organisation locked; any admin may. Raises
        NotRemoved."""
        assert in_transaction()
        if self.state != RemovalState.WAITING:
            raise NotRemoved("removal_over")
        self.state, self.ended_at = RemovalState.STOPPED, now()
        words.stopped(self, by)

    def carry_out(self) -> bool:
        """Remove it all if that is due and no open request needs any of it, in the caller’s transaction with the
        organisation locked; whether it was done."""
        assert in_transaction()
        if self.state != RemovalState.WAITING or not self.is_due or self.is_needed:
            return False
        self.state, self.ended_at = RemovalState.DONE, now()
        words.done(self)
        delete_keys(self.keys)
        return True

    @property
    def is_due(self) -> bool:
        """Whether the week is over; from then on no new request or backup holds it up."""
        return self.due_at <= now()

    @property
    def is_needed(self) -> bool:
        """Whether an open restore request needs a backup that would go."""
        return bool(self.needed_by)

    @property
    def needed_by(self) -> Sequence[RestoreRequest]:
        """The open restore requests of backups that would go."""
        ids = [key.id for key in self.keys]
        backup = select(CloudBackup.id).where(CloudBackup.organisation_key_id.in_(ids))
        query = select(RestoreRequest).where(RestoreRequest.backup_id.in_(backup), RestoreRequest.state.in_(OPEN))
        return db.session.scalars(query).all()

    @property
    def keys(self) -> list[OrganisationKey]:
        """What goes: the one key, or every key there is by then."""
        if self.key:
            return [self.key]
        gone = (KeyState.GENERATED, KeyState.DELETED)
        return [key for key in OrganisationKey.all_of(self.organisation_id) if key.state not in gone]

    @staticmethod
    def waiting(organisation_id: str) -> Sequence["KeyRemoval"]:
        """What is announced and not over, the next due first."""
        query = select(KeyRemoval).where(KeyRemoval.organisation_id == organisation_id)
        return db.session.scalars(
            query.where(KeyRemoval.state == RemovalState.WAITING).order_by(KeyRemoval.due_at, KeyRemoval.id)
        ).all()

    @staticmethod
    def disabling(organisation_id: str) -> "KeyRemoval | None":
        """That of all keys, where it waits."""
        return next((removal for removal in KeyRemoval.waiting(organisation_id) if removal.key_id is None), None)

    @staticmethod
    def about(organisation_id: str, key_ids: set[str]) -> "KeyRemoval | None":
        """The next that waits for one of these keys."""
        waiting = KeyRemoval.waiting(organisation_id)
        return next((removal for removal in waiting if removal.key_id is None or removal.key_id in key_ids), None)

    @staticmethod
    def is_over_for(key: OrganisationKey) -> bool:
        """Whether a key is only still there because an open request holds its removal up: nothing new depends on it."""
        return any(
            removal.is_due and removal.key_id in (None, key.id) for removal in KeyRemoval.waiting(key.organisation_id)
        )

    @staticmethod
    def carry_out_due(organisation_id: str | None = None) -> int:
        """Do what is due, each in a transaction of its own; how many were done. Every handler that shows or uses keys
        and backups calls it, and the worker."""
        due = select(KeyRemoval.id, KeyRemoval.organisation_id).where(
            KeyRemoval.state == RemovalState.WAITING, KeyRemoval.due_at <= now()
        )
        if organisation_id:
            due = due.where(KeyRemoval.organisation_id == organisation_id)
        return sum(_carry_out(*row) for row in list(db.session.execute(due.order_by(KeyRemoval.due_at))))

    def _demand_key(self) -> OrganisationKey | None:
        """The key that goes, which is disabled; None: all, of which one is active. Raises NotRemoved."""
        if self.key_id is None:
            if not self.keys:
                raise NotRemoved("nothing_to_disable")
            return None
        key = db.session.get(OrganisationKey, self.key_id, populate_existing=True)
        if key is None or key.organisation_id != self.organisation_id or key.state == KeyState.DELETED:
            raise NotRemoved("key_gone")
        if key.state != KeyState.DISABLED:
            raise NotRemoved("key_active")
        return key


def _carry_out(removal_id: str, organisation_id: str) -> bool:
    removal = db.session.get_one(KeyRemoval, removal_id)
    # Without a lock: a request may hold it up for days, and every page asks. One that is overdue holds nothing up.
    if any(request.expire_if_due().is_open for request in removal.needed_by):
        return False
    with transaction() as session:
        Organisation.locked(organisation_id)
        return session.get_one(KeyRemoval, removal_id, populate_existing=True).carry_out()


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
