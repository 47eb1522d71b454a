"""The octets of a pairing on the new device’s side: its answer, the key that comes, and its lock."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, url_for

from webapp import limits
from webapp.database import transaction
from webapp.flows.pairing import IllegalMove, State
from webapp.models import PAIRING, Pairing, User, Vault
from webapp.models.paired_device import PairedDevice, complete_pairing
from webapp.octets import (
    Refusal,
    age_file,
    at_most,
    framed_answer,
    from_base64,
    json_body,
    number_of,
    signed,
    text_of,
)
from webapp.security import me, my_sign_in
from webapp.views.pairings import WAITING
from webapp.views.switched_off import of_way

bp = Blueprint("pairing_messages", __name__, url_prefix="/recovery")

SMALL = 16 * 1024
LOCK_VERSIONS = 1_000


@bp.post("/pairings/<pairing_id>/answer")
@at_most(SMALL)
@signed
@of_way(PAIRING)
def create_answer(pairing_id: str) -> Response:
    """Hand the new device’s answer on (M2). One answer to each code."""
    _of_signer(pairing_id)
    user_id, answer = me().id, text_of(json_body(), "answer", limits.SIGNED_TEXT_CHARACTERS)
    try:
        with transaction() as session:
            User.locked(user_id)
            session.get_one(Pairing, pairing_id).give_answer(answer)
    except IllegalMove as error:
        raise closed(error.state) from None
    return jsonify({})


@bp.post("/pairings/<pairing_id>/key")
@at_most(1024)
@signed
@of_way(PAIRING)
def show_key(pairing_id: str) -> Response:
    """What the other device sealed to this one (M3), and the newest vault, which it opens. Repeating it is harmless."""
    pairing = _of_signer(pairing_id)
    if pairing.state in WAITING:
        raise Refusal(409, "not_confirmed")
    if pairing.state != State.CONFIRMED:
        raise closed(State(pairing.state))
    return newest_vault(confirmation=pairing.confirmation)


@bp.post("/pairings/<pairing_id>/completion")
@at_most(SMALL)
@signed
@of_way(PAIRING)
def create_completion(pairing_id: str) -> Response:
    """Store the new device with its lock. The same again gets the same answer."""
    _of_signer(pairing_id)
    sent, user_id, sign_in_id = _sent(json_body()), me().id, my_sign_in().id
    try:
        with transaction() as session:
            user = User.locked(user_id)
            complete_pairing(session.get_one(Pairing, pairing_id), user, sign_in_id, sent)
    except IllegalMove as error:
        raise closed(error.state) from None
    return jsonify(next=url_for("pairings.show_pairing", pairing_id=pairing_id))


def newest_vault(**more: Any) -> Response:
    """The member’s vault file, framed, with what belongs to it."""
    user = me()
    vault = Vault.current(user, with_file=True)
    assert vault is not None
    header = {"epoch": vault.epoch, "counter": vault.counter, "sha256": vault.sha256, "kit": user.kit_number}
    return framed_answer({**header, **more}, vault.file)


def closed(state: State) -> Refusal:
    """Why a message comes too late, as a code."""
    if state == State.OPENED:
        return Refusal(409, "code_expired")
    return Refusal(410, "request_closed", state=state)


def _of_signer(pairing_id: str) -> Pairing:
    """The pairing of the new device that signed; for any other it does not exist. Raises Refusal."""
    found = Pairing.by_id(pairing_id)
    if (
        found is None
        or found.user_id != me().id
        or (found.device_id, found.sign_public)
        != (
            g.signer.id,
            g.signer.sign_public,
        )
    ):
        raise Refusal(404, "not_found")
    return found


def _sent(body: dict[str, Any]) -> PairedDevice:
    name, version = text_of(body, "name", limits.NAME_CHARACTERS), number_of(body, "version", LOCK_VERSIONS)
    if not name.isprintable() or not version:
        raise Refusal(400, "malformed")
    keyslot = age_file(from_base64(body.get("keyslot")), limits.KEYSLOT_BYTES)
    share, proof = from_base64(body.get("server_share"), 32), from_base64(body.get("proof"), 32)
    return PairedDevice(keyslot, share, proof, version, name)
