"""Earlier vaults: what recoveries archived, to be opened in the browser and brought over item by item."""

from flask import Blueprint, Response, abort, g, jsonify, render_template
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import db
from webapp.models.accounts.earlier_vault import FormerDevice
from webapp.models.devices.lock import LockDestroyed, NotReleased, WrongPin
from webapp.models.signin.tab_key import PinNotShown
from webapp.models.vaults.vault import Vault
from webapp.views.vault.device_lock import device_of_session, way_to_vault
from webapp.web.access import address, browser_label, current_member, current_sign_in
from webapp.web.signed_requests import require_pin, signed
from webapp.web.wire import SMALL, ApiError, at_most, base64_of, file_answer, from_base64, json_body, number_of, try_of

bp = Blueprint("earlier_vaults", __name__, url_prefix="/vault/earlier")


@bp.get("")
def list_vaults() -> str | BaseResponse:
    """The member’s archived vaults, the latest first."""
    away = way_to_vault()
    if away:
        return away
    user = current_member()
    vaults = Vault.archived(user)
    former = FormerDevice.of(user)
    return render_template(
        "vault/earlier_vaults/index.html", organisation=user.organisation, vaults=vaults, former=former
    )


@bp.get("/<int:epoch>/file")
def show_file(epoch: int) -> Response:
    """An archived vault file, for a browser that has proved to be an active device; its own keys open it."""
    user = current_member()
    if not device_of_session().opens or epoch == user.epoch:
        abort(404)
    vault = db.session.get(Vault, (user.id, epoch), options=[undefer(Vault.file)])
    if vault is None:
        abort(404)
    return file_answer(vault.file)


@bp.post("/<int:epoch>/unlock")
@at_most(SMALL)
@signed
def unlock(epoch: int) -> Response:
    """The keyslot and the server share of the former device that signed this, for the right proof of its PIN, in a
    session in which the present vault is open."""
    former = FormerDevice.find(current_member(), g.signer.id, epoch)
    if former is None:
        raise ApiError(404, "not_found")
    require_pin(device_of_session().id)
    body = json_body()
    proof = from_base64(body.get("proof"), 32)
    version = number_of(body, "version")
    if former.versions and version not in former.versions:
        raise ApiError(404, "not_found")
    try:
        where = {"browser": browser_label(), "address": address()}
        keyslot, share = former.open(version, proof, current_sign_in().id, try_of(body), **where)
    except WrongPin as error:
        raise ApiError(403, "wrong_pin", tries_left=error.tries_left) from None
    except LockDestroyed:
        raise ApiError(410, "lock_destroyed") from None
    except PinNotShown:
        raise ApiError(403, "pin_needed") from None
    except NotReleased:
        raise ApiError(403, "device_not_active") from None
    return jsonify(keyslot=base64_of(keyslot), server_share=base64_of(share), version=version)
