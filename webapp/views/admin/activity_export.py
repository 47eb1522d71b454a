"""Taking all activity along, in a file that shows whether anything in it was changed."""

import threading
from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, render_template, request, stream_with_context

from webapp.audit.writing import FORMATS, export
from webapp.clock import now
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.journal.audit_key import AuditKey
from webapp.models.journal.event import Event
from webapp.models.journal.listing import entries
from webapp.web.access import current_member

bp = Blueprint("admin_audit", __name__, url_prefix="/admin/activity")

PIECE = 64 * 1024
NAMES = {"jsonl": "JSON Lines", "csv": "CSV"}
AT_ONCE = 2
"""How many exports a process sends at a time: each occupies a thread for as long as whoever reads it likes."""
_turns = threading.BoundedSemaphore(AT_ONCE)


@bp.before_request
def make_key() -> None:
    """The organisation has a key from the first visit to its exports on: it is made before anything here is drawn."""
    if request.method == "GET":
        AuditKey.of(current_member().organisation_id)


@bp.get("/export")
def show_export() -> str:
    """What there is to take along, and how it is checked."""
    return _export_page()


@bp.post("/exports")
def create_export() -> Response | tuple[str, int]:
    """The whole chain, a piece at a time. That it was exported is recorded first, and so part of it."""
    format = request.form.get("format", "")
    if format not in FORMATS:
        return _export_page(error="no_format"), 422
    if not _turns.acquire(blocking=False):
        return _export_page(error="others_export"), 503
    try:
        answer = _export(current_member().organisation_id, current_member().id, format)
    except BaseException:
        _turns.release()
        raise
    answer.call_on_close(_turns.release)
    return answer


@bp.get("/public-key")
def show_public_key() -> Response:
    """The key that checks exports."""
    return _attachment(
        AuditKey.of(current_member().organisation_id).pem, "application/x-pem-file", "activity-public-key.pem"
    )


@bp.get("/head")
def show_head() -> Response:
    """How the chain ends now, signed: a later export has to go on from there."""
    line = AuditKey.head(current_member().organisation_id).line
    return _attachment(f"{line}\n", "application/json", f"activity-head-{now():%Y-%m-%d}.json")


def _export(organisation_id: str, by_id: str, format: str) -> Response:
    AuditKey.of(organisation_id).require()
    with transaction() as session:
        by = session.get_one(User, by_id)
        Event.append("activity.exported", organisation_id, actor=by, format=NAMES[format])
    head = AuditKey.head(organisation_id)
    lines = export(format, entries(organisation_id, head.count), head)
    return _attachment(stream_with_context(_pieces(lines)), FORMATS[format], f"activity-{now():%Y-%m-%d}.{format}")


def _export_page(error: str | None = None) -> str:
    organisation_id = current_member().organisation_id
    key = AuditKey.of(organisation_id)
    return render_template("admin/activity/export.html", key=key, head=AuditKey.head(organisation_id), error=error)


def _attachment(body: str | Iterable[str], kind: str, name: str) -> Response:
    return Response(body, content_type=kind, headers={"Content-Disposition": f"attachment; filename={name}"})


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Lines in larger pieces: each piece is handed from thread to thread."""
    piece = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= PIECE:
            yield "".join(piece)
            piece = []
            size = 0
    yield "".join(piece)
