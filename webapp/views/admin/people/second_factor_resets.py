"""Resetting somebody’s second factor, when their phone and their one-time codes are gone."""

from dataclasses import dataclass, replace

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.models.accounts.password_reset import NotReset
from webapp.models.accounts.second_factor_reset import may_reset_factor, reset_factor
from webapp.models.directory.user import User
from webapp.models.reports.person_summary import AfterReset
from webapp.views.admin.people.summary import OnePerson, find_person
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import render

bp = Blueprint("admin_second_factor_resets", __name__, url_prefix="/admin/users/<user_id>/second-factor-reset")

TYPED_WRONG = {"reason_long", "reset_reason_missing"}


@dataclass(frozen=True, kw_only=True)
class FactorReset(OnePerson):
    """Resetting a person’s second factor."""

    after: AfterReset
    refusal: str | None
    """Why I can’t reset it, as a code."""
    reason: str = ""
    """As typed."""
    reason_error: str | None = None


@bp.get("")
def new_reset(user_id: str) -> str:
    """What it would do, and why it is done."""
    return render("admin/people/second_factor_reset.html", _reset(find_person(user_id)))


@bp.post("")
@requires_reauthentication
def create_reset(user_id: str) -> BaseResponse | tuple[str, int]:
    """Turn it off, and tell the member who did it and why."""
    person = find_person(user_id)
    by_id = current_member().id
    reason = " ".join(request.form.get("reason", "").split())
    try:
        with transaction() as session:
            reset_factor(User.locked(person.id), session.get_one(User, by_id), reason)
    except NotReset as error:
        reset = _reset(find_person(user_id))
        if error.code in TYPED_WRONG:
            wrong = replace(reset, reason=reason, reason_error=error.code)
            return render("admin/people/_second_factor_reset.html", wrong), 422
        return render("admin/people/_second_factor_reset.html", replace(reset, refusal=error.code)), 409
    flash("The second factor is reset. The password alone signs in until a new one is set up.", "success")
    return redirect_to(url_for("admin_people.show_person", user_id=user_id))


def _reset(person: User) -> FactorReset:
    return FactorReset(
        person=person, after=AfterReset.by(current_member(), person), refusal=may_reset_factor(current_member(), person)
    )
