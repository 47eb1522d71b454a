"""Pair With Device, on the other device: the page that the QR code opens. It says who asks, and shows the code."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, jsonify, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.clock import now
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.database import db, transaction
from webapp.flows.pairing import OPEN, IllegalMove
from webapp.flows.recovery_methods import PAIRING
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.devices.device import Device
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing, PairingLocked, version_by_clock
from webapp.models.signin.tab_key import PinNotShown, TabKey
from webapp.models.vaults.vault import StaleVault, Vault
from webapp.views.pairing.joiner import is_here
from webapp.views.pairing.joiner_messages import closed, newest_vault, relayed
from webapp.views.recovery.method_policy import requires_method
from webapp.views.recovery.start import proved_device
from webapp.web.access import current_member, current_sign_in, quiet
from webapp.web.htmx import instead_of, nothing_new, redirect_to
from webapp.web.polling import Pace
from webapp.web.rendering import Context, render
from webapp.web.signed_requests import require_pin, signed
from webapp.web.wire import (
    SMALL,
    ApiError,
    age_file,
    at_most,
    base64_of,
    framed_body,
    from_base64,
    json_body,
    number_of,
    text_of,
)

bp = Blueprint("pair", __name__, url_prefix="/pair")
bp.add_app_template_filter(base64_of, "base64")


@dataclass(frozen=True, kw_only=True)
class PairPage(Context):
    """Who asks to be paired, on the device that may let them in."""

    user: User
    organisation: Organisation
    contact: Mapping[str, str]
    pairing: Pairing | None
    """The latest."""
    device: Device | None
    """This browser’s, if it may show codes."""
    proved: Device | None
    """This browser’s, in whatever state."""
    asks_itself: bool
    """It is this browser that asks."""
    pace: Pace | None
    """How often a page that waits asks."""
    locked_until: datetime | None
    host: str
    """In the address bar of the page where the code is typed."""


@bp.get("")
def show_pair() -> str | BaseResponse:
    """Who asks to be paired, to be let in or declined; or what else there is to say."""
    if current_sign_in().looked_at is None and current_member().epoch:
        return redirect_to(url_for("devices.show_here", next=url_for(".show_pair")))
    return render("pairing/host/show.html", _pair_page())


@bp.get("/status")
@quiet
def show_status() -> str | BaseResponse:
    """What the page asks while it waits: nothing new, the new device’s answer, or what to show instead."""
    row = Pairing
    query = select(row.id, row.version, row.made_at, row.stored_state, row.expires_at, row.code_expires_at)
    query = query.where(row.user_id == current_member().id).order_by(row.made_at.desc()).limit(1)
    newest = db.session.execute(query).first()
    shown = (request.args.get("pairing"), request.args.get("version"), request.args.get("pace"))
    if newest is None:
        return nothing_new()
    pairing_id, version, made_at, stored, expires_at, code_expires_at = newest
    version = version_by_clock(version, stored, expires_at, code_expires_at)
    is_long_over = stored not in OPEN and expires_at <= now()
    if not is_long_over and shown == (pairing_id, str(version), str(Pace.since(made_at).seconds)):
        return nothing_new()
    page = _pair_page()
    if page.pairing and page.pairing.is_open and shown[0] == pairing_id:
        return render("pairing/host/_poll.html", page)
    return instead_of("#main", render("pairing/host/next.html", page), url_for(".show_pair"))


@bp.post("/<pairing_id>/decline")
def decline(pairing_id: str) -> BaseResponse:
    """Say no, on a device of the member; nothing is handed over."""
    user_id = current_member().id
    device = proved_device()
    if device is None or not device.can_pair:
        return redirect_to(url_for(".show_pair"))
    _found(pairing_id)
    try:
        with transaction() as session:
            User.locked(user_id)
            session.get_one(Pairing, pairing_id).decline()
    except IllegalMove:
        pass  # it had ended already: the page says how
    return redirect_to(url_for(".show_pair"))


@bp.post("/<pairing_id>/offer")
@at_most(SMALL)
@signed
@requires_method(PAIRING)
def create_offer(pairing_id: str) -> Response:
    """Hand the other device’s half on (M1); its code counts from now on."""
    _found(pairing_id)
    device_id = _opened_device()
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    body = json_body()
    offer = text_of(body, "offer", limits.SIGNED_TEXT_CHARACTERS)
    signature = from_base64(body.get("signature"), 64)
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            TabKey.require(sign_in_id, device_id)
            session.get_one(Pairing, pairing_id).make_offer(user, device, offer, signature)
    except PairingLocked as error:
        raise ApiError(409, "pairing_locked", until=error.until.isoformat()) from None
    except PinNotShown:
        raise ApiError(403, "pin_needed") from None
    except IllegalMove as error:
        raise closed(error.state) from None
    return relayed(pairing_id, offer)


@bp.post("/<pairing_id>/refusal")
@at_most(1024)
@signed
def create_refusal(pairing_id: str) -> Response:
    """The answer was made with another code: this one is burnt."""
    _found(pairing_id)
    device_id = _other_device()
    user_id = current_member().id
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            session.get_one(Pairing, pairing_id).refuse(user, device)
    except IllegalMove as error:
        raise closed(error.state) from None
    return jsonify(pairing=pairing_id)


@bp.post("/<pairing_id>/vault")
@at_most(1024)
@signed
@requires_method(PAIRING)
def show_vault(pairing_id: str) -> Response:
    """The newest vault, for the device whose PIN was typed to pair another: a prior one reads it nowhere else."""
    pairing = _found(pairing_id)
    if not pairing.is_open or pairing.other_device_id != _opened_device():
        raise ApiError(410, "request_closed", state=pairing.state)
    return newest_vault()


@bp.post("/<pairing_id>/confirmation")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER)
@signed
@requires_method(PAIRING)
def create_confirmation(pairing_id: str) -> Response:
    """Hand the sealed key on (M3) and keep the vault whose own list names the new device, in one transaction."""
    _found(pairing_id)
    device_id = _opened_device()
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    header, file = framed_body()
    confirmation = text_of(header, "confirmation", limits.SIGNED_TEXT_CHARACTERS)
    saved = _saved(header, file)
    try:
        with transaction() as session:
            user = User.locked(user_id)
            device = session.get_one(Device, device_id)
            TabKey.require(sign_in_id, device_id)
            if session.get_one(Pairing, pairing_id).confirm(user, device, confirmation):
                session.flush()
                Vault.save(user, device, *saved, file, pairs=True)
            stored = Vault.current(user)
            assert stored
            answer = {"epoch": stored.epoch, "counter": stored.counter, "sha256": stored.sha256}
    except StaleVault as stale:
        vault = stale.current
        raise ApiError(409, "stale_vault", epoch=vault.epoch, counter=vault.counter, sha256=vault.sha256) from None
    except PinNotShown:
        raise ApiError(403, "pin_needed") from None
    except IllegalMove as error:
        raise closed(error.state) from None
    return jsonify(pairing=pairing_id, **answer)


def _saved(header: dict[str, Any], file: bytes) -> tuple[tuple[int, str], int, int]:
    """(base, counter, items) of the vault that came. Raises ApiError."""
    age_file(file, limits.VAULT_FILE_BYTES)
    if (
        header.get("file_sha256") != hashlib.sha256(file).hexdigest()
        or number_of(header, "kit") != current_member().kit_number
    ):
        raise ApiError(400, "malformed")
    base = number_of(header, "epoch"), text_of(header, "base_sha256", 64)
    return base, number_of(header, "counter", limits.COUNTERS), number_of(header, "items", limits.VAULT_ITEMS)


def _other_device() -> str:
    """The id of the device that signed, if it may show codes. Raises ApiError."""
    device: Device | None = g.signer.device
    if device is None or not device.can_pair:
        raise ApiError(403, "device_not_active")
    return device.id


def _opened_device() -> str:
    """The same, where its PIN was shown in this session: what its key alone signs hands nothing on. Raises ApiError."""
    device_id = _other_device()
    require_pin(device_id)
    return device_id


def _found(pairing_id: str) -> Pairing:
    """The member’s own pairing; anything else is a 404. Raises ApiError."""
    pairing = Pairing.by_id(pairing_id)
    if pairing is None or pairing.user_id != current_member().id:
        raise ApiError(404, "not_found")
    return pairing.settled()


def _pair_page() -> PairPage:
    user = current_member()
    device = proved_device()
    pairing = Pairing.latest_of(user.id)
    return PairPage(
        user=user,
        organisation=user.organisation,
        contact=contact_of(user.organisation),
        pairing=pairing,
        device=device if device and device.can_pair else None,
        proved=device,
        asks_itself=bool(pairing and pairing.is_open and is_here(pairing)),
        pace=Pace.since(pairing.made_at) if pairing else None,
        locked_until=Pairing.lock_of(user),
        host=urlsplit(current_app.config["PUBLIC_URL"]).netloc,
    )
