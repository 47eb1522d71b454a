"""The octets of a recovery that needs nobody’s help: with a local backup, with the Recovery Kit, or from nothing."""

from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request, url_for

from webapp import limits, throttle
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.crypto.signatures import BadSignature
from webapp.crypto.wrapping import is_recipient
from webapp.database import transaction
from webapp.models import (
    OWN_WAYS,
    KitUnknown,
    OnHold,
    OwnRecovery,
    PasswordNeeded,
    RecoveryOver,
    SignIn,
    StaleVault,
    User,
    Way,
)
from webapp.models.columns import is_id
from webapp.models.finish import finish_own
from webapp.octets import Refusal, at_most, check_signature, framed_body, from_base64, json_body, signed
from webapp.security import address, browser_label, me, my_sign_in
from webapp.views.restores import finish_of, newest_vault, stale

bp = Blueprint("own_recoveries", __name__, url_prefix="/recovery/own")

SMALL = 16 * 1024
REFUSED: dict[type[Exception], tuple[int, str]] = {
    OnHold: (409, "on_hold"),
    KitUnknown: (409, "kit_unknown"),
    PasswordNeeded: (403, "password_needed"),
    RecoveryOver: (410, "recovery_over"),
}


@bp.post("")
@at_most(SMALL)
def begin() -> Response:
    """The newest vault file, for a session whose new device shows a proof by the key of the present epoch or kit. Who
    begins a new account shows none and gets no file, only the place it takes. Signed by the key that the body
    brings."""
    body, user_id, sign_in_id = json_body(), me().id, my_sign_in().id
    if not me().epoch:
        raise Refusal(409, "no_vault")
    throttle.spend(throttle.OWN_RECOVERIES, sign_in_id)  # a stolen session uses up its own tries alone
    asked = _asked(body)
    way = asked.way
    if request.headers.get("Spare-Device") != asked.id:
        raise Refusal(400, "malformed")
    check_signature(asked.id, asked.sign_public)
    proof = from_base64(body["proof"], 64) if "proof" in body else None
    try:
        with transaction() as session:
            user, origin = User.locked(user_id), current_app.config["ORIGIN"]
            sign_in = session.get_one(SignIn, sign_in_id, populate_existing=True)
            asked.begin(user, sign_in, proof, origin)
    except BadSignature:
        raise Refusal(403, "wrong_kit" if way == Way.RECOVERY_KIT else "wrong_epoch") from None
    except tuple(REFUSED) as error:
        raise Refusal(*REFUSED[type(error)]) from None
    return newest_vault(with_file=way != Way.NEW_ACCOUNT)


@bp.post("/finish")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER + 4)
@signed
def finish() -> Response:
    """Begin the new epoch with this device alone. The same Finish again gets the same answer."""
    own = g.signer.own or (g.signer.device and OwnRecovery.of_session(my_sign_in().id, g.signer.id))
    if own is None:
        raise Refusal(404, "not_found")
    sent = finish_of(*framed_body(), ends=own.way != Way.NEW_ACCOUNT)
    own_id, user_id, sign_in_id, origin = own.id, me().id, my_sign_in().id, current_app.config["ORIGIN"]
    try:
        with transaction() as session:
            user = User.locked(user_id)
            found = session.get_one(OwnRecovery, own_id, populate_existing=True)
            sign_in = session.get_one(SignIn, sign_in_id, populate_existing=True)
            finish_own(found, user, sign_in, origin, sent)
    except StaleVault as error:
        raise stale(error) from None
    except BadSignature:
        raise Refusal(403, "bad_signature") from None
    except tuple(REFUSED) as error:
        raise Refusal(*REFUSED[type(error)]) from None
    return jsonify(next=url_for("recovery.show_done"))


def _asked(body: dict[str, Any]) -> OwnRecovery:
    way, device = body.get("way"), body.get("device")
    if not isinstance(way, str) or way not in OWN_WAYS or not isinstance(device, dict) or not is_id(device.get("id")):
        raise Refusal(400, "malformed")
    if not is_recipient(device.get("recipient")):
        raise Refusal(400, "malformed")
    return OwnRecovery(
        id=device["id"],
        organisation_id=me().organisation_id,
        user_id=me().id,
        sign_in_id=my_sign_in().id,
        way=Way(way),
        sign_public=from_base64(device.get("sign"), 32),
        recipient=device["recipient"],
        browser=browser_label(),
        address=address(),
    )
