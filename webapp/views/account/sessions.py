"""Signing in and out, and where one is signed in.

A session opens the account’s pages; the vault needs a device and its PIN as well.
"""

import flask_login
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.database import db, transaction
from webapp.email_addresses import spelled
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.signin.session import SignIn
from webapp.models.signin.session_end import end_some
from webapp.views.home import home_url, opening_device
from webapp.web.access import (
    CodeAsked,
    SessionsEnded,
    current_member,
    current_sign_in,
    ended_here,
    public,
    sign_in,
    sign_out,
)
from webapp.web.credentials import who_signs_in
from webapp.web.htmx import redirect_to
from webapp.web.rate_limits import RateLimited
from webapp.web.redirects import own_path

bp = Blueprint("sessions", __name__)


@bp.get("/sign-in")
@public
def new_sign_in() -> str | Response:
    """The form; whoever is signed in already (in another tab, since) goes on."""
    next_path = own_path(request.args.get("next"))
    if flask_login.current_user.is_authenticated:
        return redirect(next_path or home_url(current_member(), current_sign_in()), code=303)
    return _form(next_path)


@bp.post("/sign-in")
@public
def create_sign_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Begin a session, or say that address and password don’t fit: the same words and work whatever is wrong."""
    email = spelled(request.form.get("email", ""))
    next_path = own_path(request.form.get("next"))
    try:
        found = who_signs_in(email, request.form.get("password", ""))
    except RateLimited as error:
        form = _form(next_path, email, problem="throttled", retry_after=error.retry_after)
        return form, 429, {"Retry-After": str(error.retry_after)}
    if found is None:
        return _form(next_path, email, problem="wrong"), 422
    try:
        sign_in(*found)
    except CodeAsked:
        return redirect_to(url_for("sign_in_codes.show_code", next=next_path))
    except SessionsEnded:
        return _form(next_path, email, problem="wrong"), 422
    return redirect_to(next_path or home_url(current_member(), current_sign_in()))


@bp.post("/sign-out")
def end_sign_in() -> Response:
    """End this session, and the unlocked tabs with it. What the browser has cached goes; what this site keeps in it,
    the keys of its device, stays."""
    sign_out()
    flash("You are signed out, and your vault is locked.", "success")
    response = redirect_to(url_for("sessions.new_sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/sessions")
def list_sessions() -> str:
    """Where the member is signed in."""
    user = current_member()
    present = current_sign_in().id
    return render_template(
        "account/sessions/index.html",
        sessions=sorted(SignIn.alive_of(user), key=lambda session: session.id != present),
        present=present,
        locked=opening_device(user, current_sign_in()) is None,
        contact=contact_of(user.organisation),
    )


@bp.post("/sessions/<session_id>/ending")
def end_session(session_id: str) -> Response:
    """End one of them; this very one is signing out. What has ended already stays so."""
    sign_in = db.session.get(SignIn, session_id)
    user_id = current_member().id
    if sign_in is None or sign_in.user_id != user_id:
        abort(404)
    if session_id == current_sign_in().id:
        return end_sign_in()
    browser = sign_in.browser
    by = current_sign_in().browser
    with transaction():
        ended = end_some(User.locked(user_id), lambda session: session.id == session_id, by=by)
    if ended:
        flash(f"{browser} is signed out. What is open there closes within 15 seconds of being online.", "success")
    else:
        flash(f"{browser} was signed out already.", "info")
    return redirect_to(url_for(".list_sessions"))


@bp.post("/sessions/ending")
def end_other_sessions() -> Response:
    """End all of them but this."""
    user_id = current_member().id
    here = current_sign_in().id
    by = current_sign_in().browser
    with transaction():
        ended = end_some(User.locked(user_id), lambda session: session.id != here, by=by)
    if ended:
        flash("You are signed out everywhere but here.", "success")
    else:
        flash("You were signed in nowhere but here.", "info")
    return redirect_to(url_for(".list_sessions"))


def _form(next_path: str | None, email: str = "", problem: str = "", retry_after: int = 0) -> str:
    return render_template(
        "account/sessions/sign_in.html",
        organisation=Organisation.the(),
        next_path=next_path,
        email=email,
        problem=problem,
        retry_after=retry_after,
        ending=ended_here(),
    )
