"""Earlier vaults: what recoveries archived, to be opened in the browser and brought over item by item."""

from flask import Blueprint, Response, abort, g, jsonify, render_template
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import db
from webapp.models import LockDestroyed, PinNotShown, Vault, WrongPin
from webapp.models.device_lock import NotReleased
from webapp.models.former_device import FormerDevice
from webapp.octets import Refusal, at_most, base64_of, demand_pin, from_base64, json_body, number_of, signed
from webapp.security import address, browser_label, me, my_sign_in
from webapp.views.devices import SMALL, device_of_session, way_to_vault

bp = Blueprint("earlier_vaults", __name__, url_prefix="/vault/earlier")


@bp.get("")
def list_vaults() -> str | BaseResponse:
    """The member’s archived vaults, the latest first."""
    away = way_to_vault()
    if away:
        return away
    user = me()
    vaults, former = Vault.archived(user), FormerDevice.of(user)
    return render_template("earlier_vaults/index.html", organisation=user.organisation, vaults=vaults, former=former)


@bp.get("/<int:epoch>/file")
def show_file(epoch: int) -> Response:
    """An archived vault file, for a browser that has proved to be an active device; its own keys open it."""
    user = me()
    if not device_of_session().opens or epoch == user.epoch:
        abort(404)
    vault = db.session.get(Vault, (user.id, epoch), options=[undefer(Vault.file)])
    if vault is None:
        abort(404)
    return Response(vault.file, content_type="application/octet-stream")


@bp.post("/<int:epoch>/unlock")
@at_most(SMALL)
@signed
def unlock(epoch: int) -> Response:
    """The keyslot and the server share of the former device that signed this, for the right proof of its PIN, in a
    session in which the present vault is open."""
    former = FormerDevice.find(me(), g.signer.id, epoch)
    if former is None:
        raise Refusal(404, "not_found")
    demand_pin(device_of_session().id)
    body = json_body()
    proof, version = from_base64(body.get("proof"), 32), number_of(body, "version")
    if former.versions and version not in former.versions:
        raise Refusal(404, "not_found")
    try:
        keyslot, share = former.open(version, proof, my_sign_in().id, browser=browser_label(), address=address())
    except WrongPin as error:
        raise Refusal(403, "wrong_pin", tries_left=error.tries_left) from None
    except LockDestroyed:
        raise Refusal(410, "lock_destroyed") from None
    except PinNotShown:
        raise Refusal(403, "pin_needed") from None
    except NotReleased:
        raise Refusal(403, "device_not_active") from None
    return jsonify(keyslot=base64_of(keyslot), server_share=base64_of(share), version=version)
