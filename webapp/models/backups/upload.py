"""Stores a cloud backup: each field of its metadata is compared with the server’s rows, then retention applies."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp import limits
from webapp.clock import parse_stamp
from webapp.crypto.exact import read_exact
from webapp.crypto.framing import Malformed
from webapp.crypto.signatures import verify
from webapp.database import db, in_transaction
from webapp.models.columns import is_id
from webapp.models.devices.device import Device
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.recovery.clock_moves import open_by_clock
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.retention import Retention
from webapp.models.vaults.vault import Vault

LABEL = "spare-key/v1/backup"
FIELDS = {
    *("v", "type", "organisation", "user", "account", "backup", "epoch", "counter", "items", "made_at", "device"),
    *("file_sha256", "a_sha256", "organisation_key", "kit"),
}


class WrongMeta(ValueError):
    """The metadata can’t be read, or differs from what was sent or from what the server knows."""


class WrongOrganisationKey(Exception):
    """The backup is sealed to another key than the organisation’s active one, or there is none."""


@dataclass(frozen=True)
class Upload:
    """What a device sends: the exact metadata it signed, the file, share A sealed, share S."""

    meta: str
    meta_signature: bytes
    share_a: bytes
    share_s: bytes
    file: bytes
    file_sha256: str


def keep_backup(user: User, device: Device, sent: Upload) -> CloudBackup:
    """Keep the backup, in the caller’s transaction with `user` locked; older ones go. The same upload again is no new
    backup. Raises BadSignature, WrongMeta, WrongOrganisationKey."""
    assert in_transaction()
    verify(LABEL, sent.meta.encode(), sent.meta_signature, device.sign_public)
    meta = _parsed(sent.meta)
    Organisation.held(user.organisation_id)
    key = OrganisationKey.active(user.organisation_id)
    if key is None or meta["organisation_key"] != key.fingerprint or KeyRemoval.is_over_for(key):
        raise WrongOrganisationKey
    _require_true(meta, user, device, sent.file_sha256)
    already = db.session.get(CloudBackup, meta["backup"])
    if already:
        if (already.user_id, already.meta) != (user.id, sent.meta):
            raise WrongMeta("backup")
        return already
    backup = _row(meta, user, device, key, sent)
    db.session.add(backup)
    db.session.flush()
    gone = CloudBackup.push_out(user, needed_backups(user), Retention.of(user.organisation))
    details = {"items": backup.items, "pushed_out": gone}
    Event.append("backup.made", user.organisation_id, actor=user, subject=user, object_id=backup.id, **details)
    return backup


def _row(meta: dict[str, Any], user: User, device: Device, key: OrganisationKey, sent: Upload) -> CloudBackup:
    backup = CloudBackup(
        id=meta["backup"],
        user_id=user.id,
        organisation_key_id=key.id,
        device_id=device.id,
        device_name=device.name,
        epoch=meta["epoch"],
        counter=meta["counter"],
        items=meta["items"],
        kit=meta["kit"],
        meta=sent.meta,
        meta_signature=sent.meta_signature,
        file=sent.file,
        file_sha256=sent.file_sha256,
        size=len(sent.file),
        share_a=sent.share_a,
    )
    backup.seal_share_s(sent.share_s)
    return backup


def _parsed(exact: str) -> dict[str, Any]:
    try:
        meta = read_exact(exact, limits.SIGNED_TEXT_CHARACTERS)
    except Malformed as error:
        raise WrongMeta("json") from error
    if set(meta) != FIELDS:
        raise WrongMeta("fields")
    numbers = {"v", "epoch", "counter", "items", "kit"}
    for name, value in meta.items():
        if type(value) is not (int if name in numbers else str):
            raise WrongMeta(name)
    if not is_id(meta["backup"]) or not re.fullmatch("[0-9a-f]{64}", meta["a_sha256"]):
        raise WrongMeta("backup")
    return meta


def _require_true(meta: dict[str, Any], user: User, device: Device, file_sha256: str) -> None:
    """Raises WrongMeta unless each field is what the server knows. The counter may be that of an earlier save: another
    device can have saved while the backup was under way."""
    vault = Vault.current(user)
    known = {
        "v": 1,
        "type": "cloud-backup",
        "organisation": user.organisation_id,
        "user": user.id,
        "account": user.email,
        "device": device.id,
        "epoch": user.epoch,
        "kit": user.kit_number,
        "file_sha256": file_sha256,
    }
    wrong = [name for name, value in known.items() if meta[name] != value]
    if vault is None or not 0 < meta["counter"] <= vault.counter:
        wrong.append("counter")
    if not 0 <= meta["items"] <= limits.VAULT_ITEMS:
        wrong.append("items")
    try:
        parse_stamp(meta["made_at"])
    except ValueError:
        wrong.append("made_at")
    if wrong:
        raise WrongMeta(", ".join(wrong))


def needed_backups(user: User) -> set[str]:
    """Ids of backups that retention must keep: an open restore request needs them, or an undo can bring their vault
    back. Else an attacker who recovered the account could push them out with a few backups of the new vault."""
    asked = select(RestoreRequest.backup_id).where(RestoreRequest.user_id == user.id, open_by_clock())
    epochs = [undo.former_epoch for undo in Undo.stack_of(user)]
    former = select(CloudBackup.id).where(CloudBackup.user_id == user.id, CloudBackup.epoch.in_(epochs))
    return {backup_id for backup_id in (*db.session.scalars(asked), *db.session.scalars(former)) if backup_id}
