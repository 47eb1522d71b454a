"""The steps of the ways back that need nobody’s help: what is opened stays in the browser from one to the next."""

from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.clock import now
from webapp.database import transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.devices.device import Device
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import Vault
from webapp.views.recovery.method_policy import requires_method
from webapp.views.recovery.start import Step, lead_elsewhere, proved_device, step, steps_of
from webapp.web.access import browser_label, current_member, current_sign_in
from webapp.web.credentials import is_password
from webapp.web.htmx import pushed, redirect_to
from webapp.web.rate_limits import RateLimited

bp = Blueprint("own_ways", __name__, url_prefix="/recovery")
bp.before_request(lead_elsewhere)


@bp.before_request
def lead_to_done() -> BaseResponse | None:
    """A page that was reloaded while its last step was under way: the answer got lost, the recovery is finished."""
    own = SelfServiceRecovery.of_session(current_sign_in().id, current_sign_in().device_id or "")
    just_now = own is not None and own.finished_at is not None and now() - own.finished_at < limits.FINISHED_LATELY
    return redirect_to(url_for("recovery.show_done")) if just_now and request.method == "GET" else None


TITLES = {RecoveryMethod.LOCAL_BACKUP: "Restore from Local Backup", RecoveryMethod.RECOVERY_KIT: "Use Recovery Kit"}
NEW_ACCOUNT = "Create New Account"


@dataclass(frozen=True, kw_only=True)
class OwnStep(Step):
    """What each step of these ways gets."""

    way: RecoveryMethod
    way_steps: tuple[str, ...]
    browser: str


@dataclass(frozen=True, kw_only=True)
class LocalStep(OwnStep):
    """The local backups. `pin_device`: this browser’s, if its PIN can open one."""

    pin_device: Device | None


@dataclass(frozen=True, kw_only=True)
class PreviewStep(OwnStep):
    """What was opened. `unticked`: it was not said that this is understood."""

    unticked: bool


@dataclass(frozen=True, kw_only=True)
class NewAccountStep(OwnStep):
    """Create New Account."""

    vault: Vault | None
    """The present one."""
    asks: bool
    """For the password."""
    unticked: bool
    is_wrong: bool
    retry_after: int


@bp.get("/local")
@requires_method(RecoveryMethod.LOCAL_BACKUP)
def show_local_backups() -> str:
    """What this browser kept, or a file from elsewhere; opened by this device’s PIN or the Recovery Kit."""
    way = RecoveryMethod.LOCAL_BACKUP
    pin_device = _pin_device()
    own = LocalStep(way=way, way_steps=steps_of(way), browser=browser_label(), pin_device=pin_device)
    return step("recovery/self_service/_local.html", TITLES[way], own)


@bp.get("/kit")
@requires_method(RecoveryMethod.RECOVERY_KIT)
def show_kit() -> str:
    """The Recovery Kit opens the newest vault on the server."""
    way = RecoveryMethod.RECOVERY_KIT
    return step("recovery/self_service/_kit.html", TITLES[way], _own_step(way))


@bp.get("/local/preview")
@requires_method(RecoveryMethod.LOCAL_BACKUP)
def preview_local() -> str:
    """What was opened, and what the server has that is newer."""
    return _preview(RecoveryMethod.LOCAL_BACKUP)


@bp.get("/kit/preview")
@requires_method(RecoveryMethod.RECOVERY_KIT)
def preview_kit() -> str:
    """The newest vault, as the kit opened it."""
    return _preview(RecoveryMethod.RECOVERY_KIT)


@bp.post("/local/preview")
@requires_method(RecoveryMethod.LOCAL_BACKUP)
def confirm_local() -> BaseResponse | tuple[str, int]:
    """On to the PIN, once the person has said that they know."""
    return _confirmed(RecoveryMethod.LOCAL_BACKUP, url_for(".choose_local_pin"))


@bp.post("/kit/preview")
@requires_method(RecoveryMethod.RECOVERY_KIT)
def confirm_kit() -> BaseResponse | tuple[str, int]:
    """The same after the kit."""
    return _confirmed(RecoveryMethod.RECOVERY_KIT, url_for(".choose_kit_pin"))


@bp.get("/local/pin")
@requires_method(RecoveryMethod.LOCAL_BACKUP)
def choose_local_pin() -> str:
    """The last step after a local backup."""
    return _pin(RecoveryMethod.LOCAL_BACKUP)


@bp.get("/kit/pin")
@requires_method(RecoveryMethod.RECOVERY_KIT)
def choose_kit_pin() -> str:
    """The last step after the kit."""
    return _pin(RecoveryMethod.RECOVERY_KIT)


@bp.get("/new-account")
@requires_method(RecoveryMethod.NEW_ACCOUNT)
def show_new_account() -> str:
    """What there is that could still be used, and what beginning anew means."""
    return _new_account()


@bp.post("/new-account")
@requires_method(RecoveryMethod.NEW_ACCOUNT)
def confirm_new_account() -> BaseResponse | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """On to the PIN: the person has said that they know, and typed the password unless they have just signed in."""
    if "understood" not in request.form:
        return _new_account(unticked=True), 422
    if not current_sign_in().has_shown_password:
        try:
            is_right = is_password(current_member(), request.form.get("password", ""))
        except RateLimited as error:
            return _new_account(retry_after=error.retry_after), 429, {"Retry-After": str(error.retry_after)}
        if not is_right:
            return _new_account(is_wrong=True), 422
        row_id = current_sign_in().id
        with transaction() as session:
            session.get_one(SignIn, row_id).password_at = now()
    return redirect_to(url_for(".choose_new_pin"))


@bp.get("/new-account/pin")
@requires_method(RecoveryMethod.NEW_ACCOUNT)
def choose_new_pin() -> str | BaseResponse:
    """The last step of beginning anew."""
    return (
        _pin(RecoveryMethod.NEW_ACCOUNT)
        if current_sign_in().has_shown_password
        else redirect_to(url_for(".show_new_account"))
    )


def _pin_device() -> Device | None:
    """The device of this browser, if its PIN can open what it kept."""
    device = proved_device()
    return device if device and device.can_pair else None


def _preview(way: RecoveryMethod, *, unticked: bool = False) -> str:
    own = PreviewStep(way=way, way_steps=steps_of(way), browser=browser_label(), unticked=unticked)
    return step("recovery/self_service/_preview.html", TITLES[way], own)


def _confirmed(way: RecoveryMethod, url: str) -> Response | tuple[str, int]:
    """The page stays, with what was opened in it: no redirect, which would load it anew."""
    return pushed(_pin(way), url) if "understood" in request.form else (_preview(way, unticked=True), 422)


def _pin(way: RecoveryMethod) -> str:
    return step("recovery/self_service/_pin.html", TITLES.get(way, NEW_ACCOUNT), _own_step(way))


def _new_account(*, unticked: bool = False, is_wrong: bool = False, retry_after: int = 0) -> str:
    own = NewAccountStep(
        way=RecoveryMethod.NEW_ACCOUNT,
        way_steps=steps_of(RecoveryMethod.NEW_ACCOUNT),
        browser=browser_label(),
        vault=Vault.current(current_member()),
        asks=not current_sign_in().has_shown_password,
        unticked=unticked,
        is_wrong=is_wrong,
        retry_after=retry_after,
    )
    return step("recovery/self_service/_new_account.html", NEW_ACCOUNT, own)


def _own_step(way: RecoveryMethod) -> OwnStep:
    return OwnStep(way=way, way_steps=steps_of(way), browser=browser_label())
