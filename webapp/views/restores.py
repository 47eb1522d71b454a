"""The octets of a restore: what the request’s own device gets once it is approved, and its Finish."""

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, url_for

from webapp import limits
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.crypto.signatures import BadSignature
from webapp.crypto.wrapping import wrap
from webapp.database import transaction
from webapp.flows.restore_request import IllegalMove, State
from webapp.models import ApprovalWaits, CloudBackup, RestoreRequest, StaleVault, User, Vault, Way
from webapp.models.finish import Finish, finish_restore
from webapp.octets import (
    Refusal,
    age_file,
    at_most,
    base64_of,
    framed_answer,
    framed_body,
    from_base64,
    kit_key_of,
    number_of,
    signed,
    text_of,
)
from webapp.security import me, my_sign_in
from webapp.views.switched_off import of_way

bp = Blueprint("restores", __name__, url_prefix="/recovery/requests")

EMPTY = 1024
KIT_NUMBERS = 1_000_000
"""One more has to fit the column, too."""
LOCK_VERSIONS = 1_000


@bp.post("/<request_id>/release")
@at_most(EMPTY)
@signed
@of_way(Way.CLOUD_BACKUP)
def release(request_id: str) -> Response:
    """The backup with both shares, sealed to the device that asked. Repeating it is no new release."""
    asked = _of_signer(request_id)
    header, file = _released(asked)
    user_id = me().id
    try:
        with transaction() as session:
            user = User.locked(user_id)
            session.get_one(RestoreRequest, request_id).release(user)
    except ApprovalWaits:
        raise Refusal(409, "approval_waits") from None
    except IllegalMove as error:
        raise _closed(error) from None
    return framed_answer(header, file)


@bp.post("/<request_id>/vault")
@at_most(EMPTY)
@signed
@of_way(Way.CLOUD_BACKUP)
def show_newest_vault(request_id: str) -> Response:
    """The newest vault file, which the keyring of the backup opens."""
    asked = _of_signer(request_id)
    if asked.state != State.RELEASED:
        raise Refusal(410, "request_closed", state=asked.state)
    return newest_vault()


@bp.post("/<request_id>/finish")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER + 4)
@signed
@of_way(Way.CLOUD_BACKUP)
def finish(request_id: str) -> Response:
    """Begin the new epoch with this device alone. The same Finish again gets the same answer."""
    _of_signer(request_id)
    sent = finish_of(*framed_body())
    user_id, sign_in_id, origin = me().id, my_sign_in().id, current_app.config["ORIGIN"]
    try:
        with transaction() as session:
            user = User.locked(user_id)
            asked = session.get_one(RestoreRequest, request_id, populate_existing=True)
            finish_restore(asked, user, sign_in_id, origin, sent)
    except StaleVault as error:
        raise stale(error) from None
    except BadSignature:
        raise Refusal(403, "bad_signature") from None
    except IllegalMove as error:
        raise _closed(error) from None
    return jsonify(next=url_for("recovery.show_done"))


def newest_vault(*, with_file: bool = True) -> Response:
    """The newest vault file and the place it takes, for whoever may end its epoch."""
    user = me()
    vault = Vault.current(user, with_file=with_file)
    assert vault is not None
    header = {"epoch": vault.epoch, "counter": vault.counter, "sha256": vault.sha256, "kit": user.kit_number}
    header["next_epoch"] = Vault.next_epoch(user.id)
    return framed_answer(header, vault.file if with_file else b"")


def _of_signer(request_id: str) -> RestoreRequest:
    """The request of the device that signed; for any other it does not exist. Raises Refusal."""
    asked = RestoreRequest.by_id(request_id)
    if asked is None or asked.user_id != me().id or asked.device_id != g.signer.id:
        raise Refusal(404, "not_found")
    return asked


def _closed(error: IllegalMove) -> Refusal:
    if error.state == State.REQUESTED:
        return Refusal(409, "not_released")
    return Refusal(410, "request_closed", state=error.state)


def _released(asked: RestoreRequest) -> tuple[dict[str, Any], bytes]:
    """What is handed out once the release is noted. Raises Refusal."""
    if asked.state == State.REQUESTED:
        raise Refusal(409, "not_released")
    if asked.state == State.APPROVED and not asked.is_usable:
        raise Refusal(409, "approval_waits")
    if asked.state not in (State.APPROVED, State.RELEASED):
        raise Refusal(410, "request_closed", state=asked.state)
    backup, vault = CloudBackup.with_file(asked.backup_id or ""), Vault.current(me())
    if backup is None:
        raise Refusal(410, "backup_gone")
    assert vault is not None
    share = {"request": asked.id, "backup": backup.id, "share_s": base64_of(backup.open_share_s())}
    key = backup.organisation_key
    header = {
        "approval": asked.approval,
        "approval_signature": base64_of(asked.approval_signature),
        "wrapped": base64_of(asked.wrapped),
        "share_s": base64_of(wrap(current_app.json.dumps(share).encode(), asked.recipient)),
        "organisation_key": {
            "epoch": key.epoch,
            "recipient": key.recipient,
            "sign": base64_of(key.sign_public),
            "fingerprint": key.fingerprint,
            "name": key.name,
        },
        "epoch": vault.epoch,
        "verify_key": base64_of(vault.verify_key),
    }
    return header, backup.file


def stale(error: StaleVault) -> Refusal:
    """The vault moved on: as it stands now."""
    vault = error.current
    return Refusal(409, "stale_vault", sha256=vault.sha256, counter=vault.counter, epoch=vault.epoch)


def finish_of(header: dict[str, Any], file: bytes, *, ends: bool = True) -> Finish:
    """The Finish as it came, each part of its kind and size; `ends`: with a signature by the ended epoch’s key. Raises
    Refusal."""
    sent = Finish(
        epoch=number_of(header, "epoch"),
        counter=number_of(header, "counter", limits.COUNTERS),
        base_sha256=text_of(header, "base_sha256", 64),
        verify_key=from_base64(header.get("verify_key"), 32),
        ended_signature=from_base64(header.get("ended_signature"), 64) if ends else b"",
        keyslot=age_file(from_base64(header.get("keyslot")), limits.KEYSLOT_BYTES),
        server_share=from_base64(header.get("server_share"), 32),
        proof=from_base64(header.get("proof"), 32),
        version=number_of(header, "version", LOCK_VERSIONS) if "version" in header else 1,
        name=text_of(header, "name", limits.NAME_CHARACTERS),
        kit=number_of(header, "kit", KIT_NUMBERS),
        kit_verify_key=kit_key_of(header),
        items=number_of(header, "items", limits.VAULT_ITEMS),
        file=age_file(file, limits.VAULT_FILE_BYTES),
        file_sha256=text_of(header, "file_sha256", 64),
    )
    if hashlib.sha256(file).hexdigest() != sent.file_sha256 or not sent.version or not sent.name.isprintable():
        raise Refusal(400, "malformed")
    return sent
