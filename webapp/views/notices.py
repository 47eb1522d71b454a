"""Notices as banners, where their reader is signed in; the same rows are mailed."""

from collections.abc import Sequence

import flask_login
from flask import Blueprint, abort, render_template, request

from webapp.database import db, transaction
from webapp.models import Notice
from webapp.security import me, my_sign_in
from webapp.views.home import opening_device

bp = Blueprint("notices", __name__)


@bp.app_template_global("my_notices")
def my_notices() -> Sequence[Notice]:
    """What the signed-in reader of a page has not put away yet."""
    user = flask_login.current_user
    notices = Notice.shown_to(user) if user.is_authenticated else []
    in_portal = (request.blueprint or "").startswith("admin_")  # whose pages list what waits, and count it
    return [notice for notice in notices if not (in_portal and notice.kind == "restore_requested")]


@bp.app_template_global("may_dismiss_notice")
def may_dismiss(notice: Notice) -> bool:
    """A password alone takes no warning about a vault away before the member’s devices have shown it."""
    return not (notice.warns_member and me().epoch) or opening_device(me(), my_sign_in()) is not None


@bp.post("/notices/<notice_id>/dismissal")
def create_dismissal(notice_id: str) -> str:
    """Put a notice and what it superseded away; answers with what is left. Again is no mistake."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.user_id != me().id:
        abort(404)
    if not may_dismiss(notice):
        abort(403)
    with transaction() as session:
        session.get_one(Notice, notice_id).dismiss()
    return render_template("notices/_notices.html")
