"""A member’s own settings: who they are, their password, this device, the Recovery Kit, cloud backups."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.crypto import passwords
from webapp.crypto.password_rules import refusal
from webapp.database import transaction
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.accounts.password_reset import change_password
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.signin.second_factor import SecondFactor
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.views.home import opening_device
from webapp.views.vault.device_lock import way_to_vault
from webapp.web.access import current_member, current_sign_in
from webapp.web.credentials import is_password
from webapp.web.htmx import redirect_to
from webapp.web.rate_limits import RateLimited

bp = Blueprint("settings", __name__)


@bp.get("/settings")
def show_settings() -> str:
    """What can be changed, and how things stand."""
    user = current_member()
    factor = SecondFactor.of(current_member().id)
    return render_template(
        "account/settings/index.html",
        user=user,
        organisation=user.organisation,
        contact=contact_of(user.organisation),
        device=opening_device(user, current_sign_in()),
        devices=Device.of(user.id),
        key=OrganisationKey.active(user.organisation_id),
        newest=CloudBackup.newest(user.id),
        sessions=SignIn.alive_of(user),
        factor=factor,
        codes_left=factor.codes_left if factor else 0,
        password=_password_form(),
    )


@bp.get("/settings/recovery-kit")
def show_kit_change() -> str | Response:
    """The next Recovery Kit, made and confirmed where the vault is open."""
    user = current_member()
    if user.kit_confirmed_at is None:
        return redirect_to(url_for(".show_settings"))
    contact = contact_of(user.organisation)
    return way_to_vault() or render_template(
        "account/settings/kit.html", user=user, organisation=user.organisation, contact=contact
    )


@bp.post("/settings/password")
def set_password() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """A new password, where the present one is known and the vault is open. No reset: every device stays."""
    user = current_member()
    sign_in_id = current_sign_in().id
    if not _may_set_password():
        return _password_fragment(), 403
    known = user.password_hash
    typed = request.form.get("new", "")
    try:
        is_right = is_password(user, request.form.get("present", ""))
    except RateLimited as error:
        return _password_fragment(retry_after=error.retry_after), 429, {"Retry-After": str(error.retry_after)}
    if not is_right:
        return _password_fragment(is_wrong=True), 422
    problem = refusal(typed, user.email, user.name)
    if problem:
        return _password_fragment(problem=problem), 422
    user_id = user.id
    password_hash = passwords.hash_password(typed)
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
    this_device = opening_device(current_member(), current_sign_in())
    return not current_member().epoch or (this_device is not None and TabKey.is_open(current_sign_in(), this_device.id))


def _password_form(*, problem: str | None = None, is_wrong: bool = False, retry_after: int = 0) -> dict[str, object]:
    return {"may": _may_set_password(), "problem": problem, "is_wrong": is_wrong, "retry_after": retry_after}


def _password_fragment(*, problem: str | None = None, is_wrong: bool = False, retry_after: int = 0) -> str:
    return render_template(
        "account/settings/_password.html",
        user=current_member(),
        device=opening_device(current_member(), current_sign_in()),
        password=_password_form(problem=problem, is_wrong=is_wrong, retry_after=retry_after),
    )
