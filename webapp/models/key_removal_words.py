"""Who is told of a removal of recovery keys: every other admin, and each member with a backup that goes."""

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from webapp.database import db
from webapp.models.cloud_backup import CloudBackup
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.user import User
from webapp.moments import clock_time

if TYPE_CHECKING:
    from webapp.models.key_removal import KeyRemoval

KINDS = {"asked": "backups_going", "stopped": "backups_stay", "done": "backups_gone"}
EVENTS = {
    "asked": ("organisation_key.deletion_asked", "cloud_backups.disabling_asked"),
    "stopped": ("organisation_key.deletion_stopped", "cloud_backups.disabling_stopped"),
    "done": ("organisation_key.deleted", "cloud_backups.disabled"),
}


def announce(removal: "KeyRemoval", what: str, by: User | None) -> None:
    """The event and the notices that it was asked, stopped or done (by None: the clock), before anything is deleted."""
    ids = [key.id for key in removal.keys]
    counts = dict(
        db.session.execute(
            select(CloudBackup.user_id, func.count())
            .where(CloudBackup.organisation_key_id.in_(ids))
            .group_by(CloudBackup.user_id)
        )
        .tuples()
        .all()
    )
    name, due = removal.key.name if removal.key else "", clock_time(removal.due_at)
    kind, organisation_id = EVENTS[what][removal.key_id is None], removal.organisation_id
    Event.append(
        kind, organisation_id, actor=by, object_id=removal.id, name=name, due=due, backups=sum(counts.values())
    )
    said = {"removal": removal.id, "name": name, "due": due, "admin": by.name if by else ""}
    for user_id in sorted(counts):
        Notice.give(db.session.get_one(User, user_id), KINDS[what], number=counts[user_id], **said)
    total, members = sum(counts.values()), len(counts)
    Notice.give_admins(
        organisation_id, f"{KINDS[what]}_admin", but=by.id if by else None, number=total, members=members, **said
    )
