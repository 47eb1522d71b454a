"""Signing in and out, and where one is signed in.

A session opens the account’s pages; the vault needs a device and its PIN as well.
"""

from urllib.parse import urlsplit

import flask_login
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import limits, throttle
from webapp.crypto import passwords
from webapp.database import db, transaction
from webapp.htmx import redirect_to
from webapp.models import Organisation, SignIn, User
from webapp.security import CodeAsked, SessionsEnded, address, me, my_sign_in, public, sign_in, sign_out
from webapp.throttle import SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, Throttled
from webapp.views.home import home_url, opening_device

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
    if not passwords.matches(request.form.get("password", ""), known or None):
        return _form(next_path, email, problem="wrong"), 422
    assert user
    try:
        sign_in(user)
    except CodeAsked:
        return redirect_to(url_for("sign_in_codes.show_code", next=next_path))
    except SessionsEnded:
        return _form(next_path, email, problem="wrong"), 422
    return redirect_to(next_path or home_url(me(), my_sign_in()))


@bp.post("/sign-out")
def end_sign_in() -> Response:
    """End this session, and the unlocked tabs with it."""
    sign_out()
    flash("You are signed out, and your vault is locked.", "success")
    return redirect_to(url_for("sessions.new_sign_in"))


@bp.get("/sessions")
def list_sessions() -> str:
    """Where the member is signed in."""
    user, present = me(), my_sign_in().id
    return render_template(
        "sessions/index.html",
        sessions=sorted(SignIn.alive_of(user), key=lambda session: session.id != present),
        present=present,
        locked=opening_device(user, my_sign_in()) is None,
        contact=user.organisation.contact(),
    )


@bp.post("/sessions/<session_id>/ending")
def end_session(session_id: str) -> Response:
    """End one of them; this very one is signing out. What has ended already stays so."""
    found, user_id = db.session.get(SignIn, session_id), me().id
    if found is None or found.user_id != user_id:
        abort(404)
    if session_id == my_sign_in().id:
        return end_sign_in()
    browser = found.browser
    with transaction():
        ended = SignIn.end_some(User.locked(user_id), lambda session: session.id == session_id)
    if ended:
        flash(f"{browser} is signed out. A vault that is open there locks as soon as somebody uses it.", "success")
    else:
        flash(f"{browser} was signed out already.", "info")
    return redirect_to(url_for(".list_sessions"))


@bp.post("/sessions/ending")
def end_other_sessions() -> Response:
    """End all of them but this."""
    user_id, here = me().id, my_sign_in().id
    with transaction():
        ended = SignIn.end_some(User.locked(user_id), lambda session: session.id != here)
    if ended:
        flash("You are signed out everywhere but here.", "success")
    else:
        flash("You were signed in nowhere but here.", "info")
    return redirect_to(url_for(".list_sessions"))


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
