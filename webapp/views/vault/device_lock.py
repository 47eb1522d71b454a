"""Which device a browser is, its lock, and its unlocked tabs. Everything here but two pages is octets."""

import hashlib

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.columns import is_id
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock, LockDestroyed, NotReleased, VersionTaken, WrongPin
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.signin.challenge import Challenge
from webapp.models.signin.session import Locked, SignIn
from webapp.models.signin.tab_key import PinNotShown, TabKey, TabTaken
from webapp.views.home import home_url, opening_device
from webapp.web import rate_limits
from webapp.web.access import current_member, current_sign_in
from webapp.web.htmx import redirect_to
from webapp.web.redirects import own_path
from webapp.web.signed_requests import (
    Signer,
    active_device,
    find_signer,
    may_unlock,
    signed,
    unlockable_device,
    unlocked_device,
)
from webapp.web.wire import SMALL, ApiError, age_file, at_most, base64_of, from_base64, json_body, number_of, try_of

bp = Blueprint("devices", __name__)

STANDING = ["closed", DeviceState.UNPAIRED, DeviceState.PRIOR, DeviceState.ACTIVE, "asking"]
"""What a key found in a browser can be, the least first: of several, the session belongs to the best. An open request
goes before a device whose PIN is forgotten: cancelling it gives the session back to the device."""


def way_to_vault() -> BaseResponse | None:
    """Where somebody goes first who can’t open the vault in this browser; None where they can."""
    user = current_member()
    sign_in = current_sign_in()
    if opening_device(user, sign_in):
        return None
    if not user.epoch:
        return redirect(home_url(user, sign_in), code=303)
    if sign_in.looked_at is None:
        return redirect(url_for("devices.show_here", next=request.full_path.rstrip("?")), code=303)
    return redirect("/recovery", code=303)


def device_of_session() -> Device:
    """The device that this session’s browser has proved to be, if its PIN may be tried. Raises ApiError."""
    device = db.session.get(Device, current_sign_in().device_id or "")
    if device is None or device.user_id != current_member().id or not may_unlock(device):
        raise ApiError(403, "device_not_active")
    return device


@bp.post("/devices/challenge")
def create_challenge() -> Response:
    """Something fresh to sign."""
    sign_in_id = current_sign_in().id
    rate_limits.spend(rate_limits.CHALLENGES, sign_in_id)
    return jsonify(challenge=base64_of(Challenge.issue(sign_in_id)))


@bp.get("/devices/here")
def show_here() -> str:
    """The page that looks for this browser’s key."""
    contact = contact_of(current_member().organisation)
    return render_template("vault/device_lock/here.html", next_path=own_path(request.args.get("next")), contact=contact)


@bp.post("/devices/here")
@at_most(SMALL)
@signed
def prove_here() -> Response:
    """Note that this browser holds the key that signed; a browser may hold several and proves each."""
    row_id = current_sign_in().id
    signer = g.signer
    known = find_signer(current_sign_in().device_id or "")
    standing = _standing(signer)
    former = _standing(known) if known else "closed"
    with transaction() as session:
        sign_in = session.get_one(SignIn, row_id)
        sign_in.looked_at = now()
        if signer.device:
            sign_in.last_device_id = signer.id
        if STANDING.index(standing) >= STANDING.index(former):
            sign_in.device_id = None if standing == "closed" else signer.id
    return jsonify(device=signer.id, next=home_url(current_member(), current_sign_in()), state=standing)


@bp.post("/devices/none")
def note_none() -> BaseResponse:
    """This browser looked, and holds no key of the member’s."""
    row_id = current_sign_in().id
    next_path = own_path(request.form.get("next"))
    with transaction() as session:
        sign_in = session.get_one(SignIn, row_id)
        sign_in.looked_at = now()
        sign_in.device_id = None
    return redirect_to(next_path or home_url(current_member(), current_sign_in()))


@bp.get("/unlock")
def show_unlock() -> str | BaseResponse:
    """The PIN."""
    next_path = own_path(request.args.get("next")) or "/vault"
    device = opening_device(current_member(), current_sign_in())
    return way_to_vault() or render_template(
        "vault/device_lock/unlock.html",
        device=device,
        next_path=next_path,
        contact=contact_of(current_member().organisation),
        was_idle=current_sign_in().locked_why == Locked.IDLE,
    )


@bp.get("/devices/lock-versions")
def show_lock_versions() -> Response:
    """Which locks of this browser’s device can be tried: after Change PIN two, until the newer has opened once."""
    device = device_of_session()
    return jsonify(versions=DeviceLock.versions(device.id), tries_left=device.tries_left)


@bp.post("/devices/unlock")
@at_most(SMALL)
@signed
def unlock() -> Response:
    """The keyslot and the server share, for the right PIN’s proof; from now on this session has shown it."""
    device = unlockable_device()
    body = json_body()
    proof = from_base64(body.get("proof"), 32)
    version = number_of(body, "version")
    if device.opens and version not in DeviceLock.versions(device.id):
        raise ApiError(404, "not_found")  # the PIN was changed meanwhile: no try is lost by that
    try:
        keyslot, share = DeviceLock.open(device, version, proof, current_sign_in().id, try_of(body))
    except WrongPin as error:
        raise ApiError(403, "wrong_pin", tries_left=error.tries_left) from None
    except LockDestroyed:
        raise ApiError(410, "lock_destroyed") from None
    except NotReleased:
        raise ApiError(403, "device_not_active") from None
    return jsonify(keyslot=base64_of(keyslot), server_share=base64_of(share), version=version)


@bp.post("/devices/pin")
@at_most(SMALL)
@signed
def change_pin() -> Response:
    """Keep a lock under a new PIN beside the old one, which goes when the new one has opened."""
    device_id = unlocked_device().id
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    body = json_body()
    keyslot = age_file(from_base64(body.get("keyslot")), limits.KEYSLOT_BYTES)
    share = from_base64(body.get("server_share"), 32)
    proof = from_base64(body.get("proof"), 32)
    version = number_of(body, "version")
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            if DeviceLock.change_pin(device, sign_in_id, version, keyslot, share, proof):
                Event.append("device.pin_changed", user.organisation_id, actor=user, subject=user, object_id=device_id)
    except PinNotShown:
        raise ApiError(403, "pin_needed") from None
    except VersionTaken:
        raise ApiError(409, "stale_lock") from None
    return jsonify(version=version, keyslot_sha256=hashlib.sha256(keyslot).hexdigest())


@bp.post("/devices/tab-keys")
@at_most(SMALL)
@signed
def create_tab_key() -> Response:
    """Keep the key of an unlocked tab, where the PIN was shown."""
    device_id = active_device().id
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    body = json_body()
    tab = _tab(body)
    key = from_base64(body.get("key"), 32)
    try:
        with transaction() as session:
            User.locked(user_id)
            TabKey.store(tab, session.get_one(SignIn, sign_in_id), device_id, key)
    except PinNotShown:
        raise ApiError(403, "pin_needed") from None
    except TabTaken:
        raise ApiError(400, "malformed") from None
    return jsonify(tab=tab)


@bp.post("/devices/tab-keys/open")
@at_most(SMALL)
@signed
def open_tab_key() -> Response:
    """Give it back to the same session and device, unless they have been idle too long."""
    tab = _tab(json_body())
    key = TabKey.open(tab, current_sign_in(), active_device().id)
    if key is None:
        raise ApiError(410, "tab_key_gone")
    return jsonify(tab=tab, key=base64_of(key))


@bp.post("/devices/lock")
def lock() -> BaseResponse:
    """Lock every tab of this session. A page that was left alone says so (`idle`), so that the next one can."""
    sign_in_id = current_sign_in().id
    user_id = current_member().id
    idle = request.is_json and json_body().get("why") == Locked.IDLE
    with transaction():
        User.locked(user_id)
        TabKey.forget(sign_in_id=sign_in_id, why=Locked.IDLE if idle else Locked.BY_HAND)
    return jsonify(locked=True) if request.is_json else redirect_to(url_for("devices.show_unlock"))


@bp.post("/devices/activity")
def note_activity() -> Response:
    """Somebody is there (that the request came has been noted already); refused once the tabs are locked."""
    if not TabKey.any_of(current_sign_in().id):
        raise ApiError(410, "tab_key_gone")
    return jsonify(open=True)


def _standing(signer: Signer) -> str:
    if signer.device:
        return signer.device.state
    asked = signer.request and signer.request.expire_if_due()
    pairing = signer.pairing and signer.pairing.settled()
    return "asking" if (asked and asked.is_open) or (pairing and pairing.is_open) else "closed"


def _tab(body: dict[str, object]) -> str:
    tab = body.get("tab")
    if not is_id(tab):
        raise ApiError(400, "malformed")
    return tab
