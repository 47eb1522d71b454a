"""Which ways back are allowed. Owners change it, admins see it."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import EVERY_WAY, Role, User
from webapp.models.policy import PolicyNotChanged
from webapp.models.way_policy import change_ways, ways_off
from webapp.security import asks_again, me

bp = Blueprint("admin_ways", __name__, url_prefix="/admin")


@bp.post("/ways")
@asks_again
def change_allowed() -> BaseResponse | tuple[str, int]:
    """Allow the ways that are ticked, and no other."""
    by_id, allowed = me().id, set(request.form.getlist("way"))
    try:
        with transaction() as session:
            change_ways(session.get_one(User, by_id), allowed)
    except PolicyNotChanged as error:
        status = 403 if error.code == "ways_owner" else 422
        facts = way_facts(ways_error=error.code, allowed_ways=allowed & set(EVERY_WAY))
        return render_template("admin/_ways.html", **facts), status
    flash("Saved. Every member and every other admin is told.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


def way_facts(**more: Any) -> dict[str, Any]:
    """What the fragment needs."""
    allowed = set(EVERY_WAY) - ways_off(me().organisation_id)
    facts = {"allowed_ways": allowed, "ways_error": None}
    return {**facts, "may_change_ways": me().role == Role.OWNER, **more}
