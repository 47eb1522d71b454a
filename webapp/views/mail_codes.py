"""Confirm Your Mail: a code from the mailbox before a cloud backup is asked for. Mail is never the locked door: it can
be left out, and the admin is told that it was."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from webapp.htmx import redirect_to
from webapp.models import MailCode, Way, WrongCode
from webapp.security import my_sign_in
from webapp.throttle import Throttled
from webapp.views.recovery import lead_elsewhere, send_mail_code, step
from webapp.views.switched_off import of_way

bp = Blueprint("mail_codes", __name__, url_prefix="/recovery/mail")
bp.before_request(lead_elsewhere)


@bp.get("")
@of_way(Way.CLOUD_BACKUP)
def show_mail_code() -> str | Response:
    """Where the code is typed. Looking at it sends none."""
    if my_sign_in().is_mail_confirmed:
        return redirect_to(url_for("recovery.choose_cloud_backup"))
    return _page()


@bp.post("/code")
@of_way(Way.CLOUD_BACKUP)
def create_mail_code() -> Response | tuple[str, int, dict[str, str]]:
    """Mail a new code; the one before is dead."""
    try:
        send_mail_code()
    except Throttled as error:
        return _page("throttled", retry_after=error.retry_after), 429, {"Retry-After": str(error.retry_after)}
    return redirect_to(url_for(".show_mail_code"))


@bp.post("")
@of_way(Way.CLOUD_BACKUP)
def confirm_mail() -> Response | tuple[str, int]:
    """On to the backups, if it is the code; each wrong one counts."""
    typed = "".join(request.form.get("code", "").split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return _page("no_code"), 422
    try:
        MailCode.confirm(my_sign_in().id, typed)
    except WrongCode as error:
        return _page("wrong_code" if error.tries_left else "dead_code", tries_left=error.tries_left), 422
    flash("Your mail is confirmed.", "success")
    return redirect_to(url_for("recovery.choose_cloud_backup"))


def _page(problem: str = "", **facts: Any) -> str:
    sent = MailCode.of(my_sign_in().id)
    return step("recovery/_mail_code.html", "Confirm Your Mail", sent=sent, problem=problem, **facts)
