"""The octets of a restore: what the request’s own device gets once it is approved, and its Finish."""

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, url_for

from webapp import limits
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.crypto.signatures import BadSignature
from webapp.crypto.wrapping import wrap
from webapp.database import transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import IllegalMove, State
from webapp.models.directory.user import User
from webapp.models.recovery.finish import Finish, finish_restore
from webapp.models.recovery.restore_request import ApprovalWaits, RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import StaleVault, Vault
from webapp.views.recovery.method_policy import requires_method
from webapp.web.access import current_member, current_sign_in
from webapp.web.signed_requests import signed
from webapp.web.wire import (
    EMPTY,
    ApiError,
    age_file,
    at_most,
    base64_of,
    framed_answer,
    framed_body,
    from_base64,
    kit_key_of,
    number_of,
    text_of,
)

bp = Blueprint("restores", __name__, url_prefix="/recovery/requests")

KIT_NUMBERS = 1_000_000
"""One more has to fit the column, too."""
LOCK_VERSIONS = 1_000


@bp.post("/<request_id>/release")
@at_most(EMPTY)
@signed
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def release(request_id: str) -> Response:
    """The backup with both shares, sealed to the device that asked. Repeating it is no new release."""
    restore_request = _of_signer(request_id)
    user_id = current_member().id
    try:
        restore_request.require_releasable()
        header, file = _released(restore_request)
        with transaction() as session:
            user = User.locked(user_id)
            session.get_one(RestoreRequest, request_id).release(user)
    except ApprovalWaits:
        raise ApiError(409, "approval_waits") from None
    except IllegalMove as error:
        raise _closed(error) from None
    return framed_answer(header, file)


@bp.post("/<request_id>/vault")
@at_most(EMPTY)
@signed
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def show_newest_vault(request_id: str) -> Response:
    """The newest vault file, which the keyring of the backup opens."""
    restore_request = _of_signer(request_id)
    try:
        restore_request.require_released()
    except IllegalMove as error:
        raise ApiError(410, "request_closed", state=error.state) from None
    return newest_vault()


@bp.post("/<request_id>/finish")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER + 4)
@signed
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def finish(request_id: str) -> Response:
    """Begin the new epoch with this device alone. The same Finish again gets the same answer."""
    _of_signer(request_id)
    sent = finish_of(*framed_body())
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    origin = current_app.config["ORIGIN"]
    try:
        with transaction() as session:
            user = User.locked(user_id)
            restore_request = session.get_one(RestoreRequest, request_id, populate_existing=True)
            finish_restore(restore_request, user, sign_in_id, origin, sent)
    except StaleVault as error:
        raise stale(error) from None
    except BadSignature:
        raise ApiError(403, "bad_signature") from None
    except IllegalMove as error:
        raise _closed(error) from None
    return finished(g.signer.id, sent)


@bp.post("/<request_id>/check-failure")
@at_most(EMPTY)
@signed
def fail_check(request_id: str) -> Response:
    """The digits that the member was told were wrong five times: this browser takes no approval any more, and owners
    are told. Repeating it changes nothing."""
    _of_signer(request_id)
    user_id = current_member().id
    with transaction() as session:
        user = User.locked(user_id)
        restore_request = session.get_one(RestoreRequest, request_id, populate_existing=True)
        if restore_request.is_open:
            restore_request.fail_check(user)
    return jsonify(next=url_for("restore_requests.show_request", request_id=request_id))


def newest_vault(*, with_file: bool = True) -> Response:
    """The newest vault file and the place it takes, for whoever may end its epoch."""
    user = current_member()
    vault = Vault.current(user, with_file=with_file)
    assert vault is not None
    header = {"epoch": vault.epoch, "counter": vault.counter, "sha256": vault.sha256, "kit": user.kit_number}
    header["next_epoch"] = Vault.next_epoch(user.id)
    return framed_answer(header, vault.file if with_file else b"")


def _of_signer(request_id: str) -> RestoreRequest:
    """The request of the device that signed; for any other it does not exist. Raises ApiError."""
    restore_request = RestoreRequest.by_id(request_id)
    if (
        restore_request is None
        or restore_request.user_id != current_member().id
        or restore_request.device_id != g.signer.id
    ):
        raise ApiError(404, "not_found")
    return restore_request.expire_if_due()


def _closed(error: IllegalMove) -> ApiError:
    if error.state == State.REQUESTED:
        return ApiError(409, "not_released")
    return ApiError(410, "request_closed", state=error.state)


def _released(restore_request: RestoreRequest) -> tuple[dict[str, Any], bytes]:
    """What is handed out once the release is noted. Raises ApiError."""
    backup = CloudBackup.with_file(restore_request.backup_id or "")
    vault = Vault.current(current_member())
    if backup is None:
        raise ApiError(410, "backup_gone")
    assert vault is not None
    share = {"request": restore_request.id, "backup": backup.id, "share_s": base64_of(backup.open_share_s())}
    key = backup.organisation_key
    header = {
        "approval": restore_request.approval,
        "approval_signature": base64_of(restore_request.approval_signature),
        "wrapped": base64_of(restore_request.wrapped),
        "share_s": base64_of(wrap(current_app.json.dumps(share).encode(), restore_request.recipient)),
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


def finished(device_id: str, sent: Finish) -> Response:
    """What a Finish stored, for the browser to hold against what it sent; the same for the same Finish again."""
    stored = {"device": device_id, "epoch": sent.epoch, "counter": sent.counter, "sha256": sent.file_sha256}
    return jsonify(next=url_for("recovery.show_done"), **stored)


def stale(error: StaleVault) -> ApiError:
    """The vault moved on: as it stands now."""
    vault = error.current
    return ApiError(409, "stale_vault", sha256=vault.sha256, counter=vault.counter, epoch=vault.epoch)


def _key_of(header: dict[str, Any]) -> str | None:
    """The recovery key on record in the new vault; None: none, since nobody compared it; "" where nothing is said.
    Raises ApiError."""
    if header.get("organisation_key", "") is None:
        return None
    return text_of(header, "organisation_key", 52) if "organisation_key" in header else ""


def finish_of(header: dict[str, Any], file: bytes, *, ends: bool = True) -> Finish:
    """The Finish as it came, each part of its kind and size; `ends`: with a signature by the ended epoch’s key. Raises
    ApiError."""
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
        organisation_key=_key_of(header),
        file=age_file(file, limits.VAULT_FILE_BYTES),
        file_sha256=text_of(header, "file_sha256", 64),
    )
    if hashlib.sha256(file).hexdigest() != sent.file_sha256 or not sent.version or not sent.name.isprintable():
        raise ApiError(400, "malformed")
    return sent
