"""Waiting time: how long an approval waits that no other admin could have given. Owners change it, admins see it."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import Role, User
from webapp.models.policy import PolicyNotChanged
from webapp.models.waiting_time import change_wait
from webapp.security import asks_again, me
from webapp.views.admin.figures import whole_number

bp = Blueprint("admin_waiting_time", __name__, url_prefix="/admin")


@bp.post("/waiting-time")
@asks_again
def change_waiting_time() -> BaseResponse | tuple[str, int]:
    """Set it, in whole hours."""
    by_id, typed = me().id, request.form.get("hours", "").strip()
    try:
        with transaction() as session:
            change_wait(session.get_one(User, by_id), whole_number(typed) or 0)
    except PolicyNotChanged as error:
        status = 403 if error.code == "wait_owner" else 422
        return render_template("admin/_waiting_time.html", **wait_facts(hours=typed, wait_error=error.code)), status
    flash("Saved. Every other admin is told.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


def wait_facts(**more: Any) -> dict[str, Any]:
    """What the fragment needs."""
    hours = me().organisation.approval_wait_hours
    least, _, most = limits.APPROVAL_WAIT_HOURS
    may_change = me().role == Role.OWNER
    return {"hours": hours, "least": least, "most": most, "may_change": may_change, "wait_error": None, **more}
