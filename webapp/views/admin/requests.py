"""Requests for a cloud backup: who waits, what was asked, and the admin’s decision."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import db, transaction
from webapp.flows.restore_request import IllegalMove, NotYours, State
from webapp.htmx import nothing_new, redirect_to
from webapp.models import Mark, Notice, Organisation, RestoreRequest, User, Way, WayOff
from webapp.models.approvers import approvers, standing, standings
from webapp.models.restore_approval import NotApproved, SignedApproval, approve, hours_to_wait, latest_expiry, life_of
from webapp.models.sought_requests import SoughtRequests, waiting_version
from webapp.models.way_policy import other_ways, ways_off
from webapp.moments import ago_changes_at
from webapp.octets import Refusal, base64_of, from_base64
from webapp.security import asks_again, me, quiet
from webapp.views.admin.polls import next_poll, shows

bp = Blueprint("admin_requests", __name__, url_prefix="/admin")

PENDING_SHOWN = 50


@bp.get("/requests")
def list_requests() -> str:
    """Every request ever made, newest first: those that are sought."""
    sought = SoughtRequests.of(request.args.get("show", ""), request.args.get("person", ""))
    found, older = sought.page(me().organisation_id, request.args.get("before", ""))
    facts = {"sought": sought, "is_mail_read": Notice.goes_by_mail()}
    return render_template("admin/requests.html", requests=found, older=older, **facts)


@bp.get("/requests/count")
@quiet
def count_requests() -> str | Response:
    """The number beside the room’s name."""
    version, waiting = waiting_version(me().organisation_id)
    if shows(version):
        return nothing_new()
    return render_template("admin/_request_count.html", waiting=waiting, poll=next_poll(version))


@bp.get("/requests/pending")
@quiet
def pending_requests() -> str | Response:
    """Who waits for a decision: part of Overview and of Settings."""
    version, _ = waiting_version(me().organisation_id)
    if shows(version):
        return nothing_new()
    return render_template("admin/_pending_requests.html", **pending())


@bp.get("/requests/<request_id>")
def show_request(request_id: str) -> str:
    """One request, with everything an admin needs to decide."""
    return render_template("admin/request.html", **_facts(_find(request_id)))


@bp.get("/requests/<request_id>/decision")
@quiet
def show_decision(request_id: str) -> str | Response:
    """How the request stands: the forms while it waits, afterwards what became of it."""
    asked = _find(request_id)
    if shows(str(asked.version)):
        return nothing_new()
    if asked.state == State.REQUESTED and request.args.get("version") == str(asked.version):
        answer = make_response(render_template("admin/_decision_poll.html", **_facts(asked)))
        answer.headers["HX-Retarget"] = "#decision-poll"
        return answer
    return render_template("admin/_decision.html", **_facts(asked))


@bp.post("/requests/<request_id>/approval")
@asks_again
def create_approval(request_id: str) -> BaseResponse | tuple[str, int]:
    """Keep what the admin’s browser signed, if it approves exactly this request."""
    user_id, by_id = _find(request_id).user_id, me().id
    given = _given()
    if given is None:
        return _refused(request_id, "approval_missing")
    try:
        with transaction():
            found, by = _locked(user_id, request_id, by_id)
            approve(found, by, given, current_app.config["ORIGIN"])
    except NotApproved as error:
        return _refused(request_id, error.code)
    except (IllegalMove, NotYours, WayOff) as error:
        return _too_late(request_id, error)
    if _find(request_id).is_usable:
        flash(
            "Approved. The member chooses a PIN, then the backup is restored; you can watch it here.",
            "success",
        )
    else:
        flash("Approved. It counts after the wait, in which the member can stop it; you can watch it here.", "success")
    return redirect_to(url_for("admin_requests.show_request", request_id=request_id))


@bp.post("/requests/<request_id>/denial")
def create_denial(request_id: str) -> BaseResponse | tuple[str, int]:
    """Refuse the request, with a reason that the member reads."""
    user_id, by_id = _find(request_id).user_id, me().id
    reason = " ".join(request.form.get("reason", "").split())
    if not 0 < len(reason) <= limits.REQUEST_REASON_CHARACTERS:
        return _refused(request_id, None, reason=reason, reason_error="reason_long" if reason else "reason_missing")
    try:
        with transaction():
            found, by = _locked(user_id, request_id, by_id)
            found.deny(by, reason)
    except (IllegalMove, NotYours) as error:
        return _too_late(request_id, error)
    flash("Denied. The member reads your reason, and nothing was released.", "success")
    return redirect_to(url_for("admin_requests.show_request", request_id=request_id))


def pending() -> dict[str, Any]:
    """What the fragment of waiting requests needs."""
    version, number = waiting_version(me().organisation_id)
    waiting = RestoreRequest.waiting(me().organisation_id, PENDING_SHOWN)
    changes = [ago_changes_at(asked.made_at) for asked in waiting] + [asked.expires_at for asked in waiting]
    return {
        "pending": waiting,
        "pending_number": number,
        "standings": standings(me(), {asked.user_id for asked in waiting}),
        "allowed": Way.CLOUD_BACKUP not in ways_off(me().organisation_id),
        "pending_poll": next_poll(version, changes),
        "is_mail_read": Notice.goes_by_mail(),
    }


def _find(request_id: str) -> RestoreRequest:
    """The organisation’s request with this id, expired if its time is up. Anything else is a 404."""
    found = RestoreRequest.by_id(request_id)
    if found is None or found.organisation_id != me().organisation_id:
        abort(404)
    return found


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
        signature, wrapped = from_base64(form.get("signature"), 64), from_base64(form.get("wrapped"))
    except Refusal:
        return None
    exact = form.get("approval", "")
    if len(exact) > limits.SIGNED_TEXT_CHARACTERS or len(wrapped) > limits.SHARE_FILE_BYTES:
        return None
    return SignedApproval(exact, signature, wrapped, form.get("fingerprint", ""))


def _facts(asked: RestoreRequest, **more: Any) -> dict[str, Any]:
    changes = [moment for moment in (asked.expires_at, asked.usable_at) if moment] if asked.is_open else []
    poll = next_poll(str(asked.version), changes) if asked.is_open else None
    facts = {"asked": asked, "poll": poll, "error": None, "reason": "", "reason_error": None, "lost": None}
    return {**facts, **_standing(asked), "sealed": _sealed(asked), "is_mail_read": Notice.goes_by_mail(), **more}


def _standing(asked: RestoreRequest) -> dict[str, Any]:
    """Whether I may approve it, why not, and who else may."""
    return {
        "standing": standing(me(), asked.user_id),
        "allowed": Way.CLOUD_BACKUP not in ways_off(asked.organisation_id),
        "mark": Mark.newest(me().id, asked.user_id),
        "hours": hours_to_wait(asked),
        "deciders": [admin for admin in approvers(asked.user) if admin.id != me().id],
        "others": other_ways(asked.organisation_id),
    }


def _sealed(asked: RestoreRequest) -> dict[str, str]:
    """Attributes for the admin’s browser: what it opens with the key file, and what it compares. Nothing of it is
    secret from an admin; share A stays sealed to the key."""
    backup = asked.backup
    if asked.state != State.REQUESTED or backup is None or not standing(me(), asked.user_id).may_approve:
        return {}
    return {
        "data-request": asked.exact,
        "data-signature": base64_of(asked.signature),
        "data-share-a": base64_of(backup.share_a),
        "data-organisation": asked.organisation_id,
        "data-user": asked.user_id,
        "data-email": asked.user.email,
        "data-backup": backup.id,
        "data-file-sha256": backup.file_sha256,
        "data-admin": me().id,
        "data-expires-at": latest_expiry(life_of(asked, me())),
    }


def _refused(request_id: str, code: str | None, **more: Any) -> tuple[str, int]:
    """The forms again, with a sentence for what was wrong."""
    return render_template("admin/_decision.html", **_facts(_find(request_id), error=code, **more)), 422


def _too_late(request_id: str, error: IllegalMove | NotYours | WayOff) -> tuple[str, int]:
    """How it was decided instead, and by whom; or why I don’t decide it."""
    asked = _find(request_id)
    if isinstance(error, WayOff):
        return render_template("admin/_decision.html", **_facts(asked, lost="cloud_off")), 409
    if not me().is_admin or not me().is_enabled:
        abort(404)
    if not isinstance(error, NotYours):
        return render_template("admin/_decision.html", **_facts(asked, lost="too_late")), 409
    lost = "own_request" if asked.user_id == me().id else "marked_request"
    return render_template("admin/_decision.html", **_facts(asked, lost=lost)), 403
