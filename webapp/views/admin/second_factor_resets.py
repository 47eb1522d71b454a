"""Resetting somebody’s second factor, when their phone and their one-time codes are gone."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import User
from webapp.models.about_person import AfterReset
from webapp.models.password_reset import NotReset
from webapp.models.second_factor_reset import may_reset_factor, reset_factor
from webapp.security import asks_again, me
from webapp.views.admin.member_facts import find_person

bp = Blueprint("admin_second_factor_resets", __name__, url_prefix="/admin/users/<user_id>/second-factor-reset")

TYPED_WRONG = {"reason_long", "reset_reason_missing"}


@bp.get("")
def new_reset(user_id: str) -> str:
    """What it would do, and why it is done."""
    return render_template("admin/second_factor_reset.html", **_facts(find_person(user_id)))


@bp.post("")
@asks_again
def create_reset(user_id: str) -> BaseResponse | tuple[str, int]:
    """Turn it off, and tell the member who did it and why."""
    person, by_id = find_person(user_id), me().id
    reason = " ".join(request.form.get("reason", "").split())
    try:
        with transaction() as session:
            reset_factor(User.locked(person.id), session.get_one(User, by_id), reason)
    except NotReset as error:
        facts = {"reason": reason, "reason_error": error.code} if error.code in TYPED_WRONG else {"refusal": error.code}
        status = 422 if error.code in TYPED_WRONG else 409
        return render_template("admin/_second_factor_reset.html", **_facts(find_person(user_id), **facts)), status
    flash("The second factor is reset. The password alone signs in until a new one is set up.", "success")
    return redirect_to(url_for("admin_people.show_person", user_id=user_id))


def _facts(person: User, **more: Any) -> dict[str, Any]:
    return {
        "person": person,
        "after": AfterReset.by(me(), person),
        "refusal": may_reset_factor(me(), person),
        "reason": "",
        "reason_error": None,
        **more,
    }
