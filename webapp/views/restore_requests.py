"""A restore request as its member sees it: asked, waited for, withdrawn, ended. Another’s request does not exist."""

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp import throttle
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import IllegalMove, State
from webapp.htmx import instead_of, nothing_new, redirect_to
from webapp.mail import contact_link
from webapp.models import KeyRemoval, RestoreRequest, SignIn, User, Way
from webapp.models.asking import Asking, NotAsked
from webapp.models.hold import OnHold
from webapp.models.recovery_reason import reason_at
from webapp.models.restore_request import AlreadyOpen
from webapp.octets import Refusal, from_base64
from webapp.polling import Pace
from webapp.security import address, browser_label, demand_session, me, my_sign_in, quiet
from webapp.throttle import RESTORE_REQUESTS, Throttled
from webapp.views.recovery import cloud_backups, is_here, proved_device, step
from webapp.views.switched_off import of_way

bp = Blueprint("restore_requests", __name__, url_prefix="/recovery/requests")

TITLES = {
    "waiting": "Waiting for Approval",
    "new_pin": "Create a New PIN",
    "denied": "Request Denied",
    "cancelled": "Request Cancelled",
    "expired": "Request Expired",
    "stopped": "Request Stopped",
    "completed": "Recovery Completed",
}


@bp.post("")
@of_way(Way.CLOUD_BACKUP)
def create_request() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Ask for a backup to be released to this browser, by what it made and signed."""
    user_id, sign_in_id = me().id, my_sign_in().id
    try:
        asking = _asking()
        earlier = asking.earlier(user_id)
        if earlier:  # sent again because the answer got lost
            return redirect_to(url_for(".show_request", request_id=earlier.id))
        if RestoreRequest.open_of(user_id):
            raise AlreadyOpen
        throttle.spend(RESTORE_REQUESTS, user_id)
        KeyRemoval.carry_out_due(me().organisation_id)
        with transaction() as session:
            user = User.locked(user_id)
            demand_session(sign_in_id)
            asked = asking.ask(user, current_app.config["ORIGIN"])
            found = session.get_one(SignIn, sign_in_id)
            asked_id, found.device_id, found.looked_at = asked.id, asked.device_id, now()
    except (AlreadyOpen, OnHold):
        return redirect_to(url_for("recovery.show_recovery"))
    except NotAsked as error:
        return cloud_backups(error.code), 422
    except Throttled as error:
        page = cloud_backups("throttled", retry_after=error.retry_after)
        return page, 429, {"Retry-After": str(error.retry_after)}
    return redirect_to(url_for(".show_request", request_id=asked_id))


@bp.get("/<request_id>")
def show_request(request_id: str) -> str | Response:
    """Waiting for Approval, or what came of it. An open request is shown in the browser it is for."""
    asked = _mine(request_id)
    if asked.is_open and my_sign_in().looked_at is None:
        return redirect_to(url_for("devices.show_here", next=request.path))
    if asked.is_open and not is_here(asked):
        return redirect_to(url_for("recovery.show_recovery"))
    if _can_restore(asked):
        return redirect_to(url_for(".show_restore", request_id=request_id))
    if asked.state == State.COMPLETED and is_here(asked):
        return redirect_to(url_for("recovery.show_done"))
    return _page(asked)


@bp.get("/<request_id>/restore")
@of_way(Way.CLOUD_BACKUP)
def show_restore(request_id: str) -> str | Response:
    """Create a New PIN: the last step, once the request is approved."""
    asked = _mine(request_id)
    if not _can_restore(asked) or not is_here(asked):
        return redirect_to(url_for(".show_request", request_id=request_id))
    return _page(asked)


@bp.get("/<request_id>/status")
@quiet
def show_status(request_id: str) -> str | Response:
    """What a waiting page asks: nothing new, a new pace, or the step that comes instead of the waiting."""
    row = RestoreRequest
    query = select(row.version, row.made_at, row.expires_at, row.usable_at)
    query = query.where(row.id == request_id, row.user_id == me().id)
    version, made_at, expires_at, usable_at = db.session.execute(query).first() or abort(404)
    waits = usable_at is None or usable_at > now()  # a page that waits shows nothing usable yet
    pace, unchanged = Pace.since(made_at), request.args.get("version") == str(version) and expires_at > now() and waits
    if unchanged and request.args.get("pace") == str(pace.seconds):
        return nothing_new()
    asked = _mine(request_id)
    if unchanged:
        return render_template("restore_requests/_poll.html", asked=asked, pace=pace)
    if asked.is_open and not is_here(asked):
        return redirect_to(url_for("recovery.show_recovery"))
    view = "show_restore" if _can_restore(asked) else "show_request"
    return instead_of("#main", _page(asked, "recovery/next_step.html"), url_for(f".{view}", request_id=request_id))


@bp.post("/<request_id>/cancellation")
def create_cancellation(request_id: str) -> Response:
    """Withdraw it, from whichever browser; `again` leads to where another can be made."""
    asked = _mine(request_id)
    user_id, here, sign_in_id = me().id, is_here(asked), my_sign_in().id
    try:
        with transaction() as session:
            User.locked(user_id)
            session.get_one(RestoreRequest, request_id).cancel(session.get_one(User, user_id))
            if here:  # this browser may hold an older key, which it has to find again
                found = session.get_one(SignIn, sign_in_id)
                found.device_id, found.looked_at = None, None
    except IllegalMove:
        flash("This request had ended already. Here is how.", "info")
        return redirect_to(url_for(".show_request", request_id=request_id))
    if "again" in request.form:
        flash("The other request is cancelled. Nothing was changed.", "success")
        return redirect_to(url_for("recovery.show_recovery"))
    return redirect_to(url_for(".show_request", request_id=request_id))


def _can_restore(asked: RestoreRequest) -> bool:
    """Whether what was asked for can be fetched now: approved, and the approval counts."""
    return asked.state == State.RELEASED or (asked.state == State.APPROVED and asked.is_usable)


def _mine(request_id: str) -> RestoreRequest:
    """The member’s own request, expired if its time is up; anything else is a 404."""
    found = RestoreRequest.by_id(request_id)
    if found is None or found.user_id != me().id:
        abort(404)
    return found


def _asking() -> Asking:
    try:
        signature = from_base64(request.form.get("signature"), 64)
    except Refusal:
        raise NotAsked("request_unreadable") from None
    found = my_sign_in()
    confirmed = found.mail_confirmed_at if found.is_mail_confirmed else None
    reason = reason_at(me(), proved_device())
    return Asking(request.form.get("request", ""), signature, browser_label(), address(), reason, confirmed)


def _page(asked: RestoreRequest, template: str = "recovery/page.html") -> str:
    name = "new_pin" if _can_restore(asked) else "waiting" if asked.is_open else str(asked.state)
    facts = {"asked": asked, "pace": Pace.since(asked.made_at), "letter": _letter(asked), "calm": is_here(asked)}
    if asked.is_open:
        facts["held_way"] = Way.CLOUD_BACKUP
    return step(f"restore_requests/_{name}.html", TITLES[name], template, **facts)


def _letter(asked: RestoreRequest) -> str:
    """A mail to the organisation’s contact that says which request it is about, or ""."""
    body = render_template("restore_requests/letter.txt", asked=asked, site=current_app.config["PUBLIC_URL"])
    return contact_link(asked.user.organisation, f"Restore request {asked.number}", body)
