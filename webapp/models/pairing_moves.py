"""The one function that moves a pairing, what its moves announce, and the count of codes that came to nothing."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.flows.pairing import OPEN, IllegalMove, Move, State, target
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.user import User
from webapp.models.way import PAIRING
from webapp.models.way_policy import demand_way

if TYPE_CHECKING:
    from webapp.models.pairing import Pairing


FORWARD = {Move.OFFER, Move.ANSWER, Move.CONFIRM, Move.COMPLETE}
"""Not while the organisation has switched pairing off."""


def advance(pairing: "Pairing", move: Move, **values: Any) -> None:
    """Make one move: compare-and-set on the state, then the event. Raises IllegalMove, WayOff.

    Among two moves at once exactly one finds the state it expects. Whose part the move is, the view has proved.
    """
    assert in_transaction()
    if move not in (Move.EXPIRE, Move.LAPSE) and pairing.is_due:
        raise IllegalMove(State.EXPIRED, move)
    if move in (Move.ANSWER, Move.REFUSE, Move.CONFIRM) and pairing.has_lapsed:
        raise IllegalMove(State.OPENED, move)
    if move in FORWARD:
        demand_way(pairing.organisation_id, PAIRING)
    before, after = pairing.state, target(State(pairing.state), move)
    if after not in OPEN:
        values["ended_at"] = now()
    table = type(pairing)
    moved = db.session.execute(
        update(table)
        .where(table.id == pairing.id, table.state == before)
        .values(state=after, version=table.version + 1, **values)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    db.session.refresh(pairing)
    if moved is None:
        raise IllegalMove(State(pairing.state), move)
    record(pairing, move)
    if after not in OPEN:
        Notice.settle("pairing_opened", pairing.id)
        _lock_if_used_up(pairing)
        if before == State.CONFIRMED and after != State.COMPLETED:
            tell(pairing, "pairing_unfinished", other=pairing.other_device.name if pairing.other_device else "")


def record(pairing: "Pairing", move: Move | None = None) -> None:
    """The event of a move, named by where it led; a code that came to nothing is an event of its own."""
    kind = "code_failed" if move in (Move.REFUSE, Move.LAPSE) else str(pairing.state)
    member = db.session.get_one(User, pairing.user_id)
    Event.append(
        f"pairing.{kind}",
        pairing.organisation_id,
        subject=member,
        object_id=pairing.id,
        browser=pairing.browser,
        address=pairing.address,
    )


def tell(pairing: "Pairing", kind: str, **details: Any) -> None:
    """A notice to the member."""
    member = db.session.get_one(User, pairing.user_id)
    Notice.give(member, kind, pairing=pairing.id, browser=pairing.browser, address=pairing.address, **details)


def demand_unlocked(user: User) -> None:
    """Raises PairingLocked while three codes that came to nothing are less than a day old."""
    from webapp.models.pairing import PairingLocked

    if user.pairing_is_locked and user.pairing_locked_until:
        raise PairingLocked(user.pairing_locked_until)


def demand_codes_left(user: User) -> None:
    """Raises PairingLocked where another pairing would begin while the last code of the day is still shown."""
    from webapp.models.pairing import PairingLocked

    demand_unlocked(user)
    if user.pairing_codes >= limits.PAIRING_CODES:
        raise PairingLocked(now() + limits.PAIRING_LOCK)


def count_code(user: User) -> None:
    """A code is shown: it counts until a pairing succeeds, or no code was shown for a day."""
    if user.pairing_codes_at is None or now() - user.pairing_codes_at > limits.PAIRING_LOCK:
        user.pairing_codes = 0
    user.pairing_codes, user.pairing_codes_at = user.pairing_codes + 1, now()


def end_if_used_up(pairing: "Pairing", user: User) -> None:
    """A code came to nothing: after the third, so does the pairing."""
    if user.pairing_codes >= limits.PAIRING_CODES:
        advance(pairing, Move.LOCK)


def _lock_if_used_up(pairing: "Pairing") -> None:
    """However a pairing ends without success after the third code: none for a day, and the member is told. Else
    cancelling it in time would buy another guess."""
    user = db.session.get_one(User, pairing.user_id)
    if user.pairing_codes < limits.PAIRING_CODES:
        return
    user.pairing_locked_until = now() + limits.PAIRING_LOCK
    user.pairing_codes, user.pairing_codes_at = 0, None
    tell(pairing, "pairing_locked")
