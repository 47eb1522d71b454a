"""The vault: its page, and its file in and out. The file is ciphertext; what it holds is never known here."""

import hashlib
from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits, throttle
from webapp.clock import now
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.database import transaction
from webapp.models import Device, Event, StaleVault, User, Vault
from webapp.models.user import OtherKit
from webapp.models.vault import DeviceNotActive
from webapp.octets import (
    Refusal,
    age_file,
    at_most,
    framed_answer,
    framed_body,
    json_body,
    kit_key_of,
    number_of,
    signed,
    unlocked_device,
)
from webapp.security import me, my_sign_in
from webapp.views.devices import device_of_session, way_to_vault
from webapp.views.home import opening_device

bp = Blueprint("vault", __name__)


@bp.get("/vault")
def show_vault() -> str | BaseResponse:
    """An empty frame: the browser fills it with what it opens."""
    return way_to_vault() or render_template("vault/index.html", organisation=me().organisation)


@bp.get("/vault/import")
def show_import() -> str | BaseResponse:
    """Passwords from another program. The file is read in the browser and goes nowhere."""
    return way_to_vault() or render_template("vault/import.html", organisation=me().organisation)


@bp.get("/vault/export")
def show_export() -> str | BaseResponse:
    """The vault as a file, encrypted or in plain text. The browser makes it; it never comes from here."""
    device = opening_device(me(), my_sign_in())
    return way_to_vault() or render_template("vault/export.html", organisation=me().organisation, device=device)


@bp.get("/vault/file")
def show_file() -> Response:
    """The newest vault file, for a browser that has proved to be an active device."""
    device = device_of_session()
    if not device.opens:
        raise Refusal(410 if device.is_active else 403, "lock_destroyed" if device.is_active else "device_not_active")
    vault = Vault.current(me(), with_file=True)
    if vault is None:
        raise Refusal(404, "not_found")
    return framed_answer(_place(vault), vault.file)


@bp.post("/vault/file")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER)
@signed
def save_file() -> Response:
    """Replace it, if it is still the one that was edited. With a `kit_verify_key` it is the first that only the next
    Recovery Kit opens, which the member has shown to have."""
    device_id, user_id = unlocked_device().id, me().id
    header, file = framed_body()
    age_file(file, limits.VAULT_FILE_BYTES)
    if header.get("file_sha256") != hashlib.sha256(file).hexdigest():
        raise Refusal(400, "malformed")
    kit, kit_key = number_of(header, "kit"), kit_key_of(header)
    base = number_of(header, "epoch"), str(header.get("base_sha256"))
    counter, items = number_of(header, "counter", limits.COUNTERS), number_of(header, "items")
    if items > limits.VAULT_ITEMS:
        raise Refusal(413, "too_large")
    if kit_key:  # each that counts is mailed, and takes a number
        throttle.spend(throttle.KIT_CHANGES, user_id)
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            saved = _place(Vault.save(user, device, base, counter, items, file))
            user.keep_kit(kit, kit_key, device.name)
    except OtherKit:
        raise Refusal(400, "malformed") from None
    except StaleVault as stale:
        raise Refusal(409, "stale_vault", **_place(stale.current)) from None
    except DeviceNotActive:
        raise Refusal(403, "device_not_active") from None
    return jsonify(saved)


@bp.post("/vault/kit-confirmation")
@at_most(MAXIMUM_HEADER)
@signed
def confirm_kit() -> Response:
    """Note that the member has their Recovery Kit: they typed characters of it, which the browser compared."""
    unlocked_device()
    user_id, number = me().id, number_of(json_body(), "kit")
    with transaction():
        user = User.locked(user_id)
        if number != user.kit_number:
            raise Refusal(409, "stale_vault")
        if user.kit_confirmed_at is None:
            user.kit_confirmed_at = now()
            Event.append("kit.confirmed", user.organisation_id, actor=user, subject=user, number=number)
    return jsonify(kit=number)


def _place(vault: Vault) -> dict[str, Any]:
    return {"epoch": vault.epoch, "counter": vault.counter, "sha256": vault.sha256}
