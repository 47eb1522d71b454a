"""Confirm Your Mail: a code from the mailbox before a cloud backup is asked for. Mail is never the locked door: it can
be left out, and the admin is told that it was."""

from dataclasses import dataclass

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.signin.mail_code import MailCode, WrongCode
from webapp.views.recovery.method_policy import requires_method
from webapp.views.recovery.start import Step, lead_elsewhere, send_mail_code, step
from webapp.web import rate_limits
from webapp.web.access import current_member, current_sign_in
from webapp.web.htmx import redirect_to
from webapp.web.rate_limits import RateLimited

bp = Blueprint("mail_codes", __name__, url_prefix="/recovery/mail")
bp.before_request(lead_elsewhere)


@dataclass(frozen=True, kw_only=True)
class MailCodeStep(Step):
    """Confirm Your Mail."""

    sent: MailCode | None
    """The code that can be typed."""
    problem: str
    """A code, or ""."""
    tries_left: int | None
    """With the problem "wrong_code"."""
    retry_after: int
    """Seconds; with the problem "throttled"."""


@bp.get("")
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def show_mail_code() -> str | Response:
    """Where the code is typed. Looking at it sends none."""
    if current_sign_in().is_mail_confirmed:
        return redirect_to(url_for("recovery.choose_cloud_backup"))
    return _mail_code()


@bp.post("/code")
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def create_mail_code() -> Response | tuple[str, int, dict[str, str]]:
    """Mail a new code; the one before is dead."""
    try:
        send_mail_code()
    except RateLimited as error:
        return _mail_code("throttled", retry_after=error.retry_after), 429, {"Retry-After": str(error.retry_after)}
    return redirect_to(url_for(".show_mail_code"))


@bp.post("")
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def confirm_mail() -> Response | tuple[str, int]:
    """On to the backups, if it is the code; each wrong one counts."""
    typed = "".join(request.form.get("code", "").split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return _mail_code("no_code"), 422
    try:
        MailCode.confirm(current_sign_in().id, typed)
    except WrongCode as error:
        return _mail_code("wrong_code" if error.tries_left else "dead_code", tries_left=error.tries_left), 422
    rate_limits.give_back(rate_limits.MAIL_CODES.of(current_member().id))
    flash("Your mail is confirmed.", "success")
    return redirect_to(url_for("recovery.choose_cloud_backup"))


def _mail_code(problem: str = "", *, tries_left: int | None = None, retry_after: int = 0) -> str:
    sent = MailCode.of(current_sign_in().id)
    own = MailCodeStep(sent=sent, problem=problem, tries_left=tries_left, retry_after=retry_after)
    return step("recovery/_mail_code.html", "Confirm Your Mail", own)
