"""Activity: what happened, newest first. Events are only ever added."""

from flask import Blueprint, render_template, request

from webapp.models import Event
from webapp.security import me

bp = Blueprint("admin_activity", __name__, url_prefix="/admin")

PAGE = 50
LAST = 2**31 - 1


@bp.get("/activity")
def list_events() -> str:
    """A page of events, from before the one with the number `before`."""
    before = request.args.get("before", type=int)
    events, older = Event.page(me().organisation_id, PAGE, before and min(before, LAST))
    return render_template("admin/activity.html", events=events, older=older)
