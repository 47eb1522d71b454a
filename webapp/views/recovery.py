"""Account Recovery: the reason, the doors, and the steps up to a restore request.

There is no wizard: an open request decides where /recovery leads, so a closed tab, a reload or tomorrow all work.
"""

from contextlib import suppress
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import throttle
from webapp.clock import now
from webapp.database import db, transaction
from webapp.htmx import redirect_to
from webapp.models import (
    PAIRING,
    Device,
    KeyRemoval,
    MailCode,
    Notice,
    Pairing,
    RestoreRequest,
    SignIn,
    Undo,
    User,
    Vault,
    Way,
    WayOff,
)
from webapp.models.hold import Hold
from webapp.models.recovery_reason import reason_at
from webapp.models.ways_back import WaysBack
from webapp.octets import Refusal
from webapp.security import browser_label, me, my_sign_in, wants_octets
from webapp.throttle import MAIL_CODES, Throttled
from webapp.views.home import home_url
from webapp.views.switched_off import of_way

bp = Blueprint("recovery", __name__, url_prefix="/recovery")

STEPS = ("Choose your backup type", "Confirm", "Choose a backup", "Wait for approval", "Create a new PIN")
OWN_STEPS = {
    Way.LOCAL_BACKUP: ("Choose your backup type", "Choose a backup", "Confirm", "Create a new PIN"),
    Way.RECOVERY_KIT: ("Choose your backup type", "Use your kit", "Confirm", "Create a new PIN"),
    Way.NEW_ACCOUNT: ("Choose your backup type", "Confirm", "Create a new PIN"),
}
ALWAYS = {"recovery.show_recovery", "recovery.show_done"}
"""Open even while a restore request is: the one tells where it is, the other that it is done."""


@bp.before_request
def lead_elsewhere() -> Response | None:
    """Who has no vault joins; a browser that has not looked for its key does; an open request goes on."""
    user, found = me(), my_sign_in()
    if not user.epoch:
        return redirect_to(home_url(user, found))
    _forget_closed_request(user, found)
    if my_sign_in().looked_at is None:
        return redirect_to(url_for("devices.show_here", next=request.full_path.rstrip("?")))
    if request.endpoint not in ALWAYS and (RestoreRequest.open_of(user.id) or Hold.of(user.id)):
        return redirect_to(url_for("recovery.show_recovery"))
    return None


@bp.app_errorhandler(WayOff)
def say_way_off(error: WayOff) -> Response | tuple[str, int]:
    """Instead of a step of a way that the organisation has switched off."""
    if wants_octets():
        return Refusal(403, "way_off").response()
    return step("recovery/_way_off.html", "Not Enabled by Your Organisation", way=error.way), 403


@bp.get("")
def show_recovery() -> str | Response:
    """Why, the tip, and the two doors; or where the open request stands; or that the account is on hold."""
    hold = Hold.of(me().id)
    if hold:
        return step("recovery/_on_hold.html", "Your Account Is on Hold", hold=hold)
    asked, pairing = RestoreRequest.open_of(me().id), Pairing.open_of(me().id)
    if asked is None and pairing and pairing.device_id == my_sign_in().device_id:
        return redirect_to(url_for("pairings.show_pairing", pairing_id=pairing.id))
    if asked is None:
        here = proved_device()
        by = db.session.get(Device, here.unpaired_by or "") if here else None
        return step(
            "recovery/_account_recovery.html",
            "Account Recovery",
            reason=reason_at(me(), here),
            by=by,
            browser=browser_label(),
            pairing=pairing,
        )
    if is_here(asked):
        return redirect_to(url_for("restore_requests.show_request", request_id=asked.id))
    today = asked.made_at.date() == now().date()
    return step("recovery/_elsewhere.html", "Account Recovery", asked=asked, today=today)


@bp.get("/pair")
@of_way(PAIRING)
def show_pairing() -> str:
    """Whether there is another device at hand."""
    return step("recovery/_pair.html", "Pair With Device")


@bp.get("/backup-type")
def choose_backup_type() -> str:
    """The four doors behind Recover From Backup."""
    return step("recovery/_backup_type.html", "Choose Your Backup Type")


@bp.get("/cloud")
@of_way(Way.CLOUD_BACKUP)
def show_cloud() -> str:
    """What a restore from the cloud does, to be confirmed."""
    return step("recovery/_cloud.html", "Restore from Cloud Backup", unticked=False)


@bp.post("/cloud")
@of_way(Way.CLOUD_BACKUP)
def confirm_cloud() -> Response | tuple[str, int]:
    """On to the mailbox or the backups, once the person has said that they know."""
    if "understood" not in request.form:
        return step("recovery/_cloud.html", "Restore from Cloud Backup", unticked=True), 422
    if not _asks_mail():
        return redirect_to(url_for(".choose_cloud_backup"))
    with suppress(Throttled):  # the page says so, and goes on without a code
        if MailCode.of(my_sign_in().id) is None:
            send_mail_code()
    return redirect_to(url_for("mail_codes.show_mail_code"))


@bp.get("/cloud/backups")
@of_way(Way.CLOUD_BACKUP)
def choose_cloud_backup() -> str:
    """The cloud backups, the newest chosen already."""
    return cloud_backups()


@bp.get("/done")
def show_done() -> str | Response:
    """What the recovery that this browser finished has brought back."""
    user, undo = me(), Undo.of_epoch(me())
    by = undo.asker if undo else None
    if undo is None or by is None or my_sign_in().device_id != by.device_id:
        return redirect_to(url_for("recovery.show_recovery"))
    former, from_backup = db.session.get_one(Vault, (user.id, undo.former_epoch)), request.args.get("from") == "backup"
    backup = by.backup if isinstance(by, RestoreRequest) else None
    return step(
        "recovery/_done.html",
        "Done",
        calm=True,
        way=undo.way,
        way_steps=steps_of(undo.way),
        browser=by.browser,
        vault=db.session.get_one(Vault, (user.id, undo.epoch)),
        former=former,
        from_backup=from_backup,
        backup=backup,
        undo=undo,
        unpaired=[device for device in Device.of(user.id) if device.unpaired_epoch == undo.epoch],
    )


def steps_of(way: str) -> tuple[str, ...]:
    """The steps taken and to come of one way back."""
    return OWN_STEPS.get(Way(way), STEPS)


def cloud_backups(problem: str = "", **facts: Any) -> str:
    """The list of backups, with a sentence where what was sent could not be taken."""
    facts = {"problem": problem, "browser": browser_label(), "chosen": request.form.get("backup"), **facts}
    facts |= {"confirmed": my_sign_in().is_mail_confirmed, "asks_mail": _asks_mail()}
    return step("recovery/_cloud_backups.html", "Restore from Cloud Backup", **facts)


def step(fragment: str, title: str, template: str = "recovery/page.html", **facts: Any) -> str:
    """The page of one step, out of which htmx takes the step."""
    return render_template(template, fragment=fragment, title=title, **_around(), **facts)


def _asks_mail() -> bool:
    """Whether a code is offered by mail: mail is set up, and none was typed here lately."""
    return Notice.goes_by_mail() and not my_sign_in().is_mail_confirmed


def send_mail_code() -> None:
    """Mail a code to whoever is signed in, for this session; the one before is dead. Raises Throttled."""
    user_id, sign_in_id = me().id, my_sign_in().id
    throttle.spend(MAIL_CODES, user_id)
    with transaction():
        MailCode.send(User.locked(user_id), sign_in_id)


def proved_device() -> Device | None:
    """The member’s device that this browser proved to be, in whatever state."""
    device = db.session.get(Device, my_sign_in().device_id or "")
    return device if device and device.user_id == me().id else None


def is_here(asked: RestoreRequest) -> bool:
    """Whether this browser has proved to hold the key of the request’s device."""
    return my_sign_in().device_id == asked.device_id


def _around() -> dict[str, Any]:
    """What every step shows around its own matter."""
    KeyRemoval.carry_out_due(me().organisation_id)
    user, here = me(), proved_device()
    names: dict[str, Any] = {"user": user, "organisation": user.organisation, "contact": user.organisation.contact()}
    return {**names, "steps": STEPS, "here": here, "ways": WaysBack.of(user, here)}


def _forget_closed_request(user: User, found: SignIn) -> None:
    """A request that was closed leaves its key in the session; let the browser look for another one it may hold."""
    if found.device_id is None or proved_device():
        return
    asked, pairing = RestoreRequest.open_of(user.id), Pairing.open_of(user.id)
    if found.device_id not in {one.device_id for one in (asked, pairing) if one}:
        row_id = found.id
        with transaction() as session:
            kept = session.get_one(SignIn, row_id)
            kept.device_id = kept.looked_at = None
