"""Retention: which cloud backups of a member stay. Owners change it, admins see it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import transaction
from webapp.models.accounts.policies import RETENTION, PolicyNotChanged, change
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.vaults.retention import Retention
from webapp.views.admin.settings.form_edits import shown, untouched
from webapp.views.admin.settings.numbers import whole_number
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import Context, render

bp = Blueprint("admin_retention", __name__, url_prefix="/admin")

BOUNDS = {"last": limits.BACKUPS_KEPT, "days": limits.BACKUP_DAYS_KEPT, "weeks": limits.BACKUP_WEEKS_KEPT}


@dataclass(frozen=True, kw_only=True)
class RetentionSettings(Context):
    """Which cloud backups of a member stay: `last`, `days`, `weeks`."""

    kept: Mapping[str, int | str]
    """As set or typed."""
    kept_shown: Mapping[str, int | str]
    """The same, as the form began."""
    sure: int
    """None younger than so many days goes."""
    may_change_retention: bool
    bounds: Mapping[str, tuple[int, int, int]]
    retention_error: str | None = None
    wrong: Collection[str] = ()
    """Which of them."""


@bp.post("/retention")
@requires_reauthentication
def set_retention() -> BaseResponse | tuple[str, int]:
    """Set it, in whole numbers, as far as it was edited."""
    by_id = current_member().id
    typed = {name: request.form.get(name, "").strip() for name in BOUNDS}
    read = {name: whole_number(text) for name, text in typed.items()}
    numbers = {name: -1 if number is None else number for name, number in read.items()}
    try:
        with transaction() as session:
            by = session.get_one(User, by_id)
            stands = asdict(Retention.of(Organisation.locked(by.organisation_id)))
            change(RETENTION, by, Retention(**numbers | {name: stands[name] for name in untouched(typed)}))
    except PolicyNotChanged as error:
        wrong = [name for name, (least, _, most) in BOUNDS.items() if not least <= numbers[name] <= most]
        present = retention()
        began = {**present.kept_shown, **shown(typed)}
        refused = replace(present, kept=typed, kept_shown=began, retention_error=error.code, wrong=wrong)
        return render("admin/settings/_retention.html", refused), 403 if error.code == RETENTION.owner else 422
    flash("Saved. It is applied when a member’s next backup is made. Every other admin is told.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


def retention() -> RetentionSettings:
    """As it is set."""
    rule = Retention.of(current_member().organisation)
    kept = {"last": rule.last, "days": rule.days, "weeks": rule.weeks}
    return RetentionSettings(
        kept=kept,
        kept_shown=kept,
        sure=limits.BACKUP_SAFE_AGE.days,
        may_change_retention=current_member().role == Role.OWNER,
        bounds=BOUNDS,
    )
