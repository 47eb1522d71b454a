"""Signing in and out. It opens the account’s pages; the vault needs a device and its PIN as well."""

from urllib.parse import urlsplit

import flask_login
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import limits, throttle
from webapp.crypto import passwords
from webapp.htmx import redirect_to
from webapp.models import Organisation, User
from webapp.security import address, me, my_sign_in, public, sign_in, sign_out
from webapp.throttle import SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, Throttled
from webapp.views.home import home_url

bp = Blueprint("sessions", __name__)


@bp.get("/sign-in")
@public
def new_sign_in() -> str | Response:
    """The form; whoever is signed in already (in another tab, since) goes on."""
    next_path = own_path(request.args.get("next"))
    if flask_login.current_user.is_authenticated:
        return redirect(next_path or home_url(me(), my_sign_in()), code=303)
    return _form(next_path)


@bp.post("/sign-in")
@public
def create_sign_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Begin a session, or say that address and password don’t fit: the same words and work whatever is wrong."""
    email = User.normalised_email(User.normalised_email(request.form.get("email", ""))[: limits.EMAIL_CHARACTERS])
    next_path = own_path(request.form.get("next"))
    try:
        throttle.spend(SIGN_IN_ADDRESS, throttle.network(address()))
        throttle.spend(SIGN_IN_ACCOUNT, email)
    except Throttled as error:
        form = _form(next_path, email, problem="throttled", retry_after=error.retry_after)
        return form, 429, {"Retry-After": str(error.retry_after)}
    user = User.by_email(email)
    known = user.password_hash if user and user.is_enabled else None
    if not passwords.matches(request.form.get("password", ""), known):
        return _form(next_path, email, problem="wrong"), 422
    assert user
    if flask_login.current_user.is_authenticated:
        sign_out()
    sign_in(user)
    return redirect_to(next_path or home_url(me(), my_sign_in()))


@bp.post("/sign-out")
def end_sign_in() -> Response:
    """End this session, and the unlocked tabs with it."""
    sign_out()
    flash("You are signed out, and your vault is locked.", "success")
    return redirect_to(url_for("sessions.new_sign_in"))


def own_path(text: str | None) -> str | None:
    """`text` if it is a path of this site, so that no link can lead elsewhere through the sign-in."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text


def _form(next_path: str | None, email: str = "", problem: str = "", retry_after: int = 0) -> str:
    return render_template(
        "sessions/sign_in.html",
        organisation=Organisation.the(),
        next_path=next_path,
        email=email,
        problem=problem,
        retry_after=retry_after,
    )
