"""Notices as banners, where their reader is signed in; the same rows are mailed."""

from collections.abc import Sequence

import flask_login
from flask import Blueprint, abort, render_template, request

from webapp.database import db, transaction
from webapp.models import Notice
from webapp.security import me

bp = Blueprint("notices", __name__)


@bp.app_template_global("my_notices")
def my_notices() -> Sequence[Notice]:
    """What the signed-in reader of a page has not put away yet."""
    user = flask_login.current_user
    notices = Notice.shown_to(user) if user.is_authenticated else []
    in_portal = (request.blueprint or "").startswith("admin_")  # whose pages list what waits, and count it
    return [notice for notice in notices if not (in_portal and notice.kind == "restore_requested")]


@bp.post("/notices/<notice_id>/dismissal")
def create_dismissal(notice_id: str) -> str:
    """Put a notice and what it superseded away; answers with what is left. Again is no mistake."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.user_id != me().id:
        abort(404)
    with transaction() as session:
        session.get_one(Notice, notice_id).dismiss()
    return render_template("notices/_notices.html")
