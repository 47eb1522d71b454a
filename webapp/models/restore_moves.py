"""The one function that moves a restore request, and what its moves announce."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.flows.restore_request import MAY, IllegalMove, Move, NotYours, State, Who, target
from webapp.models.approvers import standing
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.organisation import Organisation
from webapp.models.user import User
from webapp.models.way import Way
from webapp.models.way_policy import demand_way

if TYPE_CHECKING:
    from webapp.models.restore_request import RestoreRequest

FORWARD = {Move.APPROVE, Move.RELEASE, Move.FINISH}
"""Not while the organisation has switched cloud backups off as a way back."""
ENDING = {Move.DENY, Move.CANCEL, Move.EXPIRE, Move.FINISH, Move.STOP}


def advance(
    request: "RestoreRequest", move: Move, actor: User | None, *, proves_device: bool = False, **values: Any
) -> None:
    """Make one move: compare-and-set on the state, then the event. Raises IllegalMove, NotYours, WayOff.

    Among two moves at once exactly one finds the state it expects; the other raises with the state it lost to.
    """
    assert in_transaction()
    if not may(request, MAY[move], actor, proves_device):
        raise NotYours(move)
    if move != Move.EXPIRE and request.is_due:
        raise IllegalMove(State.EXPIRED, move)
    if move in FORWARD:
        demand_allowed(request)
    before, after = request.state, target(State(request.state), move)
    if move in ENDING:
        values["ended_at"] = now()
    table = type(request)
    moved = db.session.execute(
        update(table)
        .where(table.id == request.id, table.state == before)
        .values(state=after, version=table.version + 1, **values)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    db.session.refresh(request)
    if moved is None:
        raise IllegalMove(State(request.state), move)
    _record(request, actor, reason=values.get("denial_reason", "") or values.get("stop_reason", ""))
    Notice.settle("restore_requested", request.id)


def demand_allowed(request: "RestoreRequest") -> None:
    """Raises WayOff where the organisation has switched cloud backups off as a way back."""
    demand_way(request.organisation_id, Way.CLOUD_BACKUP)


def may(request: "RestoreRequest", who: Who, actor: User | None, proves_device: bool) -> bool:
    """Whether `actor` (None: the clock, or what befell the account) has that part in this request."""
    if who in (Who.CLOCK, Who.ACCOUNT):
        return actor is None
    if actor is None or not actor.is_enabled or actor.organisation_id != request.organisation_id:
        return False
    if who == Who.APPROVER:
        return actor.is_admin and standing(actor, request.user_id).may_approve
    if who == Who.ADMIN:
        return actor.is_admin and actor.id != request.user_id
    return actor.id == request.user_id and (who == Who.MEMBER or proves_device)


def announce_asking(request: "RestoreRequest", member: User) -> None:
    """A new request: the event, and a notice to its member and to everybody who may decide."""
    asked = {"backup": request.backup_id, "browser": request.browser, "address": request.address}
    _record(request, member, **asked, reason=request.reason)
    tell_admins(request, "restore_requested")
    tell_member(request, "restore_requested_by_you")


def tell_member(request: "RestoreRequest", kind: str, **details: Any) -> Notice:
    """A notice to the member whose request it is; returns it."""
    member = _member(request)
    return Notice.give(member, kind, **details, **_facts(request, member))


def tell_admins(request: "RestoreRequest", kind: str) -> None:
    """A notice to every enabled admin but the member."""
    member = _member(request)
    Notice.give_admins(request.organisation_id, kind, but=member.id, **_facts(request, member))


def _record(request: "RestoreRequest", actor: User | None, **details: Any) -> None:
    kind, member = f"restore_request.{request.state}", _member(request)
    Event.append(kind, request.organisation_id, actor=actor, subject=member, object_id=request.id, **details)
    Organisation.touch_requests(request.organisation_id)


def _member(request: "RestoreRequest") -> User:
    return db.session.get_one(User, request.user_id)


def _facts(request: "RestoreRequest", member: User) -> dict[str, Any]:
    """What every notice of this request may say."""
    return {
        "request": request.id,
        "number": request.number,
        "member": member.name,
        "email": member.email,
        "browser": request.browser,
        "address": request.address,
    }
