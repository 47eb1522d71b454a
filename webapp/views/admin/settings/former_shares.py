"""Shares from before a re-wrap: what is kept of them, and putting them back."""

from dataclasses import dataclass, replace

from flask import Blueprint, flash, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.models.backups.rewrap_rollback import Former, NotRolledBack, former_shares, roll_back
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.views.admin.settings.key_summary import find_key
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import Context, render

bp = Blueprint("admin_former_shares", __name__, url_prefix="/admin/keys/<key_id>/former-shares")


@dataclass(frozen=True, kw_only=True)
class FormerShares(Context):
    """What is kept of shares from before a re-wrap."""

    key: OrganisationKey
    shares: Former
    removal: KeyRemoval | None
    """The one that waits for this key."""
    error: str | None = None


@bp.get("")
def show_shares(key_id: str) -> str:
    """How many there are, and what putting them back means."""
    return render("admin/settings/keys/former_shares.html", _kept(key_id))


@bp.post("")
@requires_reauthentication
def create_putting_back(key_id: str) -> BaseResponse | tuple[str, int]:
    """Let them take their former place."""
    by_id = current_member().id
    kept = _kept(key_id)
    try:
        with transaction() as session:
            number = roll_back(session.get_one(User, by_id), key_id)
    except NotRolledBack as error:
        return render("admin/settings/keys/_former_shares.html", replace(kept, error=error.code)), 422
    left = former_shares(key_id).free
    flash(f"Shares that are back in their place: {number}. " + (f"Left: {left}. Go on." if left else ""), "success")
    return redirect_to(
        url_for("admin_former_shares.show_shares", key_id=key_id) if left else url_for("admin_settings.show_settings")
    )


def _kept(key_id: str) -> FormerShares:
    """Of a key of this organisation that opens something."""
    key = find_key(key_id)
    removal = KeyRemoval.about(key.organisation_id, {key_id})
    return FormerShares(key=key, shares=former_shares(key_id), removal=removal)
