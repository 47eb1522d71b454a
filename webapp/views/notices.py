"""Notices as banners, where their reader is signed in; the same rows are mailed."""

from collections.abc import Sequence

import flask_login
from flask import Blueprint, Response, abort, render_template, request

from webapp import limits
from webapp.database import db, transaction
from webapp.htmx import nothing_new
from webapp.models import Notice, RestoreRequest, SignIn, User
from webapp.models.notice import VETOED_BY_MAIL
from webapp.security import me, my_sign_in, public, quiet
from webapp.views.home import opening_device
from webapp.views.vetoes import may_veto_here

bp = Blueprint("notices", __name__)


@bp.app_template_global("my_notices")
def my_notices() -> Sequence[Notice]:
    """What the signed-in reader of a page has not put away yet."""
    user = flask_login.current_user
    notices = Notice.shown_to(user) if user.is_authenticated else []
    if notices:
        here = my_sign_in().notice_id  # whoever signs in here knows that they do
        notices = [notice for notice in notices if notice.details.get("sign_in") != here]
    in_portal = (request.blueprint or "").startswith("admin_")  # whose pages list what waits, and count it
    listed = {"restore_requested"} if in_portal else set()
    if request.endpoint == "admin_overview.show_overview":
        listed.add("hold_begun_admin")
    shown = [notice for notice in notices if notice.kind not in listed][: limits.NOTICES_SHOWN]
    if shown and request.endpoint != "notices.show_notices":  # a tab that nobody looks at has shown nothing
        _note_seen(user, my_sign_in(), shown[: limits.NOTICES_SEEN])
    return shown


@bp.app_template_global("notices_version")
def version_of(notices: Sequence[Notice]) -> str:
    """Differs once others are shown."""
    return "-".join(notice.id[:12] for notice in notices) or "none"


@bp.get("/notices")
@public
@quiet
def show_notices() -> str | Response:
    """What an open page asks now and then: a warning has to come while there is time to act. Nothing for a session that
    has ended: what is being typed on that page stays there."""
    if not flask_login.current_user.is_authenticated or request.args.get("version") == version_of(my_notices()):
        return nothing_new()
    return render_template("notices/_notices.html")


@bp.app_template_global("may_dismiss_notice")
def may_dismiss(notice: Notice) -> bool:
    """A password alone takes no warning about a vault away before the member’s devices have shown it."""
    return not (notice.warns_member and me().epoch) or opening_device(me(), my_sign_in()) is not None


@bp.app_template_global("may_veto_notice")
def may_veto(notice: Notice) -> bool:
    """Whether “This wasn’t me” stands beside it: where its mail has it, and this browser is the member’s device."""
    return notice.kind in VETOED_BY_MAIL and may_veto_here()


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


def _note_seen(user: User, found: SignIn, shown: Sequence[Notice]) -> None:
    """A warning that a device of the member shows has arrived, as surely as by mail: a wait that is for it begins."""
    unseen = [notice.id for notice in shown if notice.warns_member and notice.seen_at is None]
    if not unseen or opening_device(user, found) is None:
        return
    user_id = user.id
    with transaction() as session:
        User.locked(user_id)
        for notice_id in unseen:
            session.get_one(Notice, notice_id).is_seen()
            RestoreRequest.notice_arrived(notice_id)
