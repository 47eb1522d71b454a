"""The start: leads everybody to where they belong."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.signin.session import SignIn
from webapp.web.access import current_member, current_sign_in

bp = Blueprint("home", __name__)


@bp.get("/")
def show_home() -> Response:
    """The one address to remember."""
    return redirect(home_url(current_member(), current_sign_in()), code=303)


def home_url(user: User, sign_in: SignIn) -> str:
    """Where this person belongs in this browser: joining, the vault, the Admin Portal, or Account Recovery."""
    if not user.epoch:
        return url_for("joining.new_vault")
    if sign_in.looked_at is None:
        return "/devices/here"
    if opening_device(user, sign_in):
        return joining_step(user) or "/vault"
    return "/admin/" if user.is_admin else "/recovery"


def opening_device(user: User, sign_in: SignIn) -> Device | None:
    """The member’s device that this browser has proved to be, if it opens the vault."""
    device = Device.mine(user.id, sign_in.device_id)
    return device if device and device.opens else None


def joining_step(user: User) -> str | None:
    """The page of the step of joining that is still to be done by somebody who has a vault, or None."""
    if user.kit_confirmed_at is None:
        return url_for("joining.show_kit")
    return None if user.has_joined else url_for("joining.show_cloud_backup")
