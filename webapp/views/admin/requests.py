"""Requests for a cloud backup: who waits, what was asked, and the admin’s decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    make_response,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import db, transaction
from webapp.flows.recovery_methods import MethodOff, RecoveryMethod
from webapp.flows.restore_request import IllegalMove, NotYours, State
from webapp.models.approval.approvers import ApprovalStanding, approval_standing, approval_standings, approvers
from webapp.models.approval.conflict_mark import ConflictMark
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.pairing.method_policy import methods_off, other_methods
from webapp.models.recovery.approval import NotApproved, SignedApproval, approve, hours_to_wait, latest_expiry, life_of
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.search import RequestSearch, version_of, waiting_requests, waiting_version
from webapp.views.admin.polls import Poll, next_poll, shows
from webapp.web.access import current_member, quiet, requires_reauthentication
from webapp.web.formatting import ago_changes_at
from webapp.web.htmx import nothing_new, redirect_to
from webapp.web.rendering import Context, render
from webapp.web.wire import ApiError, base64_of, from_base64, json_body, text_of

bp = Blueprint("admin_requests", __name__, url_prefix="/admin")

PENDING_SHOWN = 50
FINGERPRINT = 52


@dataclass(frozen=True, kw_only=True)
class RequestsPage(Context):
    """A page of the requests that are sought, newest first."""

    requests: Sequence[RestoreRequest]
    older: str | None
    """The id to go on from."""
    sought: RequestSearch
    is_mail_read: bool


@dataclass(frozen=True, kw_only=True)
class RequestCount(Context):
    """The number beside Requests, in every room."""

    waiting: int
    poll: Poll


@dataclass(frozen=True, kw_only=True)
class PendingRequests(Context):
    """Who waits for a decision: part of Overview and of Settings."""

    pending: Sequence[RestoreRequest]
    pending_number: int
    """Of all, while only some are listed."""
    standings: Mapping[str, ApprovalStanding]
    """Mine, by the member’s id."""
    allowed: bool
    """Cloud backups as a way back."""
    pending_poll: Poll
    is_mail_read: bool


@dataclass(frozen=True, kw_only=True)
class Decision(Context):
    """One request, and everything an admin needs to decide it."""

    asked: RestoreRequest
    allowed: bool
    """Cloud backups as a way back."""
    poll: Poll | None
    """None once it is closed."""
    sealed: Mapping[str, str]
    """Attributes for the admin’s browser."""
    standing: ApprovalStanding
    mark: ConflictMark | None
    """My latest deed that touched the member’s sign-in."""
    hours: int
    """How long my approval would wait."""
    deciders: Sequence[User]
    """Who else may approve it."""
    others: Sequence[str]
    """Ways back without a cloud backup."""
    is_mail_read: bool
    error: str | None = None
    reason: str = ""
    """As typed."""
    reason_error: str | None = None
    lost: str | None = None
    """Why it was not decided here after all, as a code."""


@bp.get("/requests")
def list_requests() -> str:
    """Every request ever made, newest first: those that are sought."""
    sought = RequestSearch.of(request.args.get("show", ""), request.args.get("person", ""))
    found, older = sought.page(current_member().organisation_id, request.args.get("before", ""))
    page = RequestsPage(requests=found, older=older, sought=sought, is_mail_read=Notice.goes_by_mail())
    return render("admin/requests/index.html", page)


@bp.get("/requests/count")
@quiet
def count_requests() -> str | Response:
    """The number beside the room’s name."""
    version, waiting = waiting_version(current_member().organisation_id)
    if shows(version):
        return nothing_new()
    return render("admin/requests/_request_count.html", RequestCount(waiting=waiting, poll=next_poll(version)))


@bp.get("/requests/pending")
@quiet
def pending_requests() -> str | Response:
    """Who waits for a decision: part of Overview and of Settings."""
    version, _ = waiting_version(current_member().organisation_id)
    if shows(version):
        return nothing_new()
    return render("admin/requests/_pending_requests.html", pending())


@bp.get("/requests/<request_id>")
def show_request(request_id: str) -> str:
    """One request, with everything an admin needs to decide."""
    return render("admin/requests/request.html", _decision(_find(request_id)))


@bp.get("/requests/<request_id>/decision")
@quiet
def show_decision(request_id: str) -> str | Response:
    """How the request stands: the forms while it waits, afterwards what became of it."""
    restore_request = _find(request_id)
    if shows(str(restore_request.version)):
        return nothing_new()
    if restore_request.state == State.REQUESTED and request.args.get("version") == str(restore_request.version):
        answer = make_response(render("admin/requests/_decision_poll.html", _decision(restore_request)))
        answer.headers["HX-Retarget"] = "#decision-poll"
        return answer
    return render("admin/requests/_decision.html", _decision(restore_request))


@bp.post("/requests/<request_id>/approval")
@requires_reauthentication
def create_approval(request_id: str) -> BaseResponse | tuple[str, int]:
    """Keep what the admin’s browser signed, if it approves exactly this request."""
    user_id = _find(request_id).expire_if_due().user_id
    by_id = current_member().id
    given = _given()
    if given is None:
        return _refused(request_id, error="approval_missing")
    try:
        with transaction():
            found, by = _locked(user_id, request_id, by_id)
            approve(found, by, given, current_app.config["ORIGIN"])
            is_usable = found.is_usable
    except NotApproved as error:
        return _refused(request_id, error=error.code)
    except (IllegalMove, NotYours, MethodOff) as error:
        return _too_late(request_id, error)
    if is_usable:
        flash(
            "Approved. The member chooses a PIN, then the backup is restored; you can watch it here.",
            "success",
        )
    else:
        flash("Approved. It counts after the wait, in which the member can stop it; you can watch it here.", "success")
    return redirect_to(url_for("admin_requests.show_request", request_id=request_id))


@bp.post("/requests/<request_id>/key-warning")
def create_key_warning(request_id: str) -> BaseResponse:
    """Note that an admin’s page opened another key file than the key that the request names, and tell the owners."""
    user_id = _find(request_id).expire_if_due().user_id
    by_id = current_member().id
    fingerprint = text_of(json_body(), "fingerprint", FINGERPRINT)
    try:
        with transaction():
            found, by = _locked(user_id, request_id, by_id)
            if not found.is_open or found.named_key in ("", fingerprint):
                raise ApiError(409, "no_warning")
            found.warn_of_key(by, fingerprint)
    except NotYours:
        raise ApiError(403, "forbidden") from None
    return jsonify(fingerprint=fingerprint)


@bp.post("/requests/<request_id>/denial")
def create_denial(request_id: str) -> BaseResponse | tuple[str, int]:
    """Refuse the request, with a reason that the member reads."""
    user_id = _find(request_id).expire_if_due().user_id
    by_id = current_member().id
    reason = " ".join(request.form.get("reason", "").split())
    if not 0 < len(reason) <= limits.REQUEST_REASON_CHARACTERS:
        return _refused(request_id, reason=reason, reason_error="reason_long" if reason else "reason_missing")
    try:
        with transaction():
            found, by = _locked(user_id, request_id, by_id)
            found.deny(by, reason)
    except (IllegalMove, NotYours) as error:
        return _too_late(request_id, error)
    flash("Denied. The member reads your reason, and nothing was released.", "success")
    return redirect_to(url_for("admin_requests.show_request", request_id=request_id))


def pending() -> PendingRequests:
    """Who waits for a decision of this organisation’s admins."""
    waiting = waiting_requests(current_member().organisation_id, PENDING_SHOWN)
    version, number = version_of(current_member().organisation, waiting, PENDING_SHOWN)
    changes = [ago_changes_at(asked.made_at) for asked in waiting] + [asked.expires_at for asked in waiting]
    return PendingRequests(
        pending=waiting,
        pending_number=number,
        standings=approval_standings(current_member(), {asked.user_id for asked in waiting}),
        allowed=RecoveryMethod.CLOUD_BACKUP not in methods_off(current_member().organisation_id),
        pending_poll=next_poll(version, changes),
        is_mail_read=Notice.goes_by_mail(),
    )


def _find(request_id: str) -> RestoreRequest:
    """The organisation’s request with this id. Anything else is a 404."""
    restore_request = RestoreRequest.by_id(request_id)
    if restore_request is None or restore_request.organisation_id != current_member().organisation_id:
        abort(404)
    return restore_request


def _locked(user_id: str, request_id: str, by_id: str) -> tuple[RestoreRequest, User]:
    """The request, its member locked, and whoever decides as they stand now: nobody’s role changes meanwhile."""
    member = User.locked(user_id)
    Organisation.locked(member.organisation_id)
    by = db.session.get_one(User, by_id, populate_existing=True)
    return db.session.get_one(RestoreRequest, request_id), by


def _given() -> SignedApproval | None:
    """What the form brings, where it is there at all and no longer than it may be."""
    form = request.form
    try:
        signature = from_base64(form.get("signature"), 64)
        wrapped = from_base64(form.get("wrapped"))
    except ApiError:
        return None
    exact = form.get("approval", "")
    if len(exact) > limits.SIGNED_TEXT_CHARACTERS or len(wrapped) > limits.SHARE_FILE_BYTES:
        return None
    return SignedApproval(exact, signature, wrapped, form.get("fingerprint", ""))


def _decision(restore_request: RestoreRequest) -> Decision:
    changes = (
        [moment for moment in (restore_request.expires_at, restore_request.usable_at) if moment]
        if restore_request.is_open
        else []
    )
    stands = approval_standing(current_member(), restore_request.user_id)
    return Decision(
        asked=restore_request,
        allowed=RecoveryMethod.CLOUD_BACKUP not in methods_off(restore_request.organisation_id),
        poll=next_poll(str(restore_request.version), changes) if restore_request.is_open else None,
        sealed=_sealed(restore_request, stands),
        standing=stands,
        mark=ConflictMark.newest(current_member().id, restore_request.user_id),
        hours=hours_to_wait(restore_request),
        deciders=[admin for admin in approvers(restore_request.user) if admin.id != current_member().id],
        others=other_methods(restore_request.organisation_id),
        is_mail_read=Notice.goes_by_mail(),
    )


def _sealed(restore_request: RestoreRequest, stands: ApprovalStanding) -> dict[str, str]:
    """Attributes for the admin’s browser: what it opens with the key file, and what it compares. Nothing of it is
    secret from an admin; share A stays sealed to the key."""
    backup = restore_request.backup
    told = {"data-request": restore_request.exact, "data-signature": base64_of(restore_request.signature)}
    told |= {
        "data-admin": current_member().id,
        "data-warning": url_for(".create_key_warning", request_id=restore_request.id),
    }
    if restore_request.is_open and restore_request.decided_by == current_member().id and restore_request.named_key:
        return told  # the digits can be worked out again
    if restore_request.state != State.REQUESTED or backup is None or not stands.may_approve:
        return {}
    return {
        **told,
        "data-share-a": base64_of(backup.share_a),
        "data-organisation": restore_request.organisation_id,
        "data-user": restore_request.user_id,
        "data-email": restore_request.user.email,
        "data-backup": backup.id,
        "data-key": backup.organisation_key.fingerprint,
        "data-file-sha256": backup.file_sha256,
        "data-expires-at": latest_expiry(life_of(restore_request, stands)),
    }


def _refused(
    request_id: str, *, error: str | None = None, reason: str = "", reason_error: str | None = None
) -> tuple[str, int]:
    """The forms again, with a sentence for what was wrong."""
    shown = replace(_decision(_find(request_id)), error=error, reason=reason, reason_error=reason_error)
    return render("admin/requests/_decision.html", shown), 422


def _too_late(request_id: str, error: IllegalMove | NotYours | MethodOff) -> tuple[str, int]:
    """How it was decided instead, and by whom; or why I don’t decide it."""
    restore_request = _find(request_id)
    if isinstance(error, MethodOff):
        return _lost(restore_request, "cloud_off"), 409
    if not current_member().is_admin or not current_member().is_enabled:
        abort(404)
    if not isinstance(error, NotYours):
        return _lost(restore_request, "too_late"), 409
    return _lost(
        restore_request, "own_request" if restore_request.user_id == current_member().id else "marked_request"
    ), 403


def _lost(restore_request: RestoreRequest, code: str) -> str:
    return render("admin/requests/_decision.html", replace(_decision(restore_request), lost=code))
