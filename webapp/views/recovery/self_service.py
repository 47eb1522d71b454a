"""The octets of a recovery that needs nobody’s help: with a local backup, with the Recovery Kit, or from nothing."""

from typing import Any

from flask import Blueprint, Response, current_app, g, request

from webapp import limits
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.crypto.signatures import BadSignature
from webapp.crypto.wrapping import is_recipient
from webapp.database import transaction
from webapp.flows.recovery_methods import SELF_SERVICE_METHODS, RecoveryMethod
from webapp.models.approval.hold import OnHold
from webapp.models.columns import is_id
from webapp.models.directory.user import User
from webapp.models.recovery.finish import finish_own
from webapp.models.recovery.self_service import KitUnknown, PasswordNeeded, RecoveryOver, SelfServiceRecovery
from webapp.models.server.sealing_key import SealingKey
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import StaleVault
from webapp.views.recovery.restores import finish_of, finished, newest_vault, stale
from webapp.web import rate_limits
from webapp.web.access import address, browser_label, current_member, current_sign_in
from webapp.web.signed_requests import check_signature, signed
from webapp.web.wire import SMALL, ApiError, at_most, framed_body, from_base64, json_body

bp = Blueprint("own_recoveries", __name__, url_prefix="/recovery/own")

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
    body = json_body()
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    if not current_member().epoch:
        raise ApiError(409, "no_vault")
    SealingKey.require()  # or Finish could not keep the new device’s lock
    rate_limits.spend(rate_limits.OWN_RECOVERIES, sign_in_id)  # a stolen session uses up its own tries alone
    recovery = _asked(body)
    way = recovery.way
    if request.headers.get("Spare-Device") != recovery.id:
        raise ApiError(400, "malformed")
    check_signature(recovery.id, recovery.sign_public)
    proof = from_base64(body["proof"], 64) if "proof" in body else None
    try:
        with transaction() as session:
            user = User.locked(user_id)
            origin = current_app.config["ORIGIN"]
            sign_in = session.get_one(SignIn, sign_in_id, populate_existing=True)
            recovery.begin(user, sign_in, proof, origin)
    except BadSignature:
        raise ApiError(403, "wrong_kit" if way == RecoveryMethod.RECOVERY_KIT else "wrong_epoch") from None
    except tuple(REFUSED) as error:
        raise ApiError(*REFUSED[type(error)]) from None
    return newest_vault(with_file=way != RecoveryMethod.NEW_ACCOUNT)


@bp.post("/finish")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER + 4)
@signed
def finish() -> Response:
    """Begin the new epoch with this device alone. The same Finish again gets the same answer."""
    own = g.signer.own or (g.signer.device and SelfServiceRecovery.of_session(current_sign_in().id, g.signer.id))
    if own is None:
        raise ApiError(404, "not_found")
    sent = finish_of(*framed_body(), ends=own.way != RecoveryMethod.NEW_ACCOUNT)
    own_id = own.id
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    origin = current_app.config["ORIGIN"]
    try:
        with transaction() as session:
            user = User.locked(user_id)
            recovery = session.get_one(SelfServiceRecovery, own_id, populate_existing=True)
            sign_in = session.get_one(SignIn, sign_in_id, populate_existing=True)
            finish_own(recovery, user, sign_in, origin, sent)
    except StaleVault as error:
        raise stale(error) from None
    except BadSignature:
        raise ApiError(403, "bad_signature") from None
    except tuple(REFUSED) as error:
        raise ApiError(*REFUSED[type(error)]) from None
    return finished(g.signer.id, sent)


def _asked(body: dict[str, Any]) -> SelfServiceRecovery:
    way = body.get("way")
    device = body.get("device")
    if (
        not isinstance(way, str)
        or way not in SELF_SERVICE_METHODS
        or not isinstance(device, dict)
        or not is_id(device.get("id"))
    ):
        raise ApiError(400, "malformed")
    if not is_recipient(device.get("recipient")):
        raise ApiError(400, "malformed")
    return SelfServiceRecovery(
        id=device["id"],
        organisation_id=current_member().organisation_id,
        user_id=current_member().id,
        sign_in_id=current_sign_in().id,
        way=RecoveryMethod(way),
        sign_public=from_base64(device.get("sign"), 32),
        recipient=device["recipient"],
        browser=browser_label(),
        address=address(),
    )
