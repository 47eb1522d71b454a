"""Cloud backups: making them, switching them on, and the Backup Center."""

import hashlib
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template

from webapp import limits, throttle
from webapp.clock import now
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.crypto.signatures import BadSignature
from webapp.database import db, transaction
from webapp.file_names import vault_file_name
from webapp.models import (
    CloudBackup,
    Device,
    Event,
    KeyRemoval,
    KeySuccession,
    Organisation,
    OrganisationKey,
    RestoreRequest,
    User,
    Vault,
)
from webapp.models.backup_upload import Upload, WrongMeta, WrongOrganisationKey, keep_backup
from webapp.models.retention import Retention
from webapp.octets import (
    Refusal,
    active_device,
    age_file,
    at_most,
    base64_of,
    framed_body,
    from_base64,
    json_body,
    number_of,
    signed,
    text_of,
    unlocked_device,
)
from webapp.security import me, my_sign_in
from webapp.views.home import opening_device
from webapp.views.recovery import proved_device

bp = Blueprint("backups", __name__)

SMALL = 16 * 1024


@bp.get("/backups")
def show_backups() -> str:
    """The Backup Center, at Cloud Backups."""
    user, organisation = me(), me().organisation
    return render_template(
        "backups/cloud.html",
        user=user,
        organisation=organisation,
        contact=organisation.contact(),
        asked=RestoreRequest.open_of(user.id),
        **_list(),
    )


@bp.get("/backups/list")
def show_list() -> str:
    """The list alone, for the page after a backup."""
    return render_template("backups/_list.html", **_list())


@bp.get("/backups/local")
def show_local() -> str:
    """The Backup Center, at Local Backups: the browser fills in what it keeps."""
    user = me()
    device = opening_device(user, my_sign_in())
    earlier = len(Vault.archived(user)) if device else 0
    return render_template(
        "backups/local.html", user=user, organisation=user.organisation, device=device, earlier=earlier
    )


@bp.post("/backups/local/copies")
@at_most(SMALL)
@signed
def note_local_copy() -> Response:
    """Note that the member has a copy outside of their browser: written to a folder, or downloaded,
    which needs no PIN."""
    active_device()
    user_id, epoch = me().id, number_of(json_body(), "epoch")
    with transaction():
        user = User.locked(user_id)
        if not 0 < epoch < Vault.next_epoch(user_id):
            raise Refusal(400, "malformed")
        user.note_local_copy(epoch)
    return jsonify({})


@bp.get("/backups/<backup_id>/file")
def show_file(backup_id: str) -> Response:
    """The member’s own backup as a file that their Recovery Kit opens, with or without this service. Even its
    ciphertext is for browsers that have proved to be an active device."""
    backup = db.session.get(CloudBackup, backup_id)
    if backup is None or backup.user_id != me().id or not _may_download():
        abort(404)
    answer = Response(backup.file, content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=vault_file_name(me().email, backup.made_at))
    return answer


@bp.post("/backups/<backup_id>/trials")
@at_most(SMALL)
@signed
def note_trial(backup_id: str) -> Response:
    """Note that the member’s Recovery Kit opened their backup, and what is in it was checked."""
    unlocked_device()
    user_id = me().id
    with transaction() as session:
        User.locked(user_id)
        backup = session.get(CloudBackup, backup_id)
        if backup is None or backup.user_id != user_id:
            raise Refusal(404, "not_found")
        backup.tried_at = now()
    return jsonify({})


@bp.get("/organisation/key")
def show_key() -> Response:
    """The organisation’s recovery key as members’ browsers check it, what former keys signed about later ones, whether
    the member switched backups on with it, and how far those go."""
    user = me()
    KeyRemoval.carry_out_due(user.organisation_id)
    key, newest = OrganisationKey.active(user.organisation_id), CloudBackup.newest(user.id)
    successions = KeySuccession.all_of(user.organisation_id)
    return jsonify(
        organisation=user.organisation_id,
        name=user.organisation.name,
        key=key and _public_half(key),
        successions=[{"statement": one.exact, "signature": base64_of(one.signature)} for one in successions],
        enrolled=key is not None and user.cloud_backups_fingerprint == key.fingerprint,
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
    device_id, user_id = unlocked_device().id, me().id
    throttle.spend(throttle.BACKUPS, user_id)
    KeyRemoval.carry_out_due(me().organisation_id)
    sent = _upload()
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            if not device.is_active:
                raise Refusal(403, "device_not_active")
            backup_id = keep_backup(user, device, sent).id
    except BadSignature:
        raise Refusal(403, "bad_signature") from None
    except WrongOrganisationKey:
        raise Refusal(409, "key_mismatch") from None
    except WrongMeta:
        raise Refusal(400, "malformed") from None
    return jsonify(backup=backup_id)


@bp.post("/backups/enrolment")
@at_most(MAXIMUM_HEADER)
@signed
def enrol() -> Response:
    """Note that the member switched cloud backups on, having held the key against what they were told."""
    unlocked_device()
    user_id, fingerprint = me().id, text_of(json_body(), "fingerprint", 52)
    with transaction():
        user = User.locked(user_id)
        Organisation.held(user.organisation_id)
        key = OrganisationKey.active(user.organisation_id)
        if key is None or key.fingerprint != fingerprint:
            raise Refusal(409, "key_mismatch")
        if user.cloud_backups_fingerprint != fingerprint:
            user.cloud_backups_at, user.cloud_backups_fingerprint = now(), fingerprint
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


def _list() -> dict[str, Any]:
    """What the list and its page need: `state` is one of off, not_joined, changed, on."""
    user = me()
    KeyRemoval.carry_out_due(user.organisation_id)
    key, backups = OrganisationKey.active(user.organisation_id), CloudBackup.of(user.id)
    state = "on"
    if key is None:
        state = "off"
    elif user.cloud_backups_at is None:
        state = "not_joined"
    elif user.cloud_backups_fingerprint != key.fingerprint:
        state = "changed"
    return {
        "state": state,
        "key": key,
        "backups": backups,
        "rule": Retention.of(user.organisation),
        "sure": limits.BACKUP_SAFE_AGE.days,
        "removal": KeyRemoval.about(user.organisation_id, {backup.organisation_key_id for backup in backups}),
        "opens": opening_device(user, my_sign_in()) is not None,
        "may_download": _may_download(),
    }
