"""Which ways back are allowed. Owners change it, admins see it."""

from collections.abc import Set
from dataclasses import dataclass, replace

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.flows.recovery_methods import EVERY_METHOD
from webapp.models.accounts.policies import METHODS, PolicyNotChanged, allow_methods
from webapp.models.directory.user import Role, User
from webapp.models.pairing.method_policy import methods_off
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import Context, render

bp = Blueprint("admin_ways", __name__, url_prefix="/admin")


@dataclass(frozen=True, kw_only=True)
class Ways(Context):
    """Which ways back are allowed."""

    allowed_ways: Set[str]
    """As set or ticked."""
    may_change_ways: bool
    ways_error: str | None = None


@bp.post("/ways")
@requires_reauthentication
def change_allowed() -> BaseResponse | tuple[str, int]:
    """Allow the ways that are ticked, and no other."""
    by_id = current_member().id
    allowed = set(request.form.getlist("way"))
    try:
        with transaction() as session:
            allow_methods(session.get_one(User, by_id), allowed)
    except PolicyNotChanged as error:
        status = 403 if error.code == METHODS.owner else 422
        refused = replace(ways(), ways_error=error.code, allowed_ways=allowed & set(EVERY_METHOD))
        return render("admin/settings/_recovery_methods.html", refused), status
    flash("Saved. Every member and every other admin is told.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


def ways() -> Ways:
    """As they are set."""
    allowed = set(EVERY_METHOD) - methods_off(current_member().organisation_id)
    return Ways(allowed_ways=allowed, may_change_ways=current_member().role == Role.OWNER)
