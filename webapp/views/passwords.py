"""Forgot password, and the link with which a new one is chosen, by mail or from hand to hand."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import limits, mail, throttle
from webapp.clock import now
from webapp.crypto import passwords
from webapp.crypto.password_rules import refusal
from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import Link, LinkClosed, Organisation, Purpose, ResetAsk, SignIn, User
from webapp.models.password_reset import NotReset, choose_password
from webapp.models.recovery_reason import Reason
from webapp.security import SessionsEnded, address, browser_label, me, my_sign_in, public, sign_in
from webapp.throttle import FORGOT_ACCOUNT, FORGOT_ADDRESS, NEW_PASSWORDS, Throttled
from webapp.views.home import home_url

bp = Blueprint("passwords", __name__)

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
    email = User.normalised_email(typed)
    if not mail.is_read():
        return _ask_form(), 409
    if not User.is_email(email):
        return _ask_form(typed, problem="malformed"), 422
    try:
        throttle.spend(FORGOT_ADDRESS, throttle.network(address()))
        throttle.spend(FORGOT_ACCOUNT, email)
    except Throttled as error:
        form = _ask_form(typed, problem="throttled", retry_after=error.retry_after)
        return form, 429, {"Retry-After": str(error.retry_after)}
    with transaction():
        ResetAsk.ask(email, browser_label(), address())
    return redirect_to(url_for(".show_sent"))


@bp.get("/forgot-password/sent")
@public
def show_sent() -> str:
    """What to look for now: the same whatever was typed."""
    return render_template("passwords/sent.html", **_organisation())


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
    throttle.spend(NEW_PASSWORDS, throttle.network(address()))
    link = Link.by_token(token, Purpose.PASSWORD)
    if link is None or not _works(link):
        return _closed(link)
    member, typed = link.user, request.form.get("password", "")
    problem = refusal(typed, member.email, member.name)
    if problem:
        return _link_form(link, token, problem), 422
    by_mail = link.by_reset == Reason.OWN_RESET
    link_id, user_id, password_hash = link.id, member.id, passwords.hash_password(typed)
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
    return redirect_to(home_url(me(), my_sign_in()))


def _note_mail_is_read() -> None:
    """Whoever used a link that went by mail alone has shown what a code from the mailbox would."""
    sign_in_id = my_sign_in().id
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
    shown = {"email": email, "problem": problem, "retry_after": retry_after, "is_read": mail.is_read()}
    return render_template("passwords/forgot.html", **shown, **_organisation())


def _link_form(link: Link, token: str, problem: str | None = None) -> str:
    return render_template("passwords/link.html", link=link, token=token, problem=problem, **_organisation())


def _closed(link: Link | None) -> tuple[str, int]:
    """Used, expired, replaced, altered, guessed: one page. Only the holder of a link learns of a disabled account."""
    disabled = link is not None and link.is_open and not link.user.is_enabled
    page = render_template("passwords/closed.html", disabled=disabled, is_read=mail.is_read(), **_organisation())
    return page, 410


def _organisation() -> dict[str, object]:
    found = Organisation.the()
    return {"organisation": found, "contact": found.contact() if found else None}
