"""The steps of the ways back that need nobody’s help: what is opened stays in the browser from one to the next."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits, throttle
from webapp.clock import now
from webapp.crypto import passwords
from webapp.database import transaction
from webapp.htmx import pushed, redirect_to
from webapp.models import Device, OwnRecovery, SignIn, Vault, Way
from webapp.security import address, browser_label, me, my_sign_in
from webapp.throttle import SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, Throttled
from webapp.views.recovery import lead_elsewhere, proved_device, step, steps_of
from webapp.views.switched_off import of_way

bp = Blueprint("own_ways", __name__, url_prefix="/recovery")
bp.before_request(lead_elsewhere)


@bp.before_request
def lead_to_done() -> BaseResponse | None:
    """A page that was reloaded while its last step was under way: the answer got lost, the recovery is finished."""
    own = OwnRecovery.of_session(my_sign_in().id, my_sign_in().device_id or "")
    just_now = own is not None and own.finished_at is not None and now() - own.finished_at < limits.FINISHED_LATELY
    return redirect_to(url_for("recovery.show_done")) if just_now and request.method == "GET" else None


TITLES = {Way.LOCAL_BACKUP: "Restore from Local Backup", Way.RECOVERY_KIT: "Use Recovery Kit"}
NEW_ACCOUNT = "Create New Account"


@bp.get("/local")
@of_way(Way.LOCAL_BACKUP)
def show_local_backups() -> str:
    """What this browser kept, or a file from elsewhere; opened by this device’s PIN or the Recovery Kit."""
    return _step("recovery/_local.html", Way.LOCAL_BACKUP, pin_device=_pin_device())


@bp.get("/kit")
@of_way(Way.RECOVERY_KIT)
def show_kit() -> str:
    """The Recovery Kit opens the newest vault on the server."""
    return _step("recovery/_kit.html", Way.RECOVERY_KIT)


@bp.get("/local/preview")
@of_way(Way.LOCAL_BACKUP)
def preview_local() -> str:
    """What was opened, and what the server has that is newer."""
    return _preview(Way.LOCAL_BACKUP)


@bp.get("/kit/preview")
@of_way(Way.RECOVERY_KIT)
def preview_kit() -> str:
    """The newest vault, as the kit opened it."""
    return _preview(Way.RECOVERY_KIT)


@bp.post("/local/preview")
@of_way(Way.LOCAL_BACKUP)
def confirm_local() -> BaseResponse | tuple[str, int]:
    """On to the PIN, once the person has said that they know."""
    return _confirmed(Way.LOCAL_BACKUP, url_for(".choose_local_pin"))


@bp.post("/kit/preview")
@of_way(Way.RECOVERY_KIT)
def confirm_kit() -> BaseResponse | tuple[str, int]:
    """The same after the kit."""
    return _confirmed(Way.RECOVERY_KIT, url_for(".choose_kit_pin"))


@bp.get("/local/pin")
@of_way(Way.LOCAL_BACKUP)
def choose_local_pin() -> str:
    """The last step after a local backup."""
    return _pin(Way.LOCAL_BACKUP)


@bp.get("/kit/pin")
@of_way(Way.RECOVERY_KIT)
def choose_kit_pin() -> str:
    """The last step after the kit."""
    return _pin(Way.RECOVERY_KIT)


@bp.get("/new-account")
@of_way(Way.NEW_ACCOUNT)
def show_new_account() -> str:
    """What there is that could still be used, and what beginning anew means."""
    return _new_account()


@bp.post("/new-account")
@of_way(Way.NEW_ACCOUNT)
def confirm_new_account() -> BaseResponse | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """On to the PIN: the person has said that they know, and typed the password unless they have just signed in."""
    if "understood" not in request.form:
        return _new_account(unticked=True), 422
    if not my_sign_in().has_shown_password:
        try:
            throttle.spend(SIGN_IN_ADDRESS, throttle.network(address()))
            throttle.spend(SIGN_IN_ACCOUNT, me().email)
        except Throttled as error:
            return _new_account(retry_after=error.retry_after), 429, {"Retry-After": str(error.retry_after)}
        if not passwords.matches(request.form.get("password", ""), me().password_hash or None):
            return _new_account(is_wrong=True), 422
        row_id = my_sign_in().id
        with transaction() as session:
            session.get_one(SignIn, row_id).password_at = now()
    return redirect_to(url_for(".choose_new_pin"))


@bp.get("/new-account/pin")
@of_way(Way.NEW_ACCOUNT)
def choose_new_pin() -> str | BaseResponse:
    """The last step of beginning anew."""
    return _pin(Way.NEW_ACCOUNT) if my_sign_in().has_shown_password else redirect_to(url_for(".show_new_account"))


def _pin_device() -> Device | None:
    """The device of this browser, if its PIN can open what it kept."""
    device = proved_device()
    return device if device and device.can_pair else None


def _preview(way: Way, *, unticked: bool = False) -> str:
    return _step("recovery/_own_preview.html", way, unticked=unticked)


def _confirmed(way: Way, url: str) -> Response | tuple[str, int]:
    """The page stays, with what was opened in it: no redirect, which would load it anew."""
    return pushed(_pin(way), url) if "understood" in request.form else (_preview(way, unticked=True), 422)


def _pin(way: Way) -> str:
    return _step("recovery/_own_pin.html", way)


def _new_account(*, unticked: bool = False, is_wrong: bool = False, retry_after: int = 0) -> str:
    facts = {"unticked": unticked, "is_wrong": is_wrong, "retry_after": retry_after}
    asks = not my_sign_in().has_shown_password
    return _step("recovery/_new_account.html", Way.NEW_ACCOUNT, **facts, asks=asks, vault=Vault.current(me()))


def _step(fragment: str, way: Way, **facts: Any) -> str:
    title = TITLES.get(way, NEW_ACCOUNT)
    return step(fragment, title, way=way, way_steps=steps_of(way), browser=browser_label(), **facts)
