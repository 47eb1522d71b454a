"""“This wasn’t me”: what runs in a member’s name, and how it is stopped or taken back.

For whoever has a link from a mail, or one of the member’s devices. Looking changes nothing: mail scanners open links.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import flask_login
from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.clock import clock_time
from webapp.database import db, transaction
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.accounts.recently_paired import RecentlyPaired, revoke_recent, within_reach
from webapp.models.accounts.veto import Running, handed_out, speaks_for_member, veto
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.notices.link import Link, LinkClosed, Purpose
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.recovery.undo import Undo, UndoClosed
from webapp.models.signin.challenge import Challenge
from webapp.views.recovery.start import proved_device
from webapp.web import rate_limits
from webapp.web.access import current_member, current_sign_in, public, quiet, sign_out
from webapp.web.attempts import by_address
from webapp.web.rendering import Context, render
from webapp.web.signed_requests import signing_device
from webapp.web.wire import EMPTY, at_most, base64_of

bp = Blueprint("vetoes", __name__, url_prefix="/veto")

FROM_MAIL = "a link from a mail"

Page = str | BaseResponse | tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class OfMember(Context):
    """What each of these pages gets."""

    user: User
    organisation: Organisation
    contact: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class VetoPage(Context):
    """Was This You? What runs, and the buttons that stop it."""

    token: str
    running: Running
    problem: str
    """ "" or "undo_closed"."""
    uncovered: bool
    """A later recovery was undone."""
    by_mail: bool
    """The link came by mail."""
    paired: Sequence[RecentlyPaired]
    out_of_reach: Sequence[RecentlyPaired]
    recovered: RestoreRequest | SelfServiceRecovery | None
    """By what the account was recovered."""
    returning: Sequence[Device]
    leaving: Sequence[Device]
    """If there is something to undo."""


@dataclass(frozen=True, kw_only=True)
class VetoDonePage(Context):
    """What was done."""

    what: str
    """vetoed, undone, already."""
    hold: Hold | None
    earlier: Undo | None
    """A recovery that can be undone now."""
    back: Sequence[Device]
    """Those that are active."""
    goes_on: bool
    """A session of the member goes on here."""


@bp.app_template_global("may_veto_here")
def may_veto_here() -> bool:
    """Whether the signed-in person’s browser proved a device that can say “This wasn’t me”."""
    device = proved_device()
    return device is not None and speaks_for_member(device, current_member())


bp.add_app_template_global(handed_out)


@bp.app_template_global("undo_here")
def undo_here() -> Undo | None:
    """The recovery that unpaired this browser, while it can be undone from it."""
    device = proved_device()
    return Undo.bringing_back(current_member(), device) if device else None


@bp.get("")
def begin_veto() -> Page:
    """Looks for a key of the member’s in this browser, which leads on by `create_link`; a password, or a cookie, alone
    can’t stop the member’s own recovery."""
    return render("recovery/vetoes/no_device.html", _around(current_member()))


@bp.get("/<token>")
@public
def show_veto(token: str) -> Page:
    """What runs, and the buttons that stop it."""
    link = _found(token)
    return _show(link, token) if link and link.is_open else _closed()


@bp.post("/<token>")
@public
def create_veto(token: str) -> Page:
    """Stop it, hold the account, end every session and unpair what was paired lately, but for what the page showed and
    somebody has unticked. Again is no mistake."""
    link = _found(token)
    if link is None or not (link.is_open or link.used_at):
        return _closed()
    link_id = link.id
    user_id = link.user_id
    by = db.session.get(Device, link.device_id or "")
    said_with = by.name if by else FROM_MAIL
    unticked = set(request.form.getlist("shown")) - set(request.form.getlist("device"))
    try:
        with transaction() as session:
            user = User.locked(user_id)
            link = session.get_one(Link, link_id)
            link.use()
            paired, _ = _reached(user, link, unticked)
            veto(user, said_with, request.form.get("undo", ""))
            revoke_recent(user, paired, said_with)
    except LinkClosed:
        return _done("already", user_id)
    return _done("vetoed", user_id)


@bp.post("/<token>/undo")
@public
def create_undo(token: str) -> Page:
    """Take the finished recovery back, without a hold. A session on a device that returns goes on."""
    link = _found(token)
    if link is None or not (link.is_open or link.used_at):
        return _closed()
    link_id = link.id
    user_id = link.user_id
    undo = Undo.open_of(link.user)
    shown = request.form.get("undo", "")
    undo_id = undo.id if undo and undo.id == shown else ""
    keep = _session_to_keep(user_id, undo)
    try:
        with transaction() as session:
            user = User.locked(user_id)
            session.get_one(Link, link_id).use()
            found = session.get(Undo, undo_id)
            if found is None:
                raise UndoClosed
            found.undo(user, keep=keep)
    except LinkClosed:
        return _done("already", user_id)
    except UndoClosed:
        return _show(db.session.get_one(Link, link_id), token, problem="undo_closed"), 409
    return _done("undone", user_id, keep)


@bp.post("/challenge")
@public
@quiet
def create_challenge() -> Response:
    """Something fresh to sign, for a browser in which nobody is signed in."""
    rate_limits.take(*by_address(rate_limits.CHALLENGES))
    return jsonify(challenge=base64_of(Challenge.issue(None)))


@bp.post("/link")
@public
@quiet
@at_most(EMPTY)
def create_link() -> Response:
    """To a device that proves its key: the way to its member’s veto, where it speaks for them, whatever runs."""
    device = signing_device()
    user = db.session.get_one(User, device.user_id)
    if not user.is_enabled or not speaks_for_member(device, user):
        return jsonify(next=None)
    rate_limits.spend(rate_limits.VETO_LINKS, device.id)
    return jsonify(next=_path_for(device))


@bp.post("/running")
@public
@quiet
@at_most(EMPTY)
def show_running() -> Response:
    """To a device that proves its key on the sign-in page: what runs in its member’s name elsewhere, and the way to
    stop it. `kind` is none where nothing does."""
    device = signing_device()
    user = db.session.get_one(User, device.user_id)
    running = Running.of(user).concerning(device)
    if not user.is_enabled or running is None:
        return jsonify(kind=None)
    moment = running.made_at
    if isinstance(running, Undo):
        by = db.session.get(Device, device.unpaired_by or "")
        facts = {"kind": "recovered", "browser": by.name if by else "another browser", "device": device.unpaired_by}
    else:
        kind = "asked" if isinstance(running, RestoreRequest) else "begun"
        facts = {"kind": kind, "browser": running.browser, "device": running.device_id}
    return jsonify(**facts, at=clock_time(moment), next=_path_for(device))


def _path_for(device: Device) -> str:
    """The page of a fresh veto link for this device."""
    device_id = device.id
    user_id = device.user_id
    with transaction():
        link_id = Link.make(User.locked(user_id), Purpose.VETO, device_id=device_id).id
    return url_for("vetoes.show_veto", token=db.session.get_one(Link, link_id).token)


def _found(token: str) -> Link | None:
    """The link, unless it was made for a device that no longer speaks for its member."""
    link = Link.by_token(token, Purpose.VETO)
    if link is None or link.device_id is None or link.used_at:
        return link
    device = db.session.get(Device, link.device_id)
    return link if device and speaks_for_member(device, link.user) else None


def _reached(user: User, link: Link, but: Collection[str] = ()) -> tuple[list[RecentlyPaired], list[RecentlyPaired]]:
    session = current_sign_in() if _is_signed_in(user.id) else None
    return within_reach(user, db.session.get(Device, link.device_id or ""), session, but)


def _session_to_keep(user_id: str, undo: Undo | None) -> str | None:
    """This session, where it is the member’s on a device that the undo brings back."""
    if not _is_signed_in(user_id) or undo is None:
        return None
    this_device = proved_device()
    return current_sign_in().id if this_device and undo.brings_back(this_device) else None


def _is_signed_in(user_id: str) -> bool:
    return bool(flask_login.current_user.is_authenticated and current_member().id == user_id)


def _show(link: Link, token: str, problem: str = "") -> str:
    user = link.user
    running = Running.of(user)
    devices = Device.of(user.id)
    paired, out_of_reach = _reached(user, link)
    page = VetoPage(
        token=token,
        running=running,
        problem=problem,
        uncovered=Undo.is_uncovered(user),
        by_mail=link.device_id is None,
        paired=paired,
        out_of_reach=out_of_reach,
        recovered=running.undo.asker if running.undo else None,
        returning=[device for device in devices if running.undo and running.undo.brings_back(device)],
        leaving=[device for device in devices if device.state != DeviceState.UNPAIRED],
    )
    return render("recovery/vetoes/show.html", page, _around(user))


def _done(what: str, user_id: str, kept: str | None = None) -> str:
    """Calm words about what was done. A session that ended with it is forgotten here, too."""
    if what != "already" and not kept and _is_signed_in(user_id):
        sign_out()
    user = db.session.get_one(User, user_id)
    back = Device.of(user_id, DeviceState.ACTIVE)
    goes_on = bool(kept) or (what == "already" and _is_signed_in(user_id))
    page = VetoDonePage(what=what, hold=Hold.of(user_id), earlier=Undo.open_of(user), back=back, goes_on=goes_on)
    return render("recovery/vetoes/done.html", page, _around(user))


def _closed() -> tuple[str, int]:
    organisation = Organisation.the()
    contact = contact_of(organisation) if organisation else None
    return render_template("recovery/vetoes/closed.html", organisation=organisation, contact=contact), 410


def _around(user: User) -> OfMember:
    return OfMember(user=user, organisation=user.organisation, contact=contact_of(user.organisation))
