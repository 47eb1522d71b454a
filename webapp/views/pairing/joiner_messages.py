"""The octets of a pairing on the new device’s side: its answer, the key that comes, and its lock."""

import hashlib
from typing import Any

from flask import Blueprint, Response, g, jsonify, url_for

from webapp import limits
from webapp.database import transaction
from webapp.flows.pairing import IllegalMove, State
from webapp.flows.recovery_methods import PAIRING
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.paired_device import PairedDevice, complete_pairing
from webapp.models.vaults.vault import Vault
from webapp.views.pairing.joiner import WAITING
from webapp.views.recovery.method_policy import requires_method
from webapp.web.access import current_member, current_sign_in
from webapp.web.signed_requests import signed
from webapp.web.wire import (
    SMALL,
    ApiError,
    age_file,
    at_most,
    framed_answer,
    from_base64,
    json_body,
    number_of,
    text_of,
)

bp = Blueprint("pairing_messages", __name__, url_prefix="/recovery")

LOCK_VERSIONS = 1_000


@bp.post("/pairings/<pairing_id>/answer")
@at_most(SMALL)
@signed
@requires_method(PAIRING)
def create_answer(pairing_id: str) -> Response:
    """Hand the new device’s answer on (M2). One answer to each code."""
    _of_signer(pairing_id)
    user_id = current_member().id
    answer = text_of(json_body(), "answer", limits.SIGNED_TEXT_CHARACTERS)
    try:
        with transaction() as session:
            User.locked(user_id)
            session.get_one(Pairing, pairing_id).give_answer(answer)
    except IllegalMove as error:
        raise closed(error.state) from None
    return relayed(pairing_id, answer)


@bp.post("/pairings/<pairing_id>/key")
@at_most(1024)
@signed
@requires_method(PAIRING)
def show_key(pairing_id: str) -> Response:
    """What the other device sealed to this one (M3), and the newest vault, which it opens. Repeating it is harmless."""
    pairing = _of_signer(pairing_id)
    if pairing.state in WAITING:
        raise ApiError(409, "not_confirmed")
    if pairing.state != State.CONFIRMED:
        raise closed(pairing.state)
    return newest_vault(confirmation=pairing.confirmation)


@bp.post("/pairings/<pairing_id>/completion")
@at_most(SMALL)
@signed
@requires_method(PAIRING)
def create_completion(pairing_id: str) -> Response:
    """Store the new device with its lock. The same again gets the same answer."""
    _of_signer(pairing_id)
    sent = _sent(json_body())
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    try:
        with transaction() as session:
            user = User.locked(user_id)
            complete_pairing(session.get_one(Pairing, pairing_id), user, sign_in_id, sent)
    except IllegalMove as error:
        raise closed(error.state) from None
    stored = {"pairing": pairing_id, "device": g.signer.id, "version": sent.version}
    return jsonify(next=url_for("pairings.show_pairing", pairing_id=pairing_id), **stored)


def relayed(pairing_id: str, message: str) -> Response:
    """What was handed on, for the browser to hold against what it sent."""
    return jsonify(pairing=pairing_id, sha256=hashlib.sha256(message.encode()).hexdigest())


def newest_vault(**more: Any) -> Response:
    """The member’s vault file, framed, with what belongs to it."""
    user = current_member()
    vault = Vault.current(user, with_file=True)
    assert vault is not None
    header = {"epoch": vault.epoch, "counter": vault.counter, "sha256": vault.sha256, "kit": user.kit_number}
    return framed_answer({**header, **more}, vault.file)


def closed(state: State) -> ApiError:
    """Why a message comes too late, as a code."""
    if state == State.OPENED:
        return ApiError(409, "code_expired")
    return ApiError(410, "request_closed", state=state)


def _of_signer(pairing_id: str) -> Pairing:
    """The pairing of the new device that signed; for any other it does not exist. Raises ApiError."""
    pairing = Pairing.by_id(pairing_id)
    if (
        pairing is None
        or pairing.user_id != current_member().id
        or (pairing.device_id, pairing.sign_public)
        != (
            g.signer.id,
            g.signer.sign_public,
        )
    ):
        raise ApiError(404, "not_found")
    return pairing.settled()


def _sent(body: dict[str, Any]) -> PairedDevice:
    name = text_of(body, "name", limits.NAME_CHARACTERS)
    version = number_of(body, "version", LOCK_VERSIONS)
    if not name.isprintable() or not version:
        raise ApiError(400, "malformed")
    keyslot = age_file(from_base64(body.get("keyslot")), limits.KEYSLOT_BYTES)
    share = from_base64(body.get("server_share"), 32)
    proof = from_base64(body.get("proof"), 32)
    return PairedDevice(keyslot, share, proof, version, name)
