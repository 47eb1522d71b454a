"""The restore request in the database: who may move it where, what that announces, and that it moves once."""

from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.support.people.people import Person
from tests.support.recovery.runs import request_row
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import MAY, MOVES, OPEN, IllegalMove, Move, NotYours, State, Who
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery import restore_request
from webapp.models.recovery.restore_request import AlreadyOpen, RestoreRequest

ACTORS = ("member", "device", "admin", "owner", "stranger", "disabled admin", "former admin", "clock")
DECIDES = {Who.ADMIN, Who.APPROVER}
PARTS = {
    "member": {Who.MEMBER},
    "device": {Who.DEVICE, Who.MEMBER},
    "admin": DECIDES,
    "owner": DECIDES,
    "clock": {Who.CLOCK, Who.ACCOUNT},
}


@pytest.fixture
def people(app: Flask, alice: Person, bob: Person, charlie: Person, olga: Person) -> Iterator[dict[str, Person]]:
    """Everybody of these tests, inside an application context."""
    with app.app_context():
        yield {"member": alice, "device": alice, "admin": bob, "owner": olga, "stranger": charlie}


def move(request_id: str, name: Move, actor: str, people: dict[str, Person]) -> State:
    """Try it; returns where the request stands then."""
    with transaction() as session:
        request = session.get_one(RestoreRequest, request_id)
        restore_request.advance(request, name, _user(actor, people), proves_device=actor == "device")
    return State(db.session.get_one(RestoreRequest, request_id).state)


def _user(actor: str, people: dict[str, Person]) -> User | None:
    if actor == "clock":
        return None
    known = actor if actor in people else "admin"
    user = db.session.get_one(User, people[known].user_id)
    if actor == "disabled admin":
        user.disabled_at = now()
    if actor == "former admin":
        user.role = Role.MEMBER
    return user


def counts() -> tuple[int, ...]:
    """Events and notices there are, and the version the admins' pages poll."""
    tables = [db.session.scalar(select(func.count()).select_from(table)) for table in (Event, Notice)]
    return (*(count or 0 for count in tables), db.session.scalars(select(Organisation.requests_version)).one())


@pytest.mark.parametrize(("state", "name"), list(product(State, Move)))
def test_every_pair_for_everybody(people: dict[str, Person], state: State, name: Move) -> None:
    for actor in ACTORS:
        request_id = request_row(people["member"], state)
        before = counts()
        may = MAY[name] in PARTS.get(actor, set())
        if may and (state, name) in MOVES:
            assert move(request_id, name, actor, people) == MOVES[state, name]
            assert counts()[0] == before[0] + 1, "each move leaves one event"
            assert counts()[2] == before[2] + 1
        else:
            with pytest.raises(IllegalMove if may else NotYours):
                move(request_id, name, actor, people)
            assert db.session.get_one(RestoreRequest, request_id).state == state
            assert counts() == before
        close_all()


def close_all() -> None:
    with transaction() as session:
        session.execute(update(RestoreRequest).values(stored_state=State.CANCELLED))


@pytest.mark.parametrize("name", [Move.APPROVE, Move.DENY])
def test_nobody_decides_about_their_own_request(people: dict[str, Person], name: Move) -> None:
    request_id = request_row(people["admin"])
    with pytest.raises(NotYours):
        move(request_id, name, "admin", people)
    assert move(request_id, name, "owner", people) == MOVES[State.REQUESTED, name]


@pytest.mark.parametrize("state", sorted(OPEN))
@pytest.mark.parametrize("name", [name for name in Move if name != Move.EXPIRE])
def test_when_the_time_is_up_only_expiry_is_left(
    people: dict[str, Person], clock: MovableClock, state: State, name: Move
) -> None:
    request_id = request_row(people["member"], state)
    clock.advance(days=8)
    actor = next(actor for actor in ACTORS if MAY[name] in PARTS.get(actor, set()))
    with pytest.raises(IllegalMove) as refused:
        move(request_id, name, actor, people)
    assert refused.value.state == State.EXPIRED


@pytest.mark.parametrize("state", sorted(OPEN))
def test_a_request_expires_by_the_clock_and_is_moved_by_who_may_write(
    people: dict[str, Person], clock: MovableClock, state: State
) -> None:
    request_id = request_row(people["member"], state)
    clock.advance(days=7, seconds=1)
    before = counts()
    found = RestoreRequest.by_id(request_id)
    assert found
    assert (found.state, found.is_open, found.stored_state) == (State.EXPIRED, False, state)
    assert RestoreRequest.open_of(people["member"].user_id) is None
    assert counts() == before, "looking at it moves nothing"
    found = found.expire_if_due()
    assert (found.state, found.stored_state, found.ended_at is not None) == (State.EXPIRED, State.EXPIRED, True)
    assert db.session.scalars(select(Notice.kind)).all() == ["restore_expired"]
    before = counts()
    found.expire_if_due()
    assert counts() == before


def test_a_member_has_one_open_request(people: dict[str, Person]) -> None:
    request_row(people["member"], ask=True)
    with pytest.raises(AlreadyOpen):
        request_row(people["member"], ask=True)
    assert request_row(people["stranger"], ask=True)


def test_a_request_whose_time_is_up_makes_room_for_the_next(people: dict[str, Person], clock: MovableClock) -> None:
    first = request_row(people["member"], ask=True)
    clock.advance(days=8)
    second = request_row(people["member"], ask=True)
    assert db.session.get_one(RestoreRequest, first).state == State.EXPIRED
    found = RestoreRequest.open_of(people["member"].user_id)
    assert found
    assert found.id == second
    assert "restore_expired" in db.session.scalars(select(Notice.kind)).all()


def test_an_approval_can_be_used_for_three_days(people: dict[str, Person], clock: MovableClock) -> None:
    request_id = request_row(people["member"], ask=True)
    clock.advance(days=6)
    with transaction() as session:
        by = session.get_one(User, people["admin"].user_id)
        session.get_one(RestoreRequest, request_id).approve(by, "approval", b"signature", b"wrapped", waits=False)
    request = db.session.get_one(RestoreRequest, request_id)
    assert abs(request.expires_at - now() - limits.APPROVAL_LIFE).total_seconds() < 5
    assert (request.decider.name if request.decider else None) == "Bob"


def test_asking_tells_the_member_and_everybody_who_may_approve(people: dict[str, Person]) -> None:
    request_row(people["member"], ask=True)
    told = db.session.execute(select(User.name, Notice.kind).join(Notice.user)).all()
    assert sorted(map(tuple, told)) == [
        ("Alice", "restore_requested_by_you"),
        ("Bob", "restore_requested"),
        ("Olga", "restore_requested"),
    ]


def test_an_admin_who_asks_is_told_as_a_member(people: dict[str, Person]) -> None:
    request_row(people["admin"], ask=True)
    told = db.session.execute(select(User.name, Notice.kind).join(Notice.user)).all()
    assert sorted(map(tuple, told)) == [("Bob", "restore_requested_by_you"), ("Olga", "restore_requested")]


def test_a_release_is_announced_once(people: dict[str, Person]) -> None:
    request_id = request_row(people["member"], State.APPROVED)
    for _ in range(3):
        with transaction() as session:
            member = session.get_one(User, people["member"].user_id)
            session.get_one(RestoreRequest, request_id).release(member)
    kinds = sorted(db.session.scalars(select(Notice.kind)))
    assert kinds == ["restore_released", "restore_released_admin", "restore_released_admin"]
    assert db.session.scalars(select(Event.kind)).all() == ["restore_request.released"]
