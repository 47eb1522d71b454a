"""Notices as banners, where their reader is signed in; the same rows are mailed."""

from collections.abc import Sequence

import flask_login
from flask import Blueprint, Response, abort, render_template, request

from webapp import limits
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.notices.notice import VETOED_BY_MAIL, Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.views.home import opening_device
from webapp.views.recovery.vetoes import may_veto_here
from webapp.web.access import current_member, current_sign_in, public, quiet
from webapp.web.htmx import nothing_new

bp = Blueprint("notices", __name__)

ASKED_BY_PAGES = {"notices.show_notices", "session_states.show_state"}
"""Polls of pages that are open already."""
LISTED_IN_PORTAL = {"restore_requested"}
"""Kinds that the pages of the Admin Portal list, and count, themselves."""
LISTED_ON_OVERVIEW = {"hold_begun_admin"}
RECEIPT_CHARACTERS = 200
"""More than the ids of what is in sight have."""


@bp.app_template_global("my_notices")
def my_notices() -> Sequence[Notice]:
    """What the signed-in reader of a page has not put away yet, but for what the page lists itself."""
    listed: set[str] = set()
    if (request.blueprint or "").startswith("admin_"):
        listed |= LISTED_IN_PORTAL
    if request.endpoint == "admin_overview.show_overview":
        listed |= LISTED_ON_OVERVIEW
    return _in_sight(listed) if flask_login.current_user.is_authenticated else []


@bp.app_template_global("notices_to_receipt")
def to_receipt(notices: Sequence[Notice]) -> Sequence[str]:
    """Ids of those of a page’s notices whose arrival its browser confirms (`create_receipt`). None on a fragment that
    an open page asked for: a tab that nobody looks at has shown nothing."""
    return [] if request.endpoint in ASKED_BY_PAGES else _unseen(notices[: limits.NOTICES_SEEN])


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
    return render_template("account/_notices.html")


@bp.app_template_global("may_dismiss_notice")
def may_dismiss(notice: Notice) -> bool:
    """A password alone takes no warning about a vault away before the member’s devices have shown it."""
    return (
        not (notice.warns_member and current_member().epoch)
        or opening_device(current_member(), current_sign_in()) is not None
    )


@bp.app_template_global("may_veto_notice")
def may_veto(notice: Notice) -> bool:
    """Whether “This wasn’t me” stands beside it: where its mail has it, and this browser is the member’s device."""
    return notice.kind in VETOED_BY_MAIL and may_veto_here()


@bp.post("/notices/receipt")
@quiet
def create_receipt() -> Response:
    """The read receipt that a page’s browser sends for the warnings it shows: a wait that is for one of them begins.

    Taken for what a page would show in sight now, and from a device of the member alone: whatever else is named, or by
    whomever, changes nothing. What is never confirmed here arrives by mail.
    """
    named = request.form.get("seen", "")[:RECEIPT_CHARACTERS].split()
    _note_seen([notice for notice in _on_some_page() if notice.id in named])
    return nothing_new()


@bp.post("/notices/<notice_id>/dismissal")
def create_dismissal(notice_id: str) -> str:
    """Put a notice and what it superseded away; answers with what is left. Again is no mistake.

    Who puts it away has seen it, whether or not the receipt of the page came.
    """
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.user_id != current_member().id:
        abort(404)
    if not may_dismiss(notice):
        abort(403)
    _note_seen([shown for shown in _on_some_page() if shown.id == notice_id])
    with transaction() as session:
        session.get_one(Notice, notice_id).dismiss()
    return render_template("account/_notices.html")


def _in_sight(listed: set[str]) -> Sequence[Notice]:
    notices = Notice.shown_to(current_member(), current_sign_in().notice_id)
    return Notice.in_sight([notice for notice in notices if notice.kind not in listed])


def _on_some_page() -> Sequence[Notice]:
    """What the reader has in sight on the page that shows the fewest notices beside: those of no other page come
    before."""
    return _in_sight(LISTED_IN_PORTAL | LISTED_ON_OVERVIEW)[: limits.NOTICES_SEEN]


def _unseen(shown: Sequence[Notice]) -> Sequence[str]:
    """Ids of the warnings among them that no device of the member has shown yet; none where this browser is not one."""
    unseen = [notice.id for notice in shown if notice.warns_member and notice.seen_at is None]
    return unseen if unseen and opening_device(current_member(), current_sign_in()) else []


def _note_seen(shown: Sequence[Notice]) -> None:
    """A warning that a device of the member shows has arrived, as surely as by mail."""
    unseen = _unseen(shown)
    user_id = current_member().id
    if not unseen:
        return
    with transaction() as session:
        User.locked(user_id)
        for notice_id in unseen:
            session.get_one(Notice, notice_id).is_seen()
            RestoreRequest.notice_arrived(notice_id)
