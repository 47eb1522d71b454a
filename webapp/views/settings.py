"""A member’s own settings: who they are, their password, this device, the Recovery Kit, cloud backups."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import throttle
from webapp.crypto import passwords
from webapp.crypto.password_rules import refusal
from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import CloudBackup, Device, OneTimeCode, OrganisationKey, SecondFactor, SignIn, TabKey, User
from webapp.models.password_reset import change_password
from webapp.security import address, me, my_sign_in
from webapp.throttle import SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, Throttled
from webapp.views.devices import way_to_vault
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
        sessions=SignIn.alive_of(user),
        factor=SecondFactor.of(user.id),
        codes_left=OneTimeCode.left(user.id),
        password=_password_form(),
    )


@bp.get("/settings/recovery-kit")
def show_kit_change() -> str | Response:
    """The next Recovery Kit, made and confirmed where the vault is open."""
    user = me()
    if user.kit_confirmed_at is None:
        return redirect_to(url_for(".show_settings"))
    contact = user.organisation.contact()
    return way_to_vault() or render_template(
        "settings/kit.html", user=user, organisation=user.organisation, contact=contact
    )


@bp.post("/settings/password")
def set_password() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """A new password, where the present one is known and the vault is open. No reset: every device stays."""
    user, sign_in_id = me(), my_sign_in().id
    if not _may_set_password():
        return _password_fragment(), 403
    try:
        throttle.spend(SIGN_IN_ADDRESS, throttle.network(address()))
        throttle.spend(SIGN_IN_ACCOUNT, user.email)
    except Throttled as error:
        return _password_fragment(retry_after=error.retry_after), 429, {"Retry-After": str(error.retry_after)}
    known, typed = user.password_hash, request.form.get("new", "")
    if not passwords.matches(request.form.get("present", ""), known or None):
        return _password_fragment(is_wrong=True), 422
    problem = refusal(typed, user.email, user.name)
    if problem:
        return _password_fragment(problem=problem), 422
    user_id, password_hash = user.id, passwords.hash_password(typed)
    with transaction():
        user = User.locked(user_id)
        # A reset or “This wasn’t me” that came while the hash was made stands.
        still = user.password_hash == known and SignIn.alive(sign_in_id) is not None
        if still:
            change_password(user, password_hash, sign_in_id)
    if still:
        flash("Your password is changed. You are signed out everywhere else; your devices stay as they are.", "success")
    return redirect_to(url_for(".show_settings"))


def _may_set_password() -> bool:
    """Whether the vault is open in this browser, or there is none yet: a session left behind is not enough."""
    here = opening_device(me(), my_sign_in())
    return not me().epoch or (here is not None and TabKey.is_open(my_sign_in(), here.id))


def _password_form(*, problem: str | None = None, is_wrong: bool = False, retry_after: int = 0) -> dict[str, object]:
    return {"may": _may_set_password(), "problem": problem, "is_wrong": is_wrong, "retry_after": retry_after}


def _password_fragment(*, problem: str | None = None, is_wrong: bool = False, retry_after: int = 0) -> str:
    return render_template(
        "settings/_password.html",
        user=me(),
        device=opening_device(me(), my_sign_in()),
        password=_password_form(problem=problem, is_wrong=is_wrong, retry_after=retry_after),
    )
