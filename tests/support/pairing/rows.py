"""Rows of pairings that nobody signed, and the verbs that move them: for tests of models, in an application context."""

from collections.abc import Callable

from sqlalchemy import select

from tests.support.people.person import Person
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.client.formats.encoding import new_id
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.pairing import Move, State
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing

Work = Callable[[Pairing, User, Device], object]


def pairing_row(person: Person, state: State = State.OPENED, other: str | None = None, *, ask: bool = False) -> str:
    """A pairing in the database that nobody signed, for tests of its moves; `ask`: with everything asking brings;
    `other`: the device that showed a code."""
    shown = state in (State.OFFERED, State.ANSWERED)
    row = Pairing(
        id=new_id(),
        organisation_id=person.organisation_id,
        user_id=person.user_id,
        device_id=new_id(),
        sign_public=bytes(32),
        recipient="age1",
        browser="Safari on iPhone",
        address="192.0.2.1",
        announcement="{}",
        announcement_signature=b"",
        stored_state=state,
        expires_at=now() + limits.PAIRING_LIFE,
        other_device_id=other,
        offer="offer" if shown else "",
        code_expires_at=now() + limits.PAIRING_ANSWER_LIFE if shown else None,
    )
    pairing_id = row.id
    with transaction() as session:
        user = User.locked(person.user_id)
        if ask:
            row.open(user)
        else:
            session.add(row)
    return pairing_id


def row(pairing_id: str) -> Pairing:
    """As it is stored now."""
    db.session.rollback()
    return db.session.get_one(Pairing, pairing_id)


def do(person: Person, pairing_id: str, work: Work, device: str = "") -> None:
    """As a view does it: the member locked, the rows read inside."""
    with transaction() as session:
        user = User.locked(person.user_id)
        by = session.get(Device, device or (person.device.id if person.device else ""))
        assert by
        work(session.get_one(Pairing, pairing_id), user, by)


VERBS: dict[Move, Work] = {
    Move.OFFER: lambda pairing, user, by: pairing.make_offer(user, by, "another offer", b"signature"),
    Move.ANSWER: lambda pairing, user, by: pairing.give_answer("answer"),
    Move.REFUSE: lambda pairing, user, by: pairing.refuse(user, by),
    Move.CONFIRM: lambda pairing, user, by: pairing.confirm(user, by, "confirmation"),
    Move.COMPLETE: lambda pairing, user, by: pairing.complete(),
    Move.DECLINE: lambda pairing, user, by: pairing.decline(),
    Move.CANCEL: lambda pairing, user, by: pairing.cancel(),
}


def kinds() -> list[str]:
    """Of all notices."""
    return list(db.session.scalars(select(Notice.kind).order_by(Notice.made_at)))


def events(pairing_id: str) -> list[str]:
    """What the record says of it."""
    query = select(Event.kind).where(Event.object_id == pairing_id).order_by(Event.id)
    return [kind.removeprefix("pairing.") for kind in db.session.scalars(query)]


def offer(person: Person, pairing_id: str, exact: str = "an offer") -> None:
    """Their device shows a code."""
    do(person, pairing_id, lambda pairing, user, by: pairing.make_offer(user, by, exact, b"signature"))


def fail_by_refusal(person: Person, pairing_id: str, clock: MovableClock) -> None:
    """A code was typed wrong."""
    offer(person, pairing_id)
    do(person, pairing_id, VERBS[Move.ANSWER])
    do(person, pairing_id, VERBS[Move.REFUSE])


def fail_by_lapse(person: Person, pairing_id: str, clock: MovableClock) -> None:
    """A code was not typed at all."""
    offer(person, pairing_id)
    clock.advance(minutes=2)
    row(pairing_id).settled()
