"""The second page of signing in: a code of the authenticator app, or a one-time code."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import second_step
from webapp.htmx import redirect_to
from webapp.models import NotTaken, Organisation, User
from webapp.security import SessionsEnded, me, my_sign_in, public, sign_in
from webapp.throttle import Throttled
from webapp.typed_proofs import take_code
from webapp.views.home import home_url
from webapp.views.sessions import own_path

bp = Blueprint("sign_in_codes", __name__, url_prefix="/sign-in/code")


@bp.get("")
@public
def show_code() -> str | Response:
    """Where it is typed; without a password just before, the first page."""
    user = second_step.waiting()
    return _page(user) if user else _begin_anew()


@bp.post("")
@public
def create_code() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Begin the session that the password alone did not."""
    user = second_step.waiting()
    if user is None:
        return _begin_anew()
    seen_epoch, next_path = user.session_epoch, own_path(request.form.get("next"))
    try:
        take_code(user, request.form.get("code", ""))
    except Throttled as error:
        return _page(user, "throttled", retry_after=error.retry_after), 429, {"Retry-After": str(error.retry_after)}
    except NotTaken as error:
        return _page(user, error.code), 422
    try:
        sign_in(user, seen_epoch, showed_code=True)
    except SessionsEnded:
        return _begin_anew()
    return redirect_to(next_path or home_url(me(), my_sign_in()))


@bp.post("/withdrawal")
@public
def withdraw() -> Response:
    """Sign in as somebody else: this browser waits for no code any more."""
    second_step.forget()
    return redirect_to(url_for("sessions.new_sign_in"))


def _begin_anew() -> Response:
    if second_step.is_begun():
        second_step.forget()
        flash("The code was not typed in time, or your password was changed meanwhile. Sign in again.", "info")
    return redirect_to(url_for("sessions.new_sign_in", next=own_path(request.values.get("next"))))


def _page(user: User, problem: str = "", **more: Any) -> str:
    return render_template(
        "sessions/code.html",
        organisation=Organisation.the(),
        email=user.email,
        next_path=own_path(request.values.get("next")),
        problem=problem,
        **{"retry_after": 0, **more},
    )
