"""The second page of signing in: a code of the authenticator app, or a one-time code."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.signin.second_factor import NotTaken
from webapp.views.home import home_url
from webapp.web import sign_in_challenge
from webapp.web.access import SessionsEnded, current_member, current_sign_in, public, sign_in
from webapp.web.credentials import take_code
from webapp.web.htmx import redirect_to
from webapp.web.rate_limits import RateLimited
from webapp.web.redirects import own_path

bp = Blueprint("sign_in_codes", __name__, url_prefix="/sign-in/code")


@bp.get("")
@public
def show_code() -> str | Response:
    """Where it is typed; without a password just before, the first page."""
    user = sign_in_challenge.waiting()
    return _code_form(user) if user else _begin_anew()


@bp.post("")
@public
def create_code() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Begin the session that the password alone did not."""
    user = sign_in_challenge.waiting()
    if user is None:
        return _begin_anew()
    seen_epoch = user.session_epoch
    next_path = own_path(request.form.get("next"))
    try:
        take_code(user, request.form.get("code", ""))
    except RateLimited as error:
        return (
            _code_form(user, "throttled", retry_after=error.retry_after),
            429,
            {"Retry-After": str(error.retry_after)},
        )
    except NotTaken as error:
        return _code_form(user, error.code), 422
    try:
        sign_in(user, seen_epoch, showed_code=True)
    except SessionsEnded:
        return _begin_anew()
    return redirect_to(next_path or home_url(current_member(), current_sign_in()))


@bp.post("/withdrawal")
@public
def withdraw() -> Response:
    """Sign in as somebody else: this browser waits for no code any more."""
    sign_in_challenge.forget()
    return redirect_to(url_for("sessions.new_sign_in"))


def _begin_anew() -> Response:
    if sign_in_challenge.is_begun():
        sign_in_challenge.forget()
        flash("The code was not typed in time, or your password was changed meanwhile. Sign in again.", "info")
    return redirect_to(url_for("sessions.new_sign_in", next=own_path(request.values.get("next"))))


def _code_form(user: User, problem: str = "", retry_after: int = 0) -> str:
    return render_template(
        "account/sessions/code.html",
        organisation=Organisation.the(),
        email=user.email,
        next_path=own_path(request.values.get("next")),
        problem=problem,
        retry_after=retry_after,
    )
