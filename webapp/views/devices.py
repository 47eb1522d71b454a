"""Which device a browser is, its lock, and its unlocked tabs. Everything here but two pages is octets."""

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits, throttle
from webapp.clock import now
from webapp.database import db, transaction
from webapp.htmx import redirect_to
from webapp.models import (
    Challenge,
    Device,
    DeviceLock,
    DeviceState,
    Event,
    LockDestroyed,
    NotReleased,
    PinNotShown,
    SignIn,
    TabKey,
    TabTaken,
    User,
    VersionTaken,
    WrongPin,
)
from webapp.models.columns import is_id
from webapp.octets import (
    Refusal,
    Signer,
    active_device,
    age_file,
    at_most,
    base64_of,
    find_signer,
    from_base64,
    json_body,
    may_unlock,
    number_of,
    signed,
    unlockable_device,
    unlocked_device,
)
from webapp.security import me, my_sign_in
from webapp.views.home import home_url, opening_device
from webapp.views.sessions import own_path

bp = Blueprint("devices", __name__)

SMALL = 16 * 1024
STANDING = ["closed", DeviceState.UNPAIRED, DeviceState.PRIOR, DeviceState.ACTIVE, "asking"]
"""What a key found in a browser can be, the least first: of several, the session belongs to the best. An open request
goes before a device whose PIN is forgotten: cancelling it gives the session back to the device."""


def way_to_vault() -> BaseResponse | None:
    """Where somebody goes first who can’t open the vault in this browser; None where they can."""
    user, found = me(), my_sign_in()
    if opening_device(user, found):
        return None
    if not user.epoch:
        return redirect(home_url(user, found), code=303)
    if found.looked_at is None:
        return redirect(url_for("devices.show_here", next=request.full_path.rstrip("?")), code=303)
    return redirect("/recovery", code=303)


def device_of_session() -> Device:
    """The device that this session’s browser has proved to be, if its PIN may be tried. Raises Refusal."""
    device = db.session.get(Device, my_sign_in().device_id or "")
    if device is None or device.user_id != me().id or not may_unlock(device):
        raise Refusal(403, "device_not_active")
    return device


@bp.post("/devices/challenge")
def create_challenge() -> Response:
    """Something fresh to sign."""
    sign_in_id = my_sign_in().id
    throttle.spend(throttle.CHALLENGES, sign_in_id)
    return jsonify(challenge=base64_of(Challenge.issue(sign_in_id)))


@bp.get("/devices/here")
def show_here() -> str:
    """The page that looks for this browser’s key."""
    contact = me().organisation.contact()
    return render_template("devices/here.html", next_path=own_path(request.args.get("next")), contact=contact)


@bp.post("/devices/here")
@at_most(SMALL)
@signed
def prove_here() -> Response:
    """Note that this browser holds the key that signed; a browser may hold several and proves each."""
    row_id, signer, known = my_sign_in().id, g.signer, find_signer(my_sign_in().device_id or "")
    standing = _standing(signer)
    better = known is None or STANDING.index(standing) >= STANDING.index(_standing(known))
    with transaction() as session:
        found = session.get_one(SignIn, row_id)
        found.looked_at = now()
        if signer.device:
            found.last_device_id = signer.id
        if standing != "closed" and better:
            found.device_id = signer.id
    return jsonify(next=home_url(me(), my_sign_in()), state=standing)


@bp.post("/devices/none")
def note_none() -> BaseResponse:
    """This browser looked, and holds no key of the member’s."""
    row_id, next_path = my_sign_in().id, own_path(request.form.get("next"))
    with transaction() as session:
        found = session.get_one(SignIn, row_id)
        found.looked_at, found.device_id = now(), None
    return redirect_to(next_path or home_url(me(), my_sign_in()))


@bp.get("/unlock")
def show_unlock() -> str | BaseResponse:
    """The PIN."""
    next_path = own_path(request.args.get("next")) or "/vault"
    device = opening_device(me(), my_sign_in())
    contact = me().organisation.contact()
    return way_to_vault() or render_template("devices/unlock.html", device=device, next_path=next_path, contact=contact)


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
    device, body = unlockable_device(), json_body()
    proof, version = from_base64(body.get("proof"), 32), number_of(body, "version")
    if device.opens and version not in DeviceLock.versions(device.id):
        raise Refusal(404, "not_found")  # the PIN was changed meanwhile: no try is lost by that
    try:
        keyslot, share = DeviceLock.open(device, version, proof, my_sign_in().id)
    except WrongPin as error:
        raise Refusal(403, "wrong_pin", tries_left=error.tries_left) from None
    except LockDestroyed:
        raise Refusal(410, "lock_destroyed") from None
    except NotReleased:
        raise Refusal(403, "device_not_active") from None
    return jsonify(keyslot=base64_of(keyslot), server_share=base64_of(share), version=version)


@bp.post("/devices/pin")
@at_most(SMALL)
@signed
def change_pin() -> Response:
    """Keep a lock under a new PIN beside the old one, which goes when the new one has opened."""
    device_id, user_id, sign_in_id, body = unlocked_device().id, me().id, my_sign_in().id, json_body()
    keyslot = age_file(from_base64(body.get("keyslot")), limits.KEYSLOT_BYTES)
    share, proof = from_base64(body.get("server_share"), 32), from_base64(body.get("proof"), 32)
    version = number_of(body, "version")
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            DeviceLock.change_pin(device, sign_in_id, version, keyslot, share, proof)
            Event.append("device.pin_changed", user.organisation_id, actor=user, subject=user, object_id=device_id)
    except PinNotShown:
        raise Refusal(403, "pin_needed") from None
    except VersionTaken:
        raise Refusal(409, "stale_lock") from None
    return jsonify(version=version)


@bp.post("/devices/tab-keys")
@at_most(SMALL)
@signed
def create_tab_key() -> Response:
    """Keep the key of an unlocked tab, where the PIN was shown."""
    device_id, user_id, sign_in_id, body = active_device().id, me().id, my_sign_in().id, json_body()
    tab, key = _tab(body), from_base64(body.get("key"), 32)
    try:
        with transaction() as session:
            User.locked(user_id)
            TabKey.store(tab, session.get_one(SignIn, sign_in_id), device_id, key)
    except PinNotShown:
        raise Refusal(403, "pin_needed") from None
    except TabTaken:
        raise Refusal(400, "malformed") from None
    return jsonify({})


@bp.post("/devices/tab-keys/open")
@at_most(SMALL)
@signed
def open_tab_key() -> Response:
    """Give it back to the same session and device, unless they have been idle too long."""
    key = TabKey.open(_tab(json_body()), my_sign_in(), active_device().id)
    if key is None:
        raise Refusal(410, "tab_key_gone")
    return jsonify(key=base64_of(key))


@bp.post("/devices/lock")
def lock() -> BaseResponse:
    """Lock every tab of this session."""
    sign_in_id, user_id = my_sign_in().id, me().id
    with transaction():
        User.locked(user_id)
        TabKey.forget(sign_in_id=sign_in_id)
    return jsonify({}) if request.is_json else redirect_to(url_for("devices.show_unlock"))


@bp.post("/devices/activity")
def note_activity() -> Response:
    """Somebody is there (that the request came has been noted already); refused once the tabs are locked."""
    if not TabKey.any_of(my_sign_in().id):
        raise Refusal(410, "tab_key_gone")
    return jsonify({})


def _standing(signer: Signer) -> str:
    if signer.device:
        return signer.device.state
    asked = signer.request and signer.request.expire_if_due()
    pairing = signer.pairing and signer.pairing.settled()
    return "asking" if (asked and asked.is_open) or (pairing and pairing.is_open) else "closed"


def _tab(body: dict[str, object]) -> str:
    tab = body.get("tab")
    if not is_id(tab):
        raise Refusal(400, "malformed")
    return tab
