"""Retention: which cloud backups of a member stay. Owners change it, admins see it."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import Role, User
from webapp.models.policy import PolicyNotChanged
from webapp.models.retention import Retention, change_retention
from webapp.security import asks_again, me
from webapp.views.admin.figures import whole_number

bp = Blueprint("admin_retention", __name__, url_prefix="/admin")

BOUNDS = {"last": limits.BACKUPS_KEPT, "days": limits.BACKUP_DAYS_KEPT, "weeks": limits.BACKUP_WEEKS_KEPT}


@bp.post("/retention")
@asks_again
def set_retention() -> BaseResponse | tuple[str, int]:
    """Set it, in whole numbers."""
    by_id, typed = me().id, {name: request.form.get(name, "").strip() for name in BOUNDS}
    read = {name: whole_number(text) for name, text in typed.items()}
    numbers = {name: -1 if number is None else number for name, number in read.items()}
    try:
        with transaction() as session:
            change_retention(session.get_one(User, by_id), Retention(**numbers))
    except PolicyNotChanged as error:
        wrong = [name for name, (least, _, most) in BOUNDS.items() if not least <= numbers[name] <= most]
        facts = retention_facts(kept=typed, retention_error=error.code, wrong=wrong)
        return render_template("admin/_retention.html", **facts), 403 if error.code == "retention_owner" else 422
    flash("Saved. It is applied when a member’s next backup is made. Every other admin is told.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


def retention_facts(**more: Any) -> dict[str, Any]:
    """What the fragment needs."""
    rule = Retention.of(me().organisation)
    kept = {"last": rule.last, "days": rule.days, "weeks": rule.weeks}
    sure = limits.BACKUP_SAFE_AGE.days
    may_change = me().role == Role.OWNER
    return {
        "kept": kept, "bounds": BOUNDS, "sure": sure, "may_change_retention": may_change,
        "retention_error": None, "wrong": [], **more,
    }  # fmt: skip
