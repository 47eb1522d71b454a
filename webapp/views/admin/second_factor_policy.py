"""Who has to have a second factor. Owners decide it, admins see it."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import Role, SecondFactor, User
from webapp.models.policy import PolicyNotChanged
from webapp.models.second_factor_policy import FactorPolicy, change_policy
from webapp.security import asks_again, me

bp = Blueprint("admin_second_factor_policy", __name__, url_prefix="/admin")


@bp.post("/second-factor-policy")
@asks_again
def change() -> BaseResponse | tuple[str, int]:
    """Set it."""
    by_id, typed = me().id, request.form.get("policy", "")
    try:
        with transaction() as session:
            change_policy(session.get_one(User, by_id), typed)
    except PolicyNotChanged as error:
        status = 403 if error.code == "factor_policy_owner" else 422
        page = render_template(
            "admin/_second_factor_policy.html", **factor_policy_facts(factor_policy_error=error.code)
        )
        return page, status
    flash("Saved. Every other admin is told.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


@bp.app_template_global("lacks_second_factor")
def lacks_second_factor() -> bool:
    """Whether to recommend one to the admin who reads."""
    return SecondFactor.of(me().id) is None


def factor_policy_facts(**more: Any) -> dict[str, Any]:
    """What the fragment needs."""
    organisation = me().organisation
    return {
        "factor_policy": FactorPolicy(organisation.second_factor_policy),
        "factor_count": len(SecondFactor.those_of(organisation.id)),
        "may_change_factor_policy": me().role == Role.OWNER,
        "factor_policy_error": None,
        **more,
    }
