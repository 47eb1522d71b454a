"""Shares from before a re-wrap: what is kept of them, and putting them back."""

from typing import Any

from flask import Blueprint, flash, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import KeyRemoval, User
from webapp.models.putting_back import NotPutBack, former_shares, put_back
from webapp.security import asks_again, me
from webapp.views.admin.key_facts import find_key

bp = Blueprint("admin_former_shares", __name__, url_prefix="/admin/keys/<key_id>/former-shares")


@bp.get("")
def show_shares(key_id: str) -> str:
    """How many there are, and what putting them back means."""
    return render_template("admin/former_shares.html", **_facts(key_id))


@bp.post("")
@asks_again
def create_putting_back(key_id: str) -> BaseResponse | tuple[str, int]:
    """Let them take their former place."""
    by_id, facts = me().id, _facts(key_id)
    try:
        with transaction() as session:
            number = put_back(session.get_one(User, by_id), key_id)
    except NotPutBack as error:
        return render_template("admin/_former_shares.html", **{**facts, "error": error.code}), 422
    left = former_shares(key_id).free
    flash(f"Shares that are back in their place: {number}. " + (f"Left: {left}. Go on." if left else ""), "success")
    return redirect_to(
        url_for("admin_former_shares.show_shares", key_id=key_id) if left else url_for("admin_settings.show_settings")
    )


def _facts(key_id: str) -> dict[str, Any]:
    """What the fragment needs: of a key of this organisation that opens something."""
    key = find_key(key_id)
    removal = KeyRemoval.about(key.organisation_id, {key_id})
    return {"key": key, "shares": former_shares(key_id), "removal": removal, "error": None}
