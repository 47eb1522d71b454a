"""The member’s devices, and their say over them: another name, unpaired, brought back, unpaired for good.

Every session may look. Only one whose browser proved to be a device that opens the vault changes something: a password
alone unpairs nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import limits
from webapp.database import db, transaction
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.accounts.unpairing import (
    CannotReturn,
    NotHere,
    Unpaired,
    acting_device,
    bring_back,
    destroy,
    is_new_beside,
    may_be_destroyed,
    rename,
    unpair,
    unpair_others,
)
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.recovery.options import RecoveryOptions
from webapp.models.signin.tab_key import TabKey
from webapp.views.home import home_url, opening_device
from webapp.web.access import current_member, current_sign_in
from webapp.web.htmx import redirect_to
from webapp.web.wire import base64_of

bp = Blueprint("device_list", __name__, url_prefix="/devices")

bp.add_app_template_filter(base64_of, "base64")

Page = str | Response | tuple[str, int]


@bp.before_request
def lead_elsewhere() -> Response | None:
    """Who has no vault joins; a browser that has not looked for its key does."""
    user = current_member()
    sign_in = current_sign_in()
    if not user.epoch:
        return redirect_to(home_url(user, sign_in))
    if sign_in.looked_at is None:
        return redirect_to(url_for("devices.show_here", next=url_for(".list_devices")))
    return None


@bp.errorhandler(NotHere)
def refuse(_: NotHere) -> tuple[str, int]:
    """The list, which says why nothing can be changed here."""
    return list_devices(), 403


@bp.get("")
def list_devices() -> str:
    """All of them: this one first, then those that open the vault, those to be brought back, those unpaired."""
    user = current_member()
    this_device = opening_device(current_member(), current_sign_in())
    own = this_device if this_device and TabKey.is_open(current_sign_in(), this_device.id) else None
    active = sorted(Device.of(user.id, DeviceState.ACTIVE), key=lambda device: device.last_used_at, reverse=True)
    return render_template(
        "account/devices/index.html",
        own=own,
        opens=this_device is not None,
        active=sorted(active, key=lambda device: this_device is None or device.id != this_device.id),
        prior=Device.of(user.id, DeviceState.PRIOR),
        unpaired=Unpaired.of(user),
        locked=this_device is None,
        user=user,
        contact=contact_of(user.organisation),
    )


@bp.get("/<device_id>/name")
def edit_name(device_id: str) -> str:
    """The form."""
    device = _find(device_id)
    _require_here()
    return _name_form(device, device.name)


@bp.post("/<device_id>/name")
def create_name(device_id: str) -> Page:
    """Call it something else."""
    device = _find(device_id)
    typed = request.form.get("name", "").strip()
    _require_here()
    if not 0 < len(typed) <= limits.NAME_CHARACTERS or not typed.isprintable():
        return _name_form(device, request.form.get("name", ""), is_refused=True), 422
    with _acting() as (user, _):
        rename(user, db.session.get_one(Device, device_id), typed)
    flash(f"The device is called {typed}.", "success")
    return redirect_to(url_for(".list_devices"))


@bp.get("/<device_id>/unpairing")
def new_unpairing(device_id: str) -> str:
    """What unpairing would do, before it is done."""
    device = _find(device_id)
    _require_here()
    return _unpairing_form(device)


@bp.post("/<device_id>/unpairing")
def create_unpairing(device_id: str) -> Page:
    """Unpair it, for a while or for good; this very device, too."""
    device = _find(device_id)
    for_good = "for_good" in request.form
    this_device = _require_here()
    if device.id == this_device.id and _is_last_way(this_device) and not request.form.get("understood"):
        return _unpairing_form(device, is_refused=True), 422
    name = device.name
    is_here = device.id == this_device.id
    with _acting() as (user, by):
        device = db.session.get_one(Device, device_id)
        done = destroy(user, by, device) if for_good else bool(unpair(user, by, [device]))
    if is_here:
        flash("This device is unpaired: it no longer opens your vault.", "success")
        return redirect_to("/recovery")
    if not done and for_good and is_new_beside(this_device, db.session.get_one(Device, device_id)):
        days = limits.UNDO_WINDOW.days
        flash(f"{name} is older than this device, which is new: for {days} days it can’t unpair it for good.", "info")
    elif not done:
        flash(f"{name} was unpaired already. Nothing was changed.", "info")
    elif for_good:
        flash(f"{name} is unpaired for good.", "success")
    else:
        flash(f"{name} is unpaired. For {limits.UNDO_WINDOW.days} days you can bring it back from here.", "success")
    return redirect_to(url_for(".list_devices"))


@bp.get("/unpairing")
def new_unpairing_of_others() -> str:
    """What unpairing all others would do."""
    this_device = _require_here()
    others = [
        device
        for device in Device.of(current_member().id)
        if device.id != this_device.id and device.state != DeviceState.UNPAIRED
    ]
    return render_template(
        "account/devices/others.html", own=this_device, others=others, contact=contact_of(current_member().organisation)
    )


@bp.post("/unpairing")
def create_unpairing_of_others() -> Response:
    """Unpair all but this one."""
    with _acting() as (user, by):
        number = len(unpair_others(user, by))
    if number:
        flash(f"{number} other device{' is' if number == 1 else 's are'} unpaired; this one stays.", "success")
    else:
        flash("No other device was paired. Nothing was changed.", "info")
    return redirect_to(url_for(".list_devices"))


@bp.post("/<device_id>/return")
def create_return(device_id: str) -> Response:
    """Bring back what was unpaired here."""
    name = _find(device_id).name
    try:
        with _acting() as (user, by):
            device = db.session.get_one(Device, device_id)
            done = bring_back(user, by, device)
            is_prior = not device.is_active
    except CannotReturn as error:
        sentence = f"{name} can’t be brought back any more. To use it again, recover your account in it."
        if error.by_older:
            days = limits.UNDO_WINDOW.days
            sentence = f"An older device unpaired {name}. This one is new: for {days} days it can’t bring it back."
        flash(sentence, "warning")
        return redirect_to(url_for(".list_devices"))
    if not done:
        flash(f"{name} is not unpaired. Nothing was changed.", "info")
    elif is_prior:
        flash(f"{name} is what it was: it has to be brought back after the reset of your password.", "success")
    else:
        flash(f"{name} is back: it opens your vault with its PIN.", "success")
    return redirect_to(url_for(".list_devices"))


@contextmanager
def _acting() -> Iterator[tuple[User, Device]]:
    """A transaction with the member locked, and the device that acts as it is now. Raises NotHere."""
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    with transaction():
        user = User.locked(user_id)
        yield user, acting_device(user, sign_in_id)


def _find(device_id: str) -> Device:
    return Device.mine(current_member().id, device_id) or abort(404)


def _require_here() -> Device:
    this_device = opening_device(current_member(), current_sign_in())
    if this_device is None or not TabKey.is_open(current_sign_in(), this_device.id):
        raise NotHere
    return this_device


def _is_last_way(this_device: Device) -> bool:
    """Whether only the Recovery Kit would lead back to the vault: no other device does, and no cloud backup."""
    ways = RecoveryOptions(current_member(), this_device)
    return not ways.others and not ways.cloud_works


def _name_form(device: Device, typed: str, *, is_refused: bool = False) -> str:
    contact = contact_of(current_member().organisation)
    return render_template(
        "account/devices/name.html", device=device, typed=typed, is_refused=is_refused, contact=contact
    )


def _unpairing_form(device: Device, *, is_refused: bool = False) -> str:
    this_device = _require_here()
    return render_template(
        "account/devices/unpairing.html",
        device=device,
        is_here=device.id == this_device.id,
        ways=RecoveryOptions(current_member(), this_device),
        is_last_way=device.id == this_device.id and _is_last_way(this_device),
        may_be_destroyed=may_be_destroyed(device),
        is_refused=is_refused,
        contact=contact_of(current_member().organisation),
    )
