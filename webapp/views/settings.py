"""A member’s own settings: who they are, this device, the Recovery Kit, cloud backups."""

from flask import Blueprint, render_template

from webapp.models import CloudBackup, Device, OrganisationKey
from webapp.security import me, my_sign_in
from webapp.views.home import opening_device

bp = Blueprint("settings", __name__)


@bp.get("/settings")
def show_settings() -> str:
    """What can be changed, and how things stand."""
    user = me()
    return render_template(
        "settings/index.html",
        user=user,
        organisation=user.organisation,
        contact=user.organisation.contact(),
        device=opening_device(user, my_sign_in()),
        devices=Device.of(user.id),
        key=OrganisationKey.active(user.organisation_id),
        newest=CloudBackup.newest(user.id),
    )
