"""Pair With Device, on the new device: it asks, shows where the other device has to go, and types the code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, abort, current_app, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.pairing import IllegalMove, State
from webapp.flows.recovery_methods import PAIRING
from webapp.models.approval.hold import OnHold
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import BeingPaired, Pairing, PairingLocked, version_by_clock
from webapp.models.recovery.announcement import Announcement
from webapp.models.recovery.submission import NotAsked
from webapp.models.server.sealing_key import SealingKey
from webapp.models.signin.session import SignIn
from webapp.views.recovery.method_policy import requires_method
from webapp.views.recovery.start import Step, lead_elsewhere, step
from webapp.web import qr, rate_limits
from webapp.web.access import address, browser_label, current_member, current_sign_in, quiet, require_session
from webapp.web.htmx import instead_of, nothing_new, redirect_to
from webapp.web.polling import Pace
from webapp.web.rate_limits import PAIRINGS, RateLimited
from webapp.web.wire import ApiError, from_base64

bp = Blueprint("pairings", __name__, url_prefix="/recovery")

LOCK_VERSIONS = 1_000
WAITING = (State.OPENED, State.OFFERED, State.ANSWERED)
UNDER_WAY = dict.fromkeys(WAITING, ("pairing/joiner/_enter_code.html", "Enter Pairing Code")) | {
    State.CONFIRMED: ("pairing/joiner/_new_pin.html", "Create a New PIN"),
    State.COMPLETED: ("pairing/joiner/_done.html", "Done"),
}
ENDED = {
    State.DECLINED: ("pairing/joiner/_ended.html", "Pairing Declined"),
    State.CANCELLED: ("pairing/joiner/_ended.html", "Pairing Cancelled"),
    State.LOCKED: ("pairing/joiner/_ended.html", "Pairing Locked"),
    State.EXPIRED: ("pairing/joiner/_ended.html", "Pairing Expired"),
    State.STOPPED: ("pairing/joiner/_ended.html", "Pairing Stopped"),
}
STEPS = UNDER_WAY | ENDED
"""The fragment and the title of each state."""


@dataclass(frozen=True, kw_only=True)
class ReadyStep(Step):
    """Pair With Other Device: what to do there, and the button that begins it."""

    browser: str
    others: Sequence[Device]
    """Devices that can show a code."""
    address: str
    """Where the other device goes."""
    asking: Pairing | None
    """The pairing of another browser that asks now."""
    problem: str = ""
    """A code, or ""."""
    pairing: Pairing | None = None
    """With the problem "being_paired"."""
    until: datetime | None = None
    """With the problem "locked"."""
    retry_after: int = 0
    """Seconds; with the problem "throttled"."""


@dataclass(frozen=True, kw_only=True)
class PairingStep(Step):
    """How a pairing stands: the code, the new PIN, done, or how it ended."""

    pairing: Pairing
    pace: Pace
    """How often a page that waits asks."""
    address: str
    """Where the other device goes."""
    qr: str = ""
    """The same as a picture, while a code is waited for."""
    asking: Pairing | None = None
    """The pairing of another browser that asks now, where this one has ended."""


@bp.get("/pair/ready")
@requires_method(PAIRING)
def show_ready() -> str | BaseResponse:
    """What to do on the other device; nothing has begun yet."""
    return lead_elsewhere() or _ready(_to_begin())


@bp.post("/pairings")
@requires_method(PAIRING)
def create_pairing() -> BaseResponse | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Open a pairing, in the place of one that may be open, by what this browser made and signed."""
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    try:
        announcement = _announcement()
        earlier = announcement.earlier(user_id)
        if earlier:  # sent again because the answer got lost
            return redirect_to(url_for(".show_pairing", pairing_id=earlier.id))
        former = Pairing.latest_of(user_id)
        if former:
            former.settled()
        SealingKey.require()  # or the new device’s lock could not be kept in the end
        rate_limits.spend(PAIRINGS, user_id)
        with transaction() as session:
            user = User.locked(user_id)
            require_session(sign_in_id)
            pairing = announcement.open(user, current_app.config["ORIGIN"])
            sign_in = session.get_one(SignIn, sign_in_id)
            pairing_id = pairing.id
            sign_in.device_id = pairing.device_id
            sign_in.looked_at = now()
    except NotAsked as error:
        return _ready(replace(_to_begin(), problem=error.code)), 422
    except OnHold:
        return redirect_to(url_for("recovery.show_recovery"))
    except BeingPaired as error:
        return _ready(replace(_to_begin(), problem="being_paired", pairing=error.pairing)), 409
    except PairingLocked as error:
        return _ready(replace(_to_begin(), problem="locked", until=error.until)), 409
    except RateLimited as error:
        page = _ready(replace(_to_begin(), problem="throttled", retry_after=error.retry_after))
        return page, 429, {"Retry-After": str(error.retry_after)}
    return redirect_to(url_for(".show_pairing", pairing_id=pairing_id))


@bp.get("/pairings/<pairing_id>")
def show_pairing(pairing_id: str) -> str | BaseResponse:
    """Enter Pairing Code, Create a New PIN, Done, or how it ended. An open one is shown in the browser it is for."""
    pairing = _mine(pairing_id)
    if pairing.is_open and current_sign_in().looked_at is None:
        return redirect_to(url_for("devices.show_here", next=request.path))
    if pairing.is_open and not is_here(pairing):
        return redirect_to(url_for("recovery.show_recovery"))
    return _pairing_step(pairing)


@bp.get("/pairings/<pairing_id>/status")
@quiet
def show_status(pairing_id: str) -> str | BaseResponse:
    """What the page that waits asks: nothing new, the other device’s next message, or the step that comes instead."""
    row = Pairing
    query = select(row.version, row.made_at, row.stored_state, row.expires_at, row.code_expires_at)
    query = query.where(row.id == pairing_id, row.user_id == current_member().id)
    version, made_at, stored, expires_at, code_expires_at = db.session.execute(query).first() or abort(404)
    version = version_by_clock(version, stored, expires_at, code_expires_at)
    pace = Pace.since(made_at)
    if (request.args.get("version"), request.args.get("pace")) == (str(version), str(pace.seconds)):
        return nothing_new()
    pairing = _mine(pairing_id)
    if pairing.is_open and not is_here(pairing):
        return redirect_to(url_for("recovery.show_recovery"))
    if pairing.state in WAITING:
        return render_template("pairing/joiner/_poll.html", pairing=pairing, pace=pace)
    if request.args.get("at") == "pin" and pairing.state == State.CONFIRMED:
        return render_template("pairing/joiner/_pin_poll.html", pairing=pairing, pace=pace)
    if request.args.get("at") == "pin" and pairing.state == State.COMPLETED:
        return nothing_new()  # that page did it itself, and leads on
    return instead_of(
        "#main", _pairing_step(pairing, "recovery/next_step.html"), url_for(".show_pairing", pairing_id=pairing_id)
    )


@bp.post("/pairings/<pairing_id>/cancellation")
def create_cancellation(pairing_id: str) -> BaseResponse:
    """Withdraw it, from whichever browser; what this browser knows of itself is looked for again."""
    pairing = _mine(pairing_id).settled()
    user_id = current_member().id
    here = is_here(pairing)
    sign_in_id = current_sign_in().id
    try:
        with transaction() as session:
            User.locked(user_id)
            session.get_one(Pairing, pairing_id).cancel()
            if here:
                sign_in = session.get_one(SignIn, sign_in_id)
                sign_in.device_id = None
                sign_in.looked_at = None
    except IllegalMove:
        pass  # it had ended already: the page says how
    return redirect_to(url_for(".show_pairing", pairing_id=pairing_id))


def is_here(pairing: Pairing) -> bool:
    """Whether this browser has proved to hold the key of the device that asks to be paired."""
    return current_sign_in().device_id == pairing.device_id


def _mine(pairing_id: str) -> Pairing:
    pairing = Pairing.by_id(pairing_id)
    if pairing is None or pairing.user_id != current_member().id:
        abort(404)
    return pairing


def _announcement() -> Announcement:
    try:
        signature = from_base64(request.form.get("signature"), 64)
    except ApiError:
        raise NotAsked("request_unreadable") from None
    return Announcement(request.form.get("announcement", ""), signature, browser_label(), address())


def _ready(own: ReadyStep) -> str:
    return step("pairing/joiner/_ready.html", "Pair With Other Device", own)


def _to_begin() -> ReadyStep:
    others = [
        device
        for device in Device.of(current_member().id)
        if device.can_pair and device.id != current_sign_in().device_id
    ]
    return ReadyStep(browser=browser_label(), others=others, address=_address(), asking=_asking())


def _asking() -> Pairing | None:
    """Another browser’s pairing that this one would take the place of."""
    pairing = Pairing.open_of(current_member().id)
    return pairing if pairing and pairing.state in WAITING and not is_here(pairing) else None


def _address() -> str:
    return f"{current_app.config['PUBLIC_URL']}/pair"


def _pairing_step(pairing: Pairing, template: str = "recovery/page.html") -> str:
    state = pairing.state
    fragment, title = STEPS[state]
    own = PairingStep(
        pairing=pairing,
        pace=Pace.since(pairing.made_at),
        address=_address(),
        qr=qr.svg(_address()) if state in WAITING else "",
        asking=_asking() if state in ENDED else None,
        calm=is_here(pairing),
        held_way=PAIRING if pairing.is_open else None,
    )
    return step(fragment, title, own, template)
