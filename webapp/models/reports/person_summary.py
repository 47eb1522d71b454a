"""What an admin sees of one person: how they stand, what there is to restore, and who had a hand in their sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.database import db
from webapp.models.approval.approvers import approvers
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.outbox.delivery import undelivered
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.vaults.cloud_backup import CloudBackup


@dataclass(frozen=True)
class Marked:
    """One admin who may approve nothing for the person now, the latest deed of each kind, and until when."""

    admin: User
    deeds: Sequence[ConflictMark]

    @property
    def until(self) -> datetime:
        """When the last of the deeds stops to count."""
        return max(deed.until for deed in self.deeds)


@dataclass(frozen=True)
class PersonSummary:
    """Counted and looked up for one page."""

    user: User
    last_sign_in: datetime | None
    devices: dict[DeviceState, int]
    backups: Sequence[CloudBackup]
    """Newest first, those from before the last recovery among them."""
    hold: Hold | None
    request: RestoreRequest | None
    """The open one."""
    recovery: Undo | None
    """The last one that was finished, whether it can be undone or not."""
    undo: Undo | None
    """The same while it can be undone."""
    marked: Sequence[Marked]
    undelivered: Notice | None
    """The newest mail to them that went nowhere, if none has arrived since."""

    @staticmethod
    def of(user: User) -> "PersonSummary":
        """As things stand."""
        request = RestoreRequest.open_of(user.id)  # first: it may expire what is due, in a transaction of its own
        devices = Device.of(user.id)
        return PersonSummary(
            user=user,
            last_sign_in=db.session.scalar(select(func.max(SignIn.created_at)).where(SignIn.user_id == user.id)),
            devices={state: sum(device.state == state for device in devices) for state in DeviceState},
            backups=CloudBackup.of(user.id),
            hold=Hold.of(user.id),
            request=request,
            recovery=next(iter(Undo.all_of(user.id)), None),
            undo=Undo.open_of(user),
            marked=_marked(user.id),
            undelivered=next(iter(undelivered(user.organisation_id, 1, user.id)), None),
        )

    @property
    def usable_backups(self) -> int:
        """How many cloud backups an approval can open: those since the last recovery."""
        return sum(backup.epoch == self.user.epoch for backup in self.backups)


@dataclass(frozen=True)
class AfterReset:
    """Who could approve the person’s request once this admin has reset their password or second factor."""

    approvers: Sequence[User]
    waits: bool
    """Nobody but this admin could: it counts after a wait."""

    @staticmethod
    def by(admin: User, member: User) -> "AfterReset":
        """As things stand. Neither: every other admin is marked for the member too."""
        left = [other for other in approvers(member) if other.id != admin.id]
        others = [other for other in User.admins(member.organisation_id) if other.id not in (admin.id, member.id)]
        return AfterReset(left, not others)


def _marked(user_id: str) -> list[Marked]:
    newest: dict[str, dict[ConflictKind, ConflictMark]] = {}
    for mark in ConflictMark.of(user_id):
        newest.setdefault(mark.admin_id, {}).setdefault(mark.kind, mark)
    found = [Marked(next(iter(deeds.values())).admin, list(deeds.values())) for deeds in newest.values()]
    return sorted(found, key=lambda marked: (marked.admin.name.lower(), marked.admin.id))
