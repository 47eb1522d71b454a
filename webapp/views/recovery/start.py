"""Account Recovery: the reason, the doors, and the steps up to a restore request.

There is no wizard: an open request decides where /recovery leads, so a closed tab, a reload or tomorrow all work.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.recovery_methods import PAIRING, MethodOff, RecoveryMethod
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.options import RecoveryOptions, UnderWay
from webapp.models.recovery.reasons import Reason, reason_at
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.signin.mail_code import MailCode
from webapp.models.signin.session import SignIn
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault
from webapp.views.home import home_url
from webapp.views.recovery.method_policy import requires_method
from webapp.web import rate_limits
from webapp.web.access import browser_label, current_member, current_sign_in, wants_octets
from webapp.web.htmx import redirect_to
from webapp.web.rate_limits import MAIL_CODES, RateLimited
from webapp.web.rendering import Context, render
from webapp.web.wire import ApiError

bp = Blueprint("recovery", __name__, url_prefix="/recovery")

STEPS = ("Choose your backup type", "Confirm", "Choose a backup", "Wait for approval", "Create a new PIN")
OWN_STEPS = {
    RecoveryMethod.LOCAL_BACKUP: ("Choose your backup type", "Choose a backup", "Confirm", "Create a new PIN"),
    RecoveryMethod.RECOVERY_KIT: ("Choose your backup type", "Use your kit", "Confirm", "Create a new PIN"),
    RecoveryMethod.NEW_ACCOUNT: ("Choose your backup type", "Confirm", "Create a new PIN"),
}
ALWAYS = {"recovery.show_recovery", "recovery.show_done"}
"""Open even while a restore request is: the one tells where it is, the other that it is done."""


@dataclass(frozen=True, kw_only=True)
class StepPage(Context):
    """What the page of every step gets, and with it the step."""

    fragment: str
    """The template of the step."""
    title: str
    user: User
    organisation: Organisation
    contact: dict[str, str]
    here: Device | None
    """The member’s device that this browser proved to be."""
    ways: RecoveryOptions
    pairing_locked_until: datetime | None
    """Until when the member is shown no code."""
    steps: tuple[str, ...] = STEPS


@dataclass(frozen=True, kw_only=True)
class Step(Context):
    """What a step gets besides what each gets. This one: nothing."""

    calm: bool = False
    """This browser is in the middle of it: what it is told elsewhere it need not be told here."""
    held_way: str | None = None
    """The way that what is open waits for."""


@dataclass(frozen=True, kw_only=True)
class WayOffStep(Step):
    """Instead of a step of a way that is switched off."""

    way: str


@dataclass(frozen=True, kw_only=True)
class OnHoldStep(Step):
    """Your Account Is on Hold."""

    hold: Hold


@dataclass(frozen=True, kw_only=True)
class AccountRecoveryStep(Step):
    """Account Recovery: why, and the two doors."""

    reason: Reason
    by: Device | None
    """The device that unpaired this one."""
    browser: str


@dataclass(frozen=True, kw_only=True)
class ElsewhereStep(Step):
    """An open request that belongs to another browser. `today`: whether it was made today."""

    asked: RestoreRequest
    today: bool


@dataclass(frozen=True, kw_only=True)
class CloudStep(Step):
    """What a restore from the cloud does. `unticked`: it was not said that this is understood."""

    unticked: bool


@dataclass(frozen=True, kw_only=True)
class CloudBackupsStep(Step):
    """The list of cloud backups, with the code of what was wrong or ""."""

    problem: str
    retry_after: int
    """Seconds; with the problem "throttled"."""
    browser: str
    chosen: str | None
    """The id of a backup."""
    confirmed: bool
    """A code from the mailbox was typed here."""
    asks_mail: bool
    """A code is offered by mail."""


@dataclass(frozen=True, kw_only=True)
class DoneStep(Step):
    """What a finished recovery has brought back."""

    way: str
    way_steps: tuple[str, ...]
    browser: str
    vault: Vault
    former: Vault
    """The vault whose place it took."""
    from_backup: bool
    backup: CloudBackup | None
    undo: Undo
    unpaired: Sequence[Device]


@bp.before_request
def lead_elsewhere() -> Response | None:
    """Who has no vault joins; a browser that has not looked for its key does; an open request goes on."""
    user = current_member()
    sign_in = current_sign_in()
    if not user.epoch:
        return redirect_to(home_url(user, sign_in))
    if sign_in.looked_at is None or _knew_what_is_closed(user, sign_in):
        return redirect_to(url_for("devices.show_here", next=request.full_path.rstrip("?")))
    under_way = UnderWay(user.id)
    if request.endpoint not in ALWAYS and (under_way.asked or under_way.hold):
        return redirect_to(url_for("recovery.show_recovery"))
    return None


@bp.app_errorhandler(MethodOff)
def say_way_off(error: MethodOff) -> Response | tuple[str, int]:
    """Instead of a step of a way that the organisation has switched off."""
    if wants_octets():
        return ApiError(403, "way_off").response()
    return step("recovery/_method_off.html", "Not Enabled by Your Organisation", WayOffStep(way=error.way)), 403


@bp.get("")
def show_recovery() -> str | Response:
    """Why, the tip, and the two doors; or where the open request stands; or that the account is on hold."""
    under_way = UnderWay(current_member().id)
    if under_way.hold:
        return step("recovery/_on_hold.html", "Your Account Is on Hold", OnHoldStep(hold=under_way.hold))
    asked = under_way.asked
    pairing = under_way.pairing
    if asked is None and pairing and pairing.device_id == current_sign_in().device_id:
        return redirect_to(url_for("pairings.show_pairing", pairing_id=pairing.id))
    if asked is None:
        this_device = proved_device()
        by = db.session.get(Device, this_device.unpaired_by or "") if this_device else None
        own = AccountRecoveryStep(reason=reason_at(current_member(), this_device), by=by, browser=browser_label())
        return step("recovery/_account_recovery.html", "Account Recovery", own)
    if is_here(asked):
        return redirect_to(url_for("restore_requests.show_request", request_id=asked.id))
    today = asked.made_at.date() == now().date()
    return step("recovery/_elsewhere.html", "Account Recovery", ElsewhereStep(asked=asked, today=today))


@bp.get("/pair")
@requires_method(PAIRING)
def show_pairing() -> str:
    """Whether there is another device at hand."""
    return step("recovery/_pair.html", "Pair With Device")


@bp.get("/backup-type")
def choose_backup_type() -> str:
    """The four doors behind Recover From Backup."""
    return step("recovery/_backup_type.html", "Choose Your Backup Type")


@bp.get("/cloud")
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def show_cloud() -> str:
    """What a restore from the cloud does, to be confirmed."""
    return step("recovery/_cloud.html", "Restore from Cloud Backup", CloudStep(unticked=False))


@bp.post("/cloud")
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def confirm_cloud() -> Response | tuple[str, int]:
    """On to the mailbox or the backups, once the person has said that they know."""
    if "understood" not in request.form:
        return step("recovery/_cloud.html", "Restore from Cloud Backup", CloudStep(unticked=True)), 422
    if not _asks_mail():
        return redirect_to(url_for(".choose_cloud_backup"))
    with suppress(RateLimited):  # the page says so, and goes on without a code
        if MailCode.of(current_sign_in().id) is None:
            send_mail_code()
    return redirect_to(url_for("mail_codes.show_mail_code"))


@bp.get("/cloud/backups")
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def choose_cloud_backup() -> str:
    """The cloud backups, the newest chosen already."""
    return cloud_backups()


@bp.get("/done")
def show_done() -> str | Response:
    """What the recovery that this browser finished has brought back."""
    user = current_member()
    undo = Undo.of_epoch(current_member())
    by = undo.asker if undo else None
    if undo is None or by is None or current_sign_in().device_id != by.device_id:
        return redirect_to(url_for("recovery.show_recovery"))
    former = db.session.get_one(Vault, (user.id, undo.former_epoch))
    from_backup = request.args.get("from") == "backup"
    backup = by.backup if isinstance(by, RestoreRequest) else None
    own = DoneStep(
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
    return step("recovery/_done.html", "Done", own)


def steps_of(way: str) -> tuple[str, ...]:
    """The steps taken and to come of one way back."""
    return OWN_STEPS.get(RecoveryMethod(way), STEPS)


def cloud_backups(problem: str = "", retry_after: int = 0) -> str:
    """The list of backups, with a sentence where what was sent could not be taken."""
    own = CloudBackupsStep(
        problem=problem,
        retry_after=retry_after,
        browser=browser_label(),
        chosen=request.form.get("backup"),
        confirmed=current_sign_in().is_mail_confirmed,
        asks_mail=_asks_mail(),
    )
    return step("recovery/_cloud_backups.html", "Restore from Cloud Backup", own)


def step(fragment: str, title: str, own: Step | None = None, template: str = "recovery/page.html") -> str:
    """The page of one step, out of which htmx takes the step. `own`: what this step gets besides what each gets."""
    return render(template, _around(fragment, title), own or Step())


def _asks_mail() -> bool:
    """Whether a code is offered by mail: mail is set up, and none was typed here lately."""
    return Notice.goes_by_mail() and not current_sign_in().is_mail_confirmed


def send_mail_code() -> None:
    """Mail a code to whoever is signed in, for this session; the one before is dead. Raises RateLimited."""
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    rate_limits.spend(MAIL_CODES, user_id)
    with transaction():
        MailCode.send(User.locked(user_id), sign_in_id)


def proved_device() -> Device | None:
    """The member’s device that this browser proved to be, in whatever state."""
    return Device.mine(current_member().id, current_sign_in().device_id)


def is_here(restore_request: RestoreRequest) -> bool:
    """Whether this browser has proved to hold the key of the request’s device."""
    return current_sign_in().device_id == restore_request.device_id


def _around(fragment: str, title: str) -> StepPage:
    user = current_member()
    this_device = proved_device()
    return StepPage(
        fragment=fragment,
        title=title,
        user=user,
        organisation=user.organisation,
        contact=contact_of(user.organisation),
        here=this_device,
        ways=RecoveryOptions(user, this_device),
        pairing_locked_until=Pairing.lock_of(user),
    )


def _knew_what_is_closed(user: User, sign_in: SignIn) -> bool:
    """Whether this browser proved to be the device of a request that is closed by now: it looks for another key that it
    may hold, and what it finds takes the place of that one."""
    if sign_in.device_id is None or proved_device():
        return False
    under_way = UnderWay(user.id)
    return sign_in.device_id not in {one.device_id for one in (under_way.asked, under_way.pairing) if one}
