"""Joining: from an invite link to a vault, a Recovery Kit and cloud backups. A closed tab goes on at the same step."""

import hashlib
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.clock import now
from webapp.crypto import passwords
from webapp.crypto.password_rules import refusal
from webapp.crypto.wrapping import is_recipient
from webapp.database import transaction
from webapp.models.accounts.invite import AddressTaken, Invite, InviteClosed
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.columns import is_id
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.pairing.method_policy import other_methods
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.vaults.first_device import FirstDevice, VaultExists
from webapp.views.home import home_url, opening_device
from webapp.web import rate_limits
from webapp.web.access import browser_label, current_member, current_sign_in, public, sign_in
from webapp.web.htmx import redirect_to
from webapp.web.signed_requests import check_signature
from webapp.web.wire import ApiError, age_file, at_most, framed_body, from_base64, kit_key_of, number_of, text_of

bp = Blueprint("joining", __name__)

FRAME_BYTES = 1024 * 1024
"""A first vault is empty; this leaves room for its header."""


@bp.get("/join/<token>")
@public
def show_invite(token: str) -> str | tuple[str, int]:
    """The form, or why the link leads nowhere any more."""
    invite = Invite.by_token(token)
    if invite is None or not invite.is_open:
        return _closed(invite)
    return _form(invite, token, name=invite.name)


@bp.post("/join/<token>")
@public
def accept_invite(token: str) -> BaseResponse | tuple[str, int]:
    """Make the account and sign it in."""
    invite = Invite.by_token(token)
    if invite is None or not invite.is_open:
        return _closed(invite)
    name = one_line(request.form.get("name", ""))
    password = request.form.get("password", "")
    problem = refusal(password, invite.email, name)
    named = 0 < len(name) <= limits.NAME_CHARACTERS
    if problem or not named:
        return _form(invite, token, name, password_problem=problem, name_problem=not named), 422
    rate_limits.spend(rate_limits.JOINS, invite.id)
    invite_id = invite.id
    password_hash = passwords.hash_password(password)
    try:
        with transaction() as session:
            user = session.get_one(Invite, invite_id).accept(name, password_hash)
    except InviteClosed:
        return _closed(Invite.by_token(token))
    except AddressTaken:
        return _form(Invite.by_token(token), token, name, taken=True), 422
    sign_in(user)
    return redirect_to(url_for(".new_vault"))


@bp.get("/join/vault")
def new_vault() -> str | BaseResponse:
    """Choose a PIN; the browser makes the keys and the vault."""
    if current_member().epoch:
        return redirect(home_url(current_member(), current_sign_in()), code=303)
    return render_template(
        "account/joining/vault.html",
        user=current_member(),
        organisation=current_member().organisation,
        browser=browser_label(),
        contact=_contact(),
    )


@bp.post("/join/vault")
@at_most(FRAME_BYTES)
def create_vault() -> Response:
    """The first device with its lock, and the vault. Signed by the key that the body brings."""
    header, file = framed_body()
    sent = _first_device(header, file)
    if request.headers.get("Spare-Device") != sent.id:
        raise ApiError(400, "malformed")
    check_signature(sent.id, sent.sign_public)
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    try:
        with transaction():
            sent.begin_vault(User.locked(user_id), sign_in_id)
    except VaultExists:
        raise ApiError(409, "vault_exists") from None
    stored = {"device": sent.id, "epoch": 1, "counter": 1, "sha256": hashlib.sha256(file).hexdigest()}
    return jsonify(next=url_for(".show_kit"), **stored)


@bp.get("/join/kit")
def show_kit() -> str | BaseResponse:
    """The Recovery Kit, until it is confirmed."""
    away = _way_here()
    if away or current_member().kit_confirmed_at:
        return redirect(away or home_url(current_member(), current_sign_in()), code=303)
    return render_template(
        "account/joining/kit.html",
        user=current_member(),
        organisation=current_member().organisation,
        contact=_contact(),
    )


@bp.get("/join/cloud-backup")
def show_cloud_backup() -> str | BaseResponse:
    """Switch cloud backups on, or go on without."""
    away = _way_here()
    if away or current_member().cloud_backups_at:
        return redirect(away or home_url(current_member(), current_sign_in()), code=303)
    return render_template(
        "account/joining/cloud_backup.html",
        user=current_member(),
        organisation=current_member().organisation,
        key=OrganisationKey.active(current_member().organisation_id),
        others=other_methods(current_member().organisation_id),
        contact=_contact(),
    )


@bp.post("/join/completion")
def complete() -> BaseResponse:
    """Joining is over, with or without cloud backups; Settings has the rest."""
    user_id = current_member().id
    with transaction():
        user = User.locked(user_id)
        if user.epoch:
            user.joined_at = user.joined_at or now()
    return redirect_to("/vault")


def one_line(text: str) -> str:
    """A name as it is kept: no line breaks, nothing invisible, single spaces."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _first_device(header: dict[str, object], file: bytes) -> FirstDevice:
    device = header.get("device")
    whole = header.get("file_sha256") == hashlib.sha256(file).hexdigest()
    if not isinstance(device, dict) or header.get("kit") != 1 or not whole:
        raise ApiError(400, "malformed")
    return FirstDevice(
        id=_checked(is_id, device.get("id")),
        sign_public=from_base64(device.get("sign"), 32),
        recipient=_checked(is_recipient, device.get("recipient")),
        name=one_line(text_of(device, "name", limits.NAME_CHARACTERS)) or browser_label(),
        browser=browser_label(),
        verify_key=from_base64(header.get("verify_key"), 32),
        keyslot=age_file(from_base64(header.get("keyslot")), limits.KEYSLOT_BYTES),
        server_share=from_base64(header.get("server_share"), 32),
        proof=from_base64(header.get("proof"), 32),
        kit_verify_key=kit_key_of(header),
        items=number_of(header, "items", limits.VAULT_ITEMS),
        file=age_file(file, FRAME_BYTES),
    )


def _checked(passes: Callable[[object], bool], value: object) -> str:
    if not isinstance(value, str) or not passes(value):
        raise ApiError(400, "malformed")
    return value


def _way_here() -> str | None:
    """Where to go first from a page of joining that needs this browser’s device, or None."""
    if opening_device(current_member(), current_sign_in()):
        return None
    return home_url(current_member(), current_sign_in())


def _contact() -> dict[str, str]:
    return contact_of(current_member().organisation)


def _form(
    invite: Invite | None,
    token: str,
    name: str,
    *,
    name_problem: bool = False,
    password_problem: str | None = None,
    taken: bool = False,
) -> str:
    return render_template(
        "account/joining/invite.html",
        invite=invite,
        token=token,
        name=name,
        name_problem=name_problem,
        password_problem=password_problem,
        taken=taken,
    )


def _closed(invite: Invite | None) -> tuple[str, int]:
    """Unknown, used, withdrawn or expired: each says what to do."""
    organisation = Organisation.the()
    reason = "unknown"
    if invite:
        reason = "used" if invite.used_at else "withdrawn" if invite.withdrawn_at else "expired"
    page = render_template(
        "account/joining/closed.html",
        reason=reason,
        organisation=organisation,
        contact=contact_of(organisation) if organisation else None,
    )
    return page, 410 if invite else 404
