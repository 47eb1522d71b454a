"""Forgot password, and the link with which a new one is chosen, by mail or from hand to hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from webapp import limits
from webapp.clock import now
from webapp.crypto import passwords
from webapp.crypto.password_rules import refusal
from webapp.database import transaction
from webapp.email_addresses import is_address, spelled
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.accounts.password_reset import NotReset, choose_password
from webapp.models.accounts.password_reset_request import PasswordResetRequest
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.notices.link import Link, LinkClosed, Purpose
from webapp.models.recovery.reasons import Reason
from webapp.models.signin.session import SignIn
from webapp.ops import mail
from webapp.views.home import home_url
from webapp.web import rate_limits
from webapp.web.access import SessionsEnded, address, browser_label, current_member, current_sign_in, public, sign_in
from webapp.web.attempts import by_account
from webapp.web.htmx import redirect_to
from webapp.web.rate_limits import FORGOT_ACCOUNT, FORGOT_ADDRESS, FORGOT_BROWSER, NEW_PASSWORDS, RateLimited
from webapp.web.rendering import Context, render

bp = Blueprint("passwords", __name__)


@dataclass(frozen=True, kw_only=True)
class OfOrganisation(Context):
    """What each of these pages gets; both are None before there is an organisation."""

    organisation: Organisation | None
    contact: Mapping[str, str] | None


@dataclass(frozen=True, kw_only=True)
class ForgotPage(Context):
    """Forgot password."""

    email: str
    """As typed."""
    problem: str
    """A code, or ""."""
    retry_after: int
    """Seconds; with the problem "throttled"."""
    is_read: bool
    """Mail reaches somebody."""


@dataclass(frozen=True, kw_only=True)
class LinkPage(Context):
    """Choosing a password with a link."""

    link: Link
    token: str
    problem: str | None
    """A code."""


@dataclass(frozen=True, kw_only=True)
class LinkClosedPage(Context):
    """A link that no longer works, or never did."""

    disabled: bool
    """It is good, but the account is disabled."""
    is_read: bool
    """Mail reaches somebody."""


Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.get("/forgot-password")
@public
def new_ask() -> str:
    """The form, or whom to ask where no mail goes out."""
    return _ask_form()


@bp.post("/forgot-password")
@public
def create_ask() -> Answer:
    """Note that somebody asks for a link. The worker looks the address up, so this answer tells nothing of it."""
    typed = request.form.get("email", "")[: limits.EMAIL_CHARACTERS]
    email = spelled(typed)
    if not mail.is_read():
        return _ask_form(), 409
    if not is_address(typed):
        return _ask_form(typed, problem="malformed"), 422
    try:
        rate_limits.take(*by_account(email, FORGOT_ACCOUNT, FORGOT_BROWSER, FORGOT_ADDRESS))
    except RateLimited as error:
        form = _ask_form(typed, problem="throttled", retry_after=error.retry_after)
        return form, 429, {"Retry-After": str(error.retry_after)}
    with transaction():
        PasswordResetRequest.ask(email, browser_label(), address())
    return redirect_to(url_for(".show_sent"))


@bp.get("/forgot-password/sent")
@public
def show_sent() -> str:
    """What to look for now: the same whatever was typed."""
    return render("account/passwords/sent.html", _around())


@bp.get("/password/<token>")
@public
def show_link(token: str) -> Answer:
    """Choosing a password. Looking changes nothing: mail scanners open every link."""
    link = Link.by_token(token, Purpose.PASSWORD)
    return _link_form(link, token) if link and _works(link) else _closed(link)


@bp.post("/password/<token>")
@public
def use_link(token: str) -> Answer:
    """Set the password, sign this browser in, and lead it back to the vault."""
    link = Link.by_token(token, Purpose.PASSWORD)
    if link is None or not _works(link):
        return _closed(link)
    member = link.user
    typed = request.form.get("password", "")
    problem = refusal(typed, member.email, member.name)
    if problem:
        return _link_form(link, token, problem), 422
    by_mail = link.by_reset == Reason.OWN_RESET
    rate_limits.spend(NEW_PASSWORDS, link.id)
    link_id = link.id
    user_id = member.id
    password_hash = passwords.hash_password(typed)
    try:
        with transaction() as session:
            member = User.locked(user_id)
            choose_password(session.get_one(Link, link_id), member, password_hash)
            seen_epoch = member.session_epoch
        sign_in(member, seen_epoch)
        if by_mail:
            _note_mail_is_read()
    except (LinkClosed, NotReset):
        return _closed(Link.by_token(token, Purpose.PASSWORD))
    except SessionsEnded:
        return redirect_to(url_for("sessions.new_sign_in"))
    return redirect_to(home_url(current_member(), current_sign_in()))


def _note_mail_is_read() -> None:
    """Whoever used a link that went by mail alone has shown what a code from the mailbox would."""
    sign_in_id = current_sign_in().id
    with transaction() as session:
        session.get_one(SignIn, sign_in_id).mail_confirmed_at = now()


@bp.after_request
def _tell_no_address(response: Response) -> Response:
    """No request that these pages cause names the link. (With `no-referrer` a form’s post would hide its origin, too,
    and be refused.)"""
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _works(link: Link) -> bool:
    return link.is_open and link.user.is_enabled


def _ask_form(email: str = "", problem: str = "", retry_after: int = 0) -> str:
    page = ForgotPage(email=email, problem=problem, retry_after=retry_after, is_read=mail.is_read())
    return render("account/passwords/forgot.html", page, _around())


def _link_form(link: Link, token: str, problem: str | None = None) -> str:
    return render("account/passwords/link.html", LinkPage(link=link, token=token, problem=problem), _around())


def _closed(link: Link | None) -> tuple[str, int]:
    """Used, expired, replaced, altered, guessed: one page. Only the holder of a link learns of a disabled account."""
    disabled = link is not None and link.is_open and not link.user.is_enabled
    page = LinkClosedPage(disabled=disabled, is_read=mail.is_read())
    return render("account/passwords/closed.html", page, _around()), 410


def _around() -> OfOrganisation:
    organisation = Organisation.the()
    return OfOrganisation(organisation=organisation, contact=contact_of(organisation) if organisation else None)
