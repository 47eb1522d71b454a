"""Deletes a disabled recovery key with its backups, or all keys: a week after it was announced, unless it is stopped.
Every other admin is told, and each member with a backup that goes.

An open restore request that needs a key holds its removal up. Everything here is done with the organisation locked, so
that no request and no backup comes in between (which lock, or hold, it too: `Organisation.held`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, or_, select

from webapp import limits
from webapp.clock import clock_time, now
from webapp.database import db, in_transaction, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.method_policy import other_methods
from webapp.models.recovery.clock_moves import asked_of, needed_by
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval, RemovalState
from webapp.models.refusals import Refused
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare


class NotRemoved(Refused):
    """Nothing was begun, or stopped; `code` says why."""


def ask_removal(by: User, key_id: str | None, typed: str) -> KeyRemoval:
    """Announce that of one disabled key, or (`key_id` None) of every key and backup, in the caller’s transaction;
    `typed` is the name of the key, or of the organisation. Raises NotRemoved."""
    assert in_transaction()
    organisation = Organisation.locked(by.organisation_id)
    removal = KeyRemoval(organisation_id=organisation.id, key_id=key_id, asked_by=by.id)
    removal.due_at = now() + limits.KEY_REMOVAL_NOTICE
    removal.key = _require_key(removal)
    name = removal.key.name if removal.key else organisation.name
    if _plain(typed) != _plain(name):
        raise NotRemoved("wrong_name")
    if any(other.key_id in (None, key_id) for other in KeyRemoval.waiting(organisation.id)):
        raise NotRemoved("removal_waits")
    if needed_by(removal):
        raise NotRemoved("key_needed")
    if key_id is None and not other_methods(organisation.id):
        raise NotRemoved("no_way_left")
    db.session.add(removal)
    db.session.flush()
    _tell_of_asking(removal, by)
    return removal


def stop_removal(removal: KeyRemoval, by: User) -> None:
    """Keep everything, in the caller’s transaction with the organisation locked; any admin may. Raises
    NotRemoved."""
    assert in_transaction()
    if removal.state != RemovalState.WAITING:
        raise NotRemoved("removal_over")
    removal.state = RemovalState.STOPPED
    removal.ended_at = now()
    _tell_of_stop(removal, by)


def carry_out_due(organisation_id: str | None = None) -> int:
    """Carry out the removals that are due, each in a transaction of its own. Returns how many. The worker calls this,
    and every handler that changes keys or backups. Pages leave out what is `gone`."""
    if organisation_id:  # among all that waits, which pages about keys list, too
        due_here = [each.id for each in KeyRemoval.waiting(organisation_id) if each.is_due]
        return sum(_carry_out(each, organisation_id) for each in due_here)
    due = select(KeyRemoval.id, KeyRemoval.organisation_id).where(
        KeyRemoval.state == RemovalState.WAITING, KeyRemoval.due_at <= now()
    )
    return sum(_carry_out(*row) for row in list(db.session.execute(due.order_by(KeyRemoval.due_at))))


def delete_keys(keys: Sequence[OrganisationKey]) -> None:
    """Delete every backup that only these keys open, in the caller’s transaction with the organisation locked. The rows
    of the keys stay: members’ vaults have their fingerprints on record."""
    assert in_transaction()
    ids = [key.id for key in keys]
    backups = select(CloudBackup.id).where(CloudBackup.organisation_key_id.in_(ids))
    shares = or_(FormerShare.organisation_key_id.in_(ids), FormerShare.backup_id.in_(backups))
    for statement in (
        delete(FormerShare).where(shares),
        delete(CloudBackup).where(CloudBackup.organisation_key_id.in_(ids)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    for key in keys:
        key.state = KeyState.DELETED
        key.deleted_at = now()
        key.disabled_at = key.disabled_at or now()


def _carry_out(removal_id: str, organisation_id: str) -> bool:
    removal = db.session.get_one(KeyRemoval, removal_id)
    # Without a lock: a request may hold it up for days.
    if any(request.expire_if_due().is_open for request in asked_of(removal)):
        return False
    with transaction() as session:
        Organisation.locked(organisation_id)
        return _remove(session.get_one(KeyRemoval, removal_id, populate_existing=True))


def _remove(removal: KeyRemoval) -> bool:
    """Remove it all if that is due and no open request needs any of it, in the caller’s transaction with the
    organisation locked; whether it was done."""
    if removal.state != RemovalState.WAITING or not removal.is_due or needed_by(removal):
        return False
    removal.state = RemovalState.DONE
    removal.ended_at = now()
    _tell_of_end(removal)
    delete_keys(removal.keys)
    return True


def _require_key(removal: KeyRemoval) -> OrganisationKey | None:
    """The key that goes, which is disabled; None: all, of which one is active. Raises NotRemoved."""
    if removal.key_id is None:
        if not removal.keys:
            raise NotRemoved("nothing_to_disable")
        return None
    key = db.session.get(OrganisationKey, removal.key_id, populate_existing=True)
    if key is None or key.organisation_id != removal.organisation_id or key.state == KeyState.DELETED:
        raise NotRemoved("key_gone")
    if key.state != KeyState.DISABLED:
        raise NotRemoved("key_active")
    return key


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class _Telling:
    """A removal, who moved it (None: the clock), and how many backups of whom it is about."""

    removal: KeyRemoval
    by: User | None
    counts: dict[str, int]

    @property
    def said(self) -> dict[str, Any]:
        """What every notice says."""
        key = self.removal.key
        by = self.by.name if self.by else ""
        due = clock_time(self.removal.due_at)
        return {"removal": self.removal.id, "name": key.name if key else "", "due": due, "admin": by}

    @property
    def recorded(self) -> dict[str, Any]:
        """What the event says."""
        return {"actor": self.by, "object_id": self.removal.id, "name": self.said["name"], "due": self.said["due"]}


def _tell_of_asking(removal: KeyRemoval, by: User) -> None:
    """It is announced."""
    telling = _telling(removal, by)
    where = removal.organisation_id
    backups = sum(telling.counts.values())
    if removal.key_id:
        Event.append("organisation_key.deletion_asked", where, **telling.recorded, backups=backups)
    else:
        Event.append("cloud_backups.disabling_asked", where, **telling.recorded, backups=backups)
    tell(telling, "backups_going")
    tell_admins(telling, "backups_going_admin")


def _tell_of_stop(removal: KeyRemoval, by: User) -> None:
    """It comes to nothing."""
    telling = _telling(removal, by)
    where = removal.organisation_id
    if removal.key_id:
        Event.append("organisation_key.deletion_stopped", where, **telling.recorded)
    else:
        Event.append("cloud_backups.disabling_stopped", where, **telling.recorded)
    tell(telling, "backups_stay")
    tell_admins(telling, "backups_stay_admin")


def _tell_of_end(removal: KeyRemoval) -> None:
    """It is carried out now: called before anything is deleted, so that it still counts what goes."""
    telling = _telling(removal, None)
    where = removal.organisation_id
    backups = sum(telling.counts.values())
    if removal.key_id:
        Event.append("organisation_key.deleted", where, **telling.recorded, backups=backups)
    else:
        Event.append("cloud_backups.disabled", where, **telling.recorded, backups=backups)
    tell(telling, "backups_gone", ways=other_methods(where))
    tell_admins(telling, "backups_gone_admin")


def tell(telling: _Telling, kind: str, **more: Any) -> None:
    """Each member with backups that go, of how many."""
    for user_id, number in sorted(telling.counts.items()):
        Notice.give(db.session.get_one(User, user_id), kind, number=number, **telling.said, **more)


def tell_admins(telling: _Telling, kind: str) -> None:
    """Every admin but who did it, of how many in all."""
    but = telling.by.id if telling.by else None
    counts = telling.counts
    numbers = {"number": sum(counts.values()), "members": len(counts)}
    Notice.give_admins(telling.removal.organisation_id, kind, but=but, **numbers, **telling.said)


def _telling(removal: KeyRemoval, by: User | None) -> _Telling:
    ids = [key.id for key in removal.keys]
    query = select(CloudBackup.user_id, func.count()).where(CloudBackup.organisation_key_id.in_(ids))
    rows = db.session.execute(query.group_by(CloudBackup.user_id))
    return _Telling(removal, by, {user_id: number for user_id, number in rows})
