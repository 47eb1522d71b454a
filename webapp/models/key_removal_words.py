"""Who is told of a removal of recovery keys: every other admin, and each member with a backup that goes.

Each is called before anything is deleted, so that it still counts what goes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from webapp.database import db
from webapp.models.cloud_backup import CloudBackup
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.user import User
from webapp.models.way_policy import other_ways
from webapp.moments import clock_time

if TYPE_CHECKING:
    from webapp.models.key_removal import KeyRemoval


@dataclass(frozen=True)
class _Telling:
    """A removal, who moved it (None: the clock), and how many backups of whom it is about."""

    removal: "KeyRemoval"
    by: User | None
    counts: dict[str, int]

    @property
    def said(self) -> dict[str, Any]:
        """What every notice says."""
        key = self.removal.key
        by, due = self.by.name if self.by else "", clock_time(self.removal.due_at)
        return {"removal": self.removal.id, "name": key.name if key else "", "due": due, "admin": by}

    @property
    def recorded(self) -> dict[str, Any]:
        """What the event says."""
        return {"actor": self.by, "object_id": self.removal.id, "name": self.said["name"], "due": self.said["due"]}


def asked(removal: "KeyRemoval", by: User) -> None:
    """It is announced."""
    telling, where = _telling(removal, by), removal.organisation_id
    backups = sum(telling.counts.values())
    if removal.key_id:
        Event.append("organisation_key.deletion_asked", where, **telling.recorded, backups=backups)
    else:
        Event.append("cloud_backups.disabling_asked", where, **telling.recorded, backups=backups)
    tell(telling, "backups_going")
    tell_admins(telling, "backups_going_admin")


def stopped(removal: "KeyRemoval", by: User) -> None:
    """It comes to nothing."""
    telling, where = _telling(removal, by), removal.organisation_id
    if removal.key_id:
        Event.append("organisation_key.deletion_stopped", where, **telling.recorded)
    else:
        Event.append("cloud_backups.disabling_stopped", where, **telling.recorded)
    tell(telling, "backups_stay")
    tell_admins(telling, "backups_stay_admin")


def done(removal: "KeyRemoval") -> None:
    """It is carried out now."""
    telling, where = _telling(removal, None), removal.organisation_id
    backups = sum(telling.counts.values())
    if removal.key_id:
        Event.append("organisation_key.deleted", where, **telling.recorded, backups=backups)
    else:
        Event.append("cloud_backups.disabled", where, **telling.recorded, backups=backups)
    tell(telling, "backups_gone", ways=other_ways(where))
    tell_admins(telling, "backups_gone_admin")


def tell(telling: _Telling, kind: str, **more: Any) -> None:
    """Each member with backups that go, of how many."""
    for user_id, number in sorted(telling.counts.items()):
        Notice.give(db.session.get_one(User, user_id), kind, number=number, **telling.said, **more)


def tell_admins(telling: _Telling, kind: str) -> None:
    """Every admin but who did it, of how many in all."""
    but, counts = telling.by.id if telling.by else None, telling.counts
    numbers = {"number": sum(counts.values()), "members": len(counts)}
    Notice.give_admins(telling.removal.organisation_id, kind, but=but, **numbers, **telling.said)


def _telling(removal: "KeyRemoval", by: User | None) -> _Telling:
    ids = [key.id for key in removal.keys]
    query = select(CloudBackup.user_id, func.count()).where(CloudBackup.organisation_key_id.in_(ids))
    rows = db.session.execute(query.group_by(CloudBackup.user_id))
    return _Telling(removal, by, {user_id: number for user_id, number in rows})
