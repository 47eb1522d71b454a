"""A restore request as its member sees it: asked, waited for, withdrawn, ended. Another’s request does not exist."""

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import IllegalMove, State
from webapp.models.approval.hold import OnHold
from webapp.models.backups.key_removal import carry_out_due
from webapp.models.directory.user import User
from webapp.models.recovery.reasons import reason_at
from webapp.models.recovery.restore_request import AlreadyOpen, RestoreRequest
from webapp.models.recovery.submission import NotAsked, SignedRequest
from webapp.models.signin.session import SignIn
from webapp.ops.mail import contact_link
from webapp.views.recovery.method_policy import requires_method
from webapp.views.recovery.start import Step, cloud_backups, is_here, proved_device, step
from webapp.web import rate_limits
from webapp.web.access import address, browser_label, current_member, current_sign_in, quiet, require_session
from webapp.web.htmx import instead_of, nothing_new, redirect_to
from webapp.web.polling import Pace
from webapp.web.rate_limits import RESTORE_REQUESTS, RateLimited
from webapp.web.wire import ApiError, from_base64

bp = Blueprint("restore_requests", __name__, url_prefix="/recovery/requests")

STEPS = {
    "waiting": ("recovery/restore_requests/_waiting.html", "Waiting for Approval"),
    "new_pin": ("recovery/restore_requests/_new_pin.html", "Create a New PIN"),
    "denied": ("recovery/restore_requests/_denied.html", "Request Denied"),
    "cancelled": ("recovery/restore_requests/_cancelled.html", "Request Cancelled"),
    "expired": ("recovery/restore_requests/_expired.html", "Request Expired"),
    "stopped": ("recovery/restore_requests/_stopped.html", "Request Stopped"),
    "completed": ("recovery/restore_requests/_completed.html", "Recovery Completed"),
}
"""The fragment and the title of each step."""


@dataclass(frozen=True, kw_only=True)
class RequestStep(Step):
    """How a request stands: waiting, approved, or what came of it."""

    asked: RestoreRequest
    pace: Pace
    """How often a page that waits asks."""
    letter: str
    """The address of a mail about it to the organisation’s contact, or ""."""


@bp.post("")
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def create_request() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Ask for a backup to be released to this browser, by what it made and signed."""
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    organisation_id = current_member().organisation_id
    try:
        asking = _asking()
        earlier = asking.earlier(user_id)
        if earlier:  # sent again because the answer got lost
            return redirect_to(url_for(".show_request", request_id=earlier.id))
        if RestoreRequest.open_of(user_id):
            raise AlreadyOpen
        rate_limits.spend(RESTORE_REQUESTS, user_id)
        carry_out_due(organisation_id)
        with transaction() as session:
            user = User.locked(user_id)
            require_session(sign_in_id)
            restore_request = asking.ask(user, current_app.config["ORIGIN"])
            sign_in = session.get_one(SignIn, sign_in_id)
            asked_id = restore_request.id
            sign_in.device_id = restore_request.device_id
            sign_in.looked_at = now()
    except (AlreadyOpen, OnHold):
        return redirect_to(url_for("recovery.show_recovery"))
    except NotAsked as error:
        return cloud_backups(error.code), 422
    except RateLimited as error:
        page = cloud_backups("throttled", retry_after=error.retry_after)
        return page, 429, {"Retry-After": str(error.retry_after)}
    return redirect_to(url_for(".show_request", request_id=asked_id))


@bp.get("/<request_id>")
def show_request(request_id: str) -> str | Response:
    """Waiting for Approval, or what came of it. An open request is shown in the browser it is for."""
    restore_request = _mine(request_id)
    if restore_request.is_open and current_sign_in().looked_at is None:
        return redirect_to(url_for("devices.show_here", next=request.path))
    if restore_request.is_open and not is_here(restore_request):
        return redirect_to(url_for("recovery.show_recovery"))
    if restore_request.is_releasable:
        return redirect_to(url_for(".show_restore", request_id=request_id))
    if restore_request.state == State.COMPLETED and is_here(restore_request):
        return redirect_to(url_for("recovery.show_done"))
    return _request_step(restore_request)


@bp.get("/<request_id>/restore")
@requires_method(RecoveryMethod.CLOUD_BACKUP)
def show_restore(request_id: str) -> str | Response:
    """Create a New PIN: the last step, once the request is approved."""
    restore_request = _mine(request_id)
    if not restore_request.is_releasable or not is_here(restore_request):
        return redirect_to(url_for(".show_request", request_id=request_id))
    return _request_step(restore_request)


@bp.get("/<request_id>/status")
@quiet
def show_status(request_id: str) -> str | Response:
    """What a waiting page asks: nothing new, a new pace, or the step that comes instead of the waiting."""
    row = RestoreRequest
    query = select(row.version, row.made_at, row.expires_at, row.usable_at)
    query = query.where(row.id == request_id, row.user_id == current_member().id)
    version, made_at, expires_at, usable_at = db.session.execute(query).first() or abort(404)
    waits = usable_at is None or usable_at > now()  # a page that waits shows nothing usable yet
    pace = Pace.since(made_at)
    unchanged = request.args.get("version") == str(version) and expires_at > now() and waits
    if unchanged and request.args.get("pace") == str(pace.seconds):
        return nothing_new()
    restore_request = _mine(request_id)
    if unchanged:
        return render_template("recovery/restore_requests/_poll.html", asked=restore_request, pace=pace)
    if restore_request.is_open and not is_here(restore_request):
        return redirect_to(url_for("recovery.show_recovery"))
    view = "show_restore" if restore_request.is_releasable else "show_request"
    return instead_of(
        "#main", _request_step(restore_request, "recovery/next_step.html"), url_for(f".{view}", request_id=request_id)
    )


@bp.post("/<request_id>/cancellation")
def create_cancellation(request_id: str) -> Response:
    """Withdraw it, from whichever browser; `again` leads to where another can be made."""
    restore_request = _mine(request_id).expire_if_due()
    user_id = current_member().id
    here = is_here(restore_request)
    sign_in_id = current_sign_in().id
    try:
        with transaction() as session:
            User.locked(user_id)
            session.get_one(RestoreRequest, request_id).cancel(session.get_one(User, user_id))
            if here:  # this browser may hold an older key, which it has to find again
                sign_in = session.get_one(SignIn, sign_in_id)
                sign_in.device_id = None
                sign_in.looked_at = None
    except IllegalMove:
        flash("This request had ended already. Here is how.", "info")
        return redirect_to(url_for(".show_request", request_id=request_id))
    if "again" in request.form:
        flash("The other request is cancelled. Nothing was changed.", "success")
        return redirect_to(url_for("recovery.show_recovery"))
    return redirect_to(url_for(".show_request", request_id=request_id))


def _mine(request_id: str) -> RestoreRequest:
    """The member’s own request; anything else is a 404."""
    restore_request = RestoreRequest.by_id(request_id)
    if restore_request is None or restore_request.user_id != current_member().id:
        abort(404)
    return restore_request


def _asking() -> SignedRequest:
    try:
        signature = from_base64(request.form.get("signature"), 64)
    except ApiError:
        raise NotAsked("request_unreadable") from None
    sign_in = current_sign_in()
    confirmed = sign_in.mail_confirmed_at if sign_in.is_mail_confirmed else None
    reason = reason_at(current_member(), proved_device())
    return SignedRequest(request.form.get("request", ""), signature, browser_label(), address(), reason, confirmed)


def _request_step(restore_request: RestoreRequest, template: str = "recovery/page.html") -> str:
    name = (
        "new_pin"
        if restore_request.is_releasable
        else "waiting"
        if restore_request.is_open
        else str(restore_request.state)
    )
    own = RequestStep(
        asked=restore_request,
        pace=Pace.since(restore_request.made_at),
        letter=_letter(restore_request),
        calm=is_here(restore_request),
        held_way=RecoveryMethod.CLOUD_BACKUP if restore_request.is_open else None,
    )
    fragment, title = STEPS[name]
    return step(fragment, title, own, template)


def _letter(restore_request: RestoreRequest) -> str:
    """A mail to the organisation’s contact that says which request it is about, or ""."""
    body = render_template(
        "recovery/restore_requests/letter.txt", asked=restore_request, site=current_app.config["PUBLIC_URL"]
    )
    return contact_link(restore_request.user.organisation, f"Restore request {restore_request.number}", body)
