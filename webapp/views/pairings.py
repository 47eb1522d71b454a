"""Pair With Device, on the new device: it asks, shows where the other device has to go, and types the code."""

from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp import qr, throttle
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.pairing import IllegalMove, State
from webapp.htmx import instead_of, nothing_new, redirect_to
from webapp.models import PAIRING, Device, OnHold, Pairing, PairingLocked, SignIn, User
from webapp.models.announcement import Announcement
from webapp.models.asking import NotAsked
from webapp.models.pairing import BeingPaired
from webapp.octets import (
    Refusal,
    from_base64,
)
from webapp.polling import Pace
from webapp.security import address, browser_label, demand_session, me, my_sign_in, quiet
from webapp.throttle import PAIRINGS, Throttled
from webapp.views.recovery import lead_elsewhere, step
from webapp.views.switched_off import of_way

bp = Blueprint("pairings", __name__, url_prefix="/recovery")

SMALL = 16 * 1024
LOCK_VERSIONS = 1_000
WAITING = (State.OPENED, State.OFFERED, State.ANSWERED)
TITLES = {
    "enter_code": "Enter Pairing Code",
    "new_pin": "Create a New PIN",
    "done": "Done",
    "declined": "Pairing Declined",
    "cancelled": "Pairing Cancelled",
    "locked": "Pairing Locked",
    "expired": "Pairing Expired",
    "stopped": "Pairing Stopped",
}


@bp.get("/pair/ready")
@of_way(PAIRING)
def show_ready() -> str | BaseResponse:
    """What to do on the other device; nothing has begun yet."""
    return lead_elsewhere() or _ready()


@bp.post("/pairings")
@of_way(PAIRING)
def create_pairing() -> BaseResponse | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Open a pairing, in the place of one that may be open, by what this browser made and signed."""
    user_id, sign_in_id = me().id, my_sign_in().id
    try:
        announcement = _announcement()
        earlier = announcement.earlier(user_id)
        if earlier:  # sent again because the answer got lost
            return redirect_to(url_for(".show_pairing", pairing_id=earlier.id))
        throttle.spend(PAIRINGS, user_id)
        with transaction() as session:
            user = User.locked(user_id)
            demand_session(sign_in_id)
            pairing = announcement.open(user, current_app.config["ORIGIN"])
            found = session.get_one(SignIn, sign_in_id)
            pairing_id, found.device_id, found.looked_at = pairing.id, pairing.device_id, now()
    except NotAsked as error:
        return _ready(error.code), 422
    except OnHold:
        return redirect_to(url_for("recovery.show_recovery"))
    except BeingPaired as error:
        return _ready("being_paired", pairing=error.pairing), 409
    except PairingLocked as error:
        return _ready("locked", until=error.until), 409
    except Throttled as error:
        return _ready("throttled", retry_after=error.retry_after), 429, {"Retry-After": str(error.retry_after)}
    return redirect_to(url_for(".show_pairing", pairing_id=pairing_id))


@bp.get("/pairings/<pairing_id>")
def show_pairing(pairing_id: str) -> str | BaseResponse:
    """Enter Pairing Code, Create a New PIN, Done, or how it ended. An open one is shown in the browser it is for."""
    pairing = _mine(pairing_id)
    if pairing.is_open and my_sign_in().looked_at is None:
        return redirect_to(url_for("devices.show_here", next=request.path))
    if pairing.is_open and not is_here(pairing):
        return redirect_to(url_for("recovery.show_recovery"))
    return _page(pairing)


@bp.get("/pairings/<pairing_id>/status")
@quiet
def show_status(pairing_id: str) -> str | BaseResponse:
    """What the page that waits asks: nothing new, the other device’s next message, or the step that comes instead."""
    row = Pairing
    query = select(row.version, row.made_at, row.expires_at, row.code_expires_at)
    query = query.where(row.id == pairing_id, row.user_id == me().id)
    version, made_at, expires_at, code_expires_at = db.session.execute(query).first() or abort(404)
    due = min(expires_at, code_expires_at or expires_at) <= now()
    pace = Pace.since(made_at)
    if not due and request.args.get("version") == str(version) and request.args.get("pace") == str(pace.seconds):
        return nothing_new()
    pairing = _mine(pairing_id)
    if pairing.is_open and not is_here(pairing):
        return redirect_to(url_for("recovery.show_recovery"))
    if pairing.state in WAITING:
        return render_template("pairings/_poll.html", pairing=pairing, pace=pace)
    if request.args.get("at") == "pin" and pairing.state == State.CONFIRMED:
        return render_template("pairings/_pin_poll.html", pairing=pairing, pace=pace)
    if request.args.get("at") == "pin" and pairing.state == State.COMPLETED:
        return nothing_new()  # that page did it itself, and leads on
    return instead_of(
        "#main", _page(pairing, "recovery/next_step.html"), url_for(".show_pairing", pairing_id=pairing_id)
    )


@bp.post("/pairings/<pairing_id>/cancellation")
def create_cancellation(pairing_id: str) -> BaseResponse:
    """Withdraw it, from whichever browser; what this browser knows of itself is looked for again."""
    pairing = _mine(pairing_id)
    user_id, here, sign_in_id = me().id, is_here(pairing), my_sign_in().id
    try:
        with transaction() as session:
            User.locked(user_id)
            session.get_one(Pairing, pairing_id).cancel()
            if here:
                found = session.get_one(SignIn, sign_in_id)
                found.device_id, found.looked_at = None, None
    except IllegalMove:
        pass  # it had ended already: the page says how
    return redirect_to(url_for(".show_pairing", pairing_id=pairing_id))


def is_here(pairing: Pairing) -> bool:
    """Whether this browser has proved to hold the key of the device that asks to be paired."""
    return my_sign_in().device_id == pairing.device_id


def _mine(pairing_id: str) -> Pairing:
    found = Pairing.by_id(pairing_id)
    if found is None or found.user_id != me().id:
        abort(404)
    return found


def _announcement() -> Announcement:
    try:
        signature = from_base64(request.form.get("signature"), 64)
    except Refusal:
        raise NotAsked("request_unreadable") from None
    return Announcement(request.form.get("announcement", ""), signature, browser_label(), address())


def _ready(problem: str = "", **facts: Any) -> str:
    others = [device for device in Device.of(me().id) if device.can_pair and device.id != my_sign_in().device_id]
    facts = {"problem": problem, "browser": browser_label(), "others": others, "address": _address(), **facts}
    facts["asking"] = _asking()
    return step("pairings/_ready.html", "Pair With Other Device", **facts)


def _asking() -> Pairing | None:
    """Another browser’s pairing that this one would take the place of."""
    found = Pairing.open_of(me().id)
    return found if found and found.state in WAITING and not is_here(found) else None


def _address() -> str:
    return f"{current_app.config['PUBLIC_URL']}/pair"


def _page(pairing: Pairing, template: str = "recovery/page.html") -> str:
    state = State(pairing.state)
    name = (
        "enter_code" if state in WAITING else {State.CONFIRMED: "new_pin", State.COMPLETED: "done"}.get(state, "ended")
    )
    title = TITLES[name if name != "ended" else state]
    facts = {"pairing": pairing, "pace": Pace.since(pairing.made_at), "address": _address(), "calm": is_here(pairing)}
    if name == "enter_code":
        facts["qr"] = qr.svg(_address())
    elif name == "ended":
        facts["asking"] = _asking()
    if pairing.is_open:
        facts["held_way"] = PAIRING
    return step(f"pairings/_{name}.html", title, template, **facts)
