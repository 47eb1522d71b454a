"""The vault: its page, and its file in and out. The file is ciphertext; what it holds is never known here."""

import hashlib
from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.clock import now
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.database import transaction
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.vaults.kit import OtherKit, keep_kit
from webapp.models.vaults.vault import DeviceNotActive, StaleVault, Vault
from webapp.views.home import opening_device
from webapp.views.vault.device_lock import device_of_session, way_to_vault
from webapp.web import rate_limits
from webapp.web.access import current_member, current_sign_in
from webapp.web.signed_requests import signed, unlocked_device
from webapp.web.wire import ApiError, age_file, at_most, framed_answer, framed_body, json_body, kit_key_of, number_of

bp = Blueprint("vault", __name__)


@bp.get("/vault")
def show_vault() -> str | BaseResponse:
    """An empty frame: the browser fills it with what it opens."""
    return way_to_vault() or render_template("vault/index.html", organisation=current_member().organisation)


@bp.get("/vault/import")
def show_import() -> str | BaseResponse:
    """Passwords from another program. The file is read in the browser and goes nowhere."""
    return way_to_vault() or render_template("vault/import.html", organisation=current_member().organisation)


@bp.get("/vault/export")
def show_export() -> str | BaseResponse:
    """The vault as a file, encrypted or in plain text. The browser makes it; it never comes from here."""
    device = opening_device(current_member(), current_sign_in())
    return way_to_vault() or render_template(
        "vault/export.html", organisation=current_member().organisation, device=device
    )


@bp.get("/vault/file")
def show_file() -> Response:
    """The newest vault file, for a browser that has proved to be an active device."""
    device = device_of_session()
    if not device.opens:
        raise ApiError(410 if device.is_active else 403, "lock_destroyed" if device.is_active else "device_not_active")
    vault = Vault.current(current_member(), with_file=True)
    if vault is None:
        raise ApiError(404, "not_found")
    return framed_answer(_place(vault), vault.file)


@bp.post("/vault/file")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER)
@signed
def save_file() -> Response:
    """Replace it, if it is still the one that was edited. With a `kit_verify_key` it is the first that only the next
    Recovery Kit opens, which the member has shown to have."""
    device_id = unlocked_device().id
    user_id = current_member().id
    header, file = framed_body()
    age_file(file, limits.VAULT_FILE_BYTES)
    if header.get("file_sha256") != hashlib.sha256(file).hexdigest():
        raise ApiError(400, "malformed")
    kit = number_of(header, "kit")
    kit_key = kit_key_of(header)
    base = number_of(header, "epoch"), str(header.get("base_sha256"))
    counter = number_of(header, "counter", limits.COUNTERS)
    items = number_of(header, "items")
    if items > limits.VAULT_ITEMS:
        raise ApiError(413, "too_large", limit=limits.VAULT_FILE_BYTES)
    if kit_key and not Vault.is_saved(user_id, base[0], file):  # each that counts is mailed, and takes a number
        rate_limits.spend(rate_limits.KIT_CHANGES, user_id)
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            saved = _place(Vault.save(user, device, base, counter, items, file))
            keep_kit(user, kit, kit_key, device.name)
    except OtherKit:
        raise ApiError(400, "malformed") from None
    except StaleVault as stale:
        raise ApiError(409, "stale_vault", **_place(stale.current)) from None
    except DeviceNotActive:
        raise ApiError(403, "device_not_active") from None
    return jsonify(saved)


@bp.post("/vault/kit-confirmation")
@at_most(MAXIMUM_HEADER)
@signed
def confirm_kit() -> Response:
    """Note that the member has their Recovery Kit: they typed characters of it, which the browser compared."""
    unlocked_device()
    user_id = current_member().id
    number = number_of(json_body(), "kit")
    with transaction():
        user = User.locked(user_id)
        if number != user.kit_number:
            raise ApiError(409, "stale_vault")
        if user.kit_confirmed_at is None:
            user.kit_confirmed_at = now()
            Event.append("kit.confirmed", user.organisation_id, actor=user, subject=user, number=number)
    return jsonify(kit=number)


def _place(vault: Vault) -> dict[str, Any]:
    return {"epoch": vault.epoch, "counter": vault.counter, "sha256": vault.sha256}
