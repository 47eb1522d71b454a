"""Cloud backups: making them, switching them on, and the Backup Center."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template

from webapp import limits
from webapp.clock import now
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.crypto.signatures import BadSignature
from webapp.database import db, transaction
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.backups.key_removal import carry_out_due
from webapp.models.backups.upload import Upload, WrongMeta, WrongOrganisationKey, keep_backup
from webapp.models.devices.device import Device
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.recovery.clock_moves import gone
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.recovery_keys.succession import KeySuccession
from webapp.models.server.sealing_key import SealingKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.retention import Retention
from webapp.models.vaults.vault import Vault
from webapp.views.home import opening_device
from webapp.views.recovery.start import proved_device
from webapp.web import rate_limits
from webapp.web.access import current_member, current_sign_in
from webapp.web.file_names import vault_file_name
from webapp.web.rendering import Context, render
from webapp.web.signed_requests import active_device, signed, unlocked_device
from webapp.web.wire import (
    SMALL,
    ApiError,
    age_file,
    at_most,
    base64_of,
    file_answer,
    framed_body,
    from_base64,
    json_body,
    number_of,
    text_of,
)

bp = Blueprint("backups", __name__)


@dataclass(frozen=True, kw_only=True)
class BackupList(Context):
    """The cloud backups of a member, and how things stand with them."""

    state: str
    """One of off, not_joined, unconfirmed, changed, on."""
    key: OrganisationKey | None
    """The active one."""
    backups: Sequence[CloudBackup]
    """The newest first."""
    rule: Retention
    sure: int
    """None younger than so many days goes."""
    removal: KeyRemoval | None
    """The one that takes some of them along."""
    opens: bool
    """This browser opens the vault."""
    may_download: bool


@dataclass(frozen=True, kw_only=True)
class BackupCenter(Context):
    """The Backup Center, around the list."""

    user: User
    organisation: Organisation
    contact: Mapping[str, str]
    asked: RestoreRequest | None
    """The open one."""


@bp.get("/backups")
def show_backups() -> str:
    """The Backup Center, at Cloud Backups."""
    user = current_member()
    organisation = current_member().organisation
    page = BackupCenter(
        user=user,
        organisation=organisation,
        contact=contact_of(organisation),
        asked=RestoreRequest.open_of(user.id),
    )
    return render("vault/backups/cloud.html", page, _list())


@bp.get("/backups/list")
def show_list() -> str:
    """The list alone, for the page after a backup."""
    return render("vault/backups/_list.html", _list())


@bp.get("/backups/local")
def show_local() -> str:
    """The Backup Center, at Local Backups: the browser fills in what it keeps."""
    user = current_member()
    device = opening_device(user, current_sign_in())
    earlier = len(Vault.archived(user)) if device else 0
    return render_template(
        "vault/backups/local.html", user=user, organisation=user.organisation, device=device, earlier=earlier
    )


@bp.post("/backups/local/copies")
@at_most(SMALL)
@signed
def note_local_copy() -> Response:
    """Note that the member has a copy outside of their browser: written to a folder, or downloaded,
    which needs no PIN."""
    active_device()
    user_id = current_member().id
    epoch = number_of(json_body(), "epoch")
    with transaction():
        user = User.locked(user_id)
        if not 0 < epoch < Vault.next_epoch(user_id):
            raise ApiError(400, "malformed")
        user.note_local_copy(epoch)
    return jsonify(epoch=epoch)


@bp.get("/backups/<backup_id>/file")
def show_file(backup_id: str) -> Response:
    """The member’s own backup as a file that their Recovery Kit opens, with or without this service. Even its
    ciphertext is for browsers that have proved to be an active device."""
    backup = db.session.get(CloudBackup, backup_id)
    if backup is None or backup.user_id != current_member().id or not _may_download():
        abort(404)
    answer = file_answer(backup.file)
    answer.headers.set(
        "Content-Disposition", "attachment", filename=vault_file_name(current_member().email, backup.made_at)
    )
    return answer


@bp.post("/backups/<backup_id>/trials")
@at_most(SMALL)
@signed
def note_trial(backup_id: str) -> Response:
    """Note that the member’s Recovery Kit opened their backup, and what is in it was checked."""
    unlocked_device()
    user_id = current_member().id
    with transaction() as session:
        User.locked(user_id)
        backup = session.get(CloudBackup, backup_id)
        if backup is None or backup.user_id != user_id:
            raise ApiError(404, "not_found")
        backup.tried_at = now()
    return jsonify(backup=backup_id)


@bp.get("/organisation/key")
def show_key() -> Response:
    """The organisation’s recovery key as members’ browsers check it, what former keys signed about later ones, whether
    the member switched backups on with it, and how far those go."""
    user = current_member()
    over = gone(user.organisation_id)
    key = OrganisationKey.active(user.organisation_id)
    newest = CloudBackup.newest(user.id)
    if over:  # hardly ever
        key = key if key and key.id not in over else None
        newest = next((backup for backup in CloudBackup.of(user.id) if backup.organisation_key_id not in over), None)
    successions = KeySuccession.all_of(user.organisation_id)
    return jsonify(
        organisation=user.organisation_id,
        name=user.organisation.name,
        key=key and _public_half(key),
        successions=[{"statement": one.exact, "signature": base64_of(one.signature)} for one in successions],
        enrolled=key is not None and user.cloud_backups_fingerprint == key.fingerprint and not user.key_unconfirmed_at,
        newest=newest
        and {
            "epoch": newest.epoch,
            "counter": newest.counter,
            "age_seconds": int((now() - newest.made_at).total_seconds()),
        },
    )


@bp.post("/backups")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER)
@signed
def create_backup() -> Response:
    """Keep a cloud backup that the device made."""
    device_id = unlocked_device().id
    user_id = current_member().id
    SealingKey.require()
    rate_limits.spend(rate_limits.BACKUPS, user_id)
    carry_out_due(current_member().organisation_id)
    sent = _upload()
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            if not device.is_active:
                raise ApiError(403, "device_not_active")
            kept = keep_backup(user, device, sent)
            answer = {"backup": kept.id, "sha256": kept.file_sha256}
    except BadSignature:
        raise ApiError(403, "bad_signature") from None
    except WrongOrganisationKey:
        raise ApiError(409, "key_mismatch") from None
    except WrongMeta:
        raise ApiError(400, "malformed") from None
    return jsonify(answer)


@bp.post("/backups/enrolment")
@at_most(MAXIMUM_HEADER)
@signed
def enrol() -> Response:
    """Note that the member switched cloud backups on, having held the key against what they were told."""
    unlocked_device()
    carry_out_due(current_member().organisation_id)
    user_id = current_member().id
    fingerprint = text_of(json_body(), "fingerprint", 52)
    with transaction():
        user = User.locked(user_id)
        Organisation.held(user.organisation_id)
        key = OrganisationKey.active(user.organisation_id)
        if key is None or key.fingerprint != fingerprint:
            raise ApiError(409, "key_mismatch")
        if user.cloud_backups_fingerprint != fingerprint or user.key_unconfirmed_at:
            user.key_unconfirmed_at = None
            user.cloud_backups_at = now()
            user.cloud_backups_fingerprint = fingerprint
            details = {"fingerprint": fingerprint}
            Event.append("cloud_backups.on", user.organisation_id, actor=user, subject=user, **details)
    return jsonify(fingerprint=fingerprint)


def _may_download() -> bool:
    """Whether this browser has proved to be an active device; one whose lock was destroyed still is."""
    device = proved_device()
    return device is not None and device.is_active


def _upload() -> Upload:
    header, file = framed_body()
    age_file(file, limits.VAULT_FILE_BYTES)
    return Upload(
        meta=text_of(header, "meta", limits.SIGNED_TEXT_CHARACTERS),
        meta_signature=from_base64(header.get("meta_signature"), 64),
        share_a=age_file(from_base64(header.get("share_a")), limits.SHARE_FILE_BYTES),
        share_s=from_base64(header.get("share_s"), 32),
        file=file,
        file_sha256=hashlib.sha256(file).hexdigest(),
    )


def _public_half(key: OrganisationKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "epoch": key.epoch,
        "name": key.name,
        "recipient": key.recipient,
        "sign": base64_of(key.sign_public),
        "fingerprint": key.fingerprint,
    }


def _list() -> BackupList:
    user = current_member()
    over = gone(user.organisation_id)
    key = OrganisationKey.active(user.organisation_id)
    backups = [backup for backup in CloudBackup.of(user.id) if backup.organisation_key_id not in over]
    if key and key.id in over:
        key = None
    state = "on"
    if key is None:
        state = "off"
    elif user.cloud_backups_at is None:
        state = "not_joined"
    elif user.key_unconfirmed_at:
        state = "unconfirmed"
    elif user.cloud_backups_fingerprint != key.fingerprint:
        state = "changed"
    return BackupList(
        state=state,
        key=key,
        backups=backups,
        rule=Retention.of(user.organisation),
        sure=limits.BACKUP_SAFE_AGE.days,
        removal=KeyRemoval.about(user.organisation_id, {backup.organisation_key_id for backup in backups}),
        opens=opening_device(user, current_sign_in()) is not None,
        may_download=_may_download(),
    )
