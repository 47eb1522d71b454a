"""Earlier vaults: what recoveries archived, to be opened in the browser and brought over item by item."""

from flask import Blueprint, Response, abort, render_template
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import db
from webapp.models import Vault
from webapp.security import me
from webapp.views.devices import device_of_session, way_to_vault

bp = Blueprint("earlier_vaults", __name__, url_prefix="/vault/earlier")


@bp.get("")
def list_vaults() -> str | BaseResponse:
    """The member’s archived vaults, the latest first."""
    away = way_to_vault()
    vaults = Vault.archived(me()) if not away else []
    return away or render_template("earlier_vaults/index.html", organisation=me().organisation, vaults=vaults)


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
