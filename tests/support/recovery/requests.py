"""Restore requests for tests: asked by a browser with fresh keys, put straight into the database."""

from dataclasses import dataclass

from tests.support.people.people import ActiveKey, backed_up
from tests.support.people.person import Person
from tests.support.vault.devices import MadeDevice
from webapp import limits
from webapp.client.formats.cloud_backups import read_meta
from webapp.client.formats.encoding import moment, to_base64
from webapp.client.formats.restore_requests import Asker, RestoreRequest, Told, make_request
from webapp.client.recovery import approvals
from webapp.database import db, transaction
from webapp.models.approval.approvers import approvers
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest as Row
from webapp.models.vaults.cloud_backup import CloudBackup


@dataclass(frozen=True)
class Asked:
    """A request that waits for an admin: what was signed, the browser that asks, and share A of the backup it names."""

    id: str
    request: RestoreRequest
    device: MadeDevice
    share_a: bytes

    @property
    def path(self) -> str:
        """Its page in the Admin Portal."""
        return f"/admin/requests/{self.id}"

    def approval(self, active: ActiveKey, by: Person) -> dict[str, str]:
        """The form that `by`’s browser sends to approve it."""
        approver = approvals.Approver(by.app.config["ORIGIN"], by.user_id, moment(limits.APPROVAL_LIFE))
        made = approvals.approve(self.request, self.share_a, active.key, approver, self.device.account)
        return as_form(made, self.request.fingerprint)


def as_form(approval: approvals.Approval, fingerprint: str) -> dict[str, str]:
    """An approval as the form carries it."""
    return {
        "approval": approval.exact,
        "signature": to_base64(approval.signature),
        "wrapped": to_base64(approval.wrapped),
        "fingerprint": fingerprint,
    }


def session_key(backup_id: str) -> str:
    """Fingerprint of the recovery key that opens this backup now."""
    return db.session.get_one(CloudBackup, backup_id).organisation_key.fingerprint


def waiting_request(person: Person, active: ActiveKey, *, reason: str = "no_key") -> Asked:
    """The person asks for a cloud backup (their newest, or one that is made now) from a new browser."""
    backup = person.backups[-1] if person.backups else backed_up(person, active)
    device = person.new_device()
    with person.app.app_context(), transaction():
        user = User.locked(person.user_id)
        asker = Asker(
            person.app.config["ORIGIN"], user.organisation_id, user.id, device.id, device.recipient, device.name
        )
        meta = read_meta(backup.meta)
        told = Told(session_key(backup.id), approvers=tuple(each.id for each in approvers(user)))
        request = make_request(asker, backup.id, meta["file_sha256"], device.seed, told)
        row = Row(
            id=request.fields["request"],
            organisation_id=user.organisation_id,
            user_id=user.id,
            backup_id=backup.id,
            exact=request.exact,
            signature=request.signature,
            device_id=device.id,
            sign_public=device.sign_public,
            recipient=device.recipient,
            browser=device.name,
            address="192.0.2.7",
            reason=reason,
        )
        row.ask()
        return Asked(row.id, request, device, backup.share_a)
