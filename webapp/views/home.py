"""The start: leads everybody to where they belong."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from webapp.database import db
from webapp.models import Device, SignIn, User
from webapp.security import me, my_sign_in

bp = Blueprint("home", __name__)


@bp.get("/")
def show_home() -> Response:
    """The one address to remember."""
    return redirect(home_url(me(), my_sign_in()), code=303)


def home_url(user: User, found: SignIn) -> str:
    """Where this person belongs in this browser: joining, the vault, the Admin Portal, or Account Recovery."""
    if not user.epoch:
        return url_for("joining.new_vault")
    if found.looked_at is None:
        return "/devices/here"
    if opening_device(user, found):
        return joining_step(user) or "/vault"
    return "/admin/" if user.is_admin else "/recovery"


def opening_device(user: User, found: SignIn) -> Device | None:
    """The member’s device that this browser has proved to be, if it opens the vault."""
    device = db.session.get(Device, found.device_id) if found.device_id else None
    return device if device and device.user_id == user.id and device.opens else None


def joining_step(user: User) -> str | None:
    """The page of the step of joining that is still to be done by somebody who has a vault, or None."""
    if user.kit_confirmed_at is None:
        return url_for("joining.show_kit")
    return None if user.has_joined else url_for("joining.show_cloud_backup")
