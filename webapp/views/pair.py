"""Pair With Device, on the other device: the page that the QR code opens. It says who asks, and shows the code."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, jsonify, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.clock import now
from webapp.crypto.framing import MAXIMUM_HEADER
from webapp.database import db, transaction
from webapp.flows.pairing import IllegalMove
from webapp.htmx import instead_of, nothing_new, redirect_to
from webapp.models import PAIRING, Device, Pairing, PairingLocked, PinNotShown, StaleVault, TabKey, User, Vault
from webapp.octets import (
    Refusal,
    age_file,
    at_most,
    base64_of,
    demand_pin,
    framed_body,
    from_base64,
    json_body,
    number_of,
    signed,
    text_of,
)
from webapp.polling import Pace
from webapp.security import me, my_sign_in, quiet
from webapp.views.pairing_messages import closed, newest_vault
from webapp.views.pairings import is_here
from webapp.views.recovery import proved_device
from webapp.views.switched_off import of_way

bp = Blueprint("pair", __name__, url_prefix="/pair")
bp.add_app_template_filter(base64_of, "base64")

SMALL = 16 * 1024


@bp.get("")
def show_pair() -> str | BaseResponse:
    """Who asks to be paired, to be let in or declined; or what else there is to say."""
    if my_sign_in().looked_at is None and me().epoch:
        return redirect_to(url_for("devices.show_here", next=url_for(".show_pair")))
    return render_template("pair/show.html", **_facts())


@bp.get("/status")
@quiet
def show_status() -> str | BaseResponse:
    """What the page asks while it waits: nothing new, the new device’s answer, or what to show instead."""
    row = Pairing
    query = select(row.id, row.version, row.made_at, row.expires_at, row.code_expires_at)
    query = query.where(row.user_id == me().id).order_by(row.made_at.desc()).limit(1)
    newest = db.session.execute(query).first()
    shown = (request.args.get("pairing"), request.args.get("version"), request.args.get("pace"))
    if newest is None:
        return nothing_new()
    pace, due = Pace.since(newest.made_at), min(newest.expires_at, newest.code_expires_at or newest.expires_at) <= now()
    if not due and shown == (newest.id, str(newest.version), str(pace.seconds)):
        return nothing_new()
    facts = _facts()
    if facts["pairing"] and facts["pairing"].is_open and shown[0] == newest.id:
        return render_template("pair/_poll.html", **facts)
    return instead_of("#main", render_template("pair/next.html", **facts), url_for(".show_pair"))


@bp.post("/<pairing_id>/decline")
def decline(pairing_id: str) -> BaseResponse:
    """Say no, on a device of the member; nothing is handed over."""
    user_id, device = me().id, proved_device()
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
@of_way(PAIRING)
def create_offer(pairing_id: str) -> Response:
    """Hand the other device’s half on (M1); its code counts from now on."""
    _found(pairing_id)
    device_id, user_id, sign_in_id, body = _opened_device(), me().id, my_sign_in().id, json_body()
    offer, signature = text_of(body, "offer", limits.SIGNED_TEXT_CHARACTERS), from_base64(body.get("signature"), 64)
    try:
        with transaction() as session:
            user, device = User.locked(user_id), session.get_one(Device, device_id)
            TabKey.demand(sign_in_id, device_id)
            session.get_one(Pairing, pairing_id).make_offer(user, device, offer, signature)
    except PairingLocked as error:
        raise Refusal(409, "pairing_locked", until=error.until.isoformat()) from None
    except PinNotShown:
        raise Refusal(403, "pin_needed") from None
    except IllegalMove as error:
        raise closed(error.state) from None
    return jsonify({})


@bp.post("/<pairing_id>/refusal")
@at_most(1024)
@signed
def create_refusal(pairing_id: str) -> Response:
    """The answer was made with another code: this one is burnt."""
    _found(pairing_id)
    device_id, user_id = _other_device(), me().id
    try:
        with transaction() as session:
            user, device = User.locked(user_id), session.get_one(Device, device_id)
            session.get_one(Pairing, pairing_id).refuse(user, device)
    except IllegalMove as error:
        raise closed(error.state) from None
    return jsonify({})


@bp.post("/<pairing_id>/vault")
@at_most(1024)
@signed
@of_way(PAIRING)
def show_vault(pairing_id: str) -> Response:
    """The newest vault, for the device whose PIN was typed to pair another: a prior one reads it nowhere else."""
    pairing = _found(pairing_id)
    if not pairing.is_open or pairing.other_device_id != _opened_device():
        raise Refusal(410, "request_closed", state=pairing.state)
    return newest_vault()


@bp.post("/<pairing_id>/confirmation")
@at_most(limits.VAULT_FILE_BYTES + MAXIMUM_HEADER)
@signed
@of_way(PAIRING)
def create_confirmation(pairing_id: str) -> Response:
    """Hand the sealed key on (M3) and keep the vault whose own list names the new device, in one transaction."""
    _found(pairing_id)
    device_id, user_id, sign_in_id = _opened_device(), me().id, my_sign_in().id
    header, file = framed_body()
    confirmation, saved = text_of(header, "confirmation", limits.SIGNED_TEXT_CHARACTERS), _saved(header, file)
    try:
        with transaction() as session:
            user, device = User.locked(user_id), session.get_one(Device, device_id)
            TabKey.demand(sign_in_id, device_id)
            if session.get_one(Pairing, pairing_id).confirm(user, device, confirmation):
                session.flush()
                Vault.save(user, device, *saved, file, pairs=True)
    except StaleVault as stale:
        vault = stale.current
        raise Refusal(409, "stale_vault", epoch=vault.epoch, counter=vault.counter, sha256=vault.sha256) from None
    except PinNotShown:
        raise Refusal(403, "pin_needed") from None
    except IllegalMove as error:
        raise closed(error.state) from None
    return jsonify({})


def _saved(header: dict[str, Any], file: bytes) -> tuple[tuple[int, str], int, int]:
    """(base, counter, items) of the vault that came. Raises Refusal."""
    age_file(file, limits.VAULT_FILE_BYTES)
    if header.get("file_sha256") != hashlib.sha256(file).hexdigest() or number_of(header, "kit") != me().kit_number:
        raise Refusal(400, "malformed")
    base = number_of(header, "epoch"), text_of(header, "base_sha256", 64)
    return base, number_of(header, "counter", limits.COUNTERS), number_of(header, "items", limits.VAULT_ITEMS)


def _other_device() -> str:
    """The id of the device that signed, if it may show codes. Raises Refusal."""
    device: Device | None = g.signer.device
    if device is None or not device.can_pair:
        raise Refusal(403, "device_not_active")
    return device.id


def _opened_device() -> str:
    """The same, where its PIN was shown in this session: what its key alone signs hands nothing on. Raises Refusal."""
    device_id = _other_device()
    demand_pin(device_id)
    return device_id


def _found(pairing_id: str) -> Pairing:
    """The member’s own pairing; anything else is a 404. Raises Refusal."""
    found = Pairing.by_id(pairing_id)
    if found is None or found.user_id != me().id:
        raise Refusal(404, "not_found")
    return found


def _facts() -> dict[str, Any]:
    user, device = me(), proved_device()
    latest = Pairing.latest_of(user.id)
    pairing = latest and latest.settled()
    names: dict[str, Any] = {"user": user, "organisation": user.organisation, "contact": user.organisation.contact()}
    return {
        **names,
        "pairing": pairing,
        "device": device if device and device.can_pair else None,
        "proved": device,
        "asks_itself": bool(pairing and pairing.is_open and is_here(pairing)),
        "pace": Pace.since(pairing.made_at) if pairing else None,
        "locked_until": user.pairing_locked_until if user.pairing_is_locked else None,
        "host": urlsplit(current_app.config["PUBLIC_URL"]).netloc,
    }
