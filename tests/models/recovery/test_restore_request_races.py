"""Moves of one request at the same moment, on both databases: exactly one wins, and the record says which."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.support.people.people import Person
from tests.support.recovery.runs import request_row
from tests.support.servers.races import race, won
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import MOVES, IllegalMove, State
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import AlreadyOpen, RestoreRequest

ROUNDS = 6
pytestmark = pytest.mark.databases

NOTICES = {
    State.APPROVED: {"restore_approved"},
    State.DENIED: {"restore_denied"},
    State.CANCELLED: {"restore_cancelled"},
    State.RELEASED: {"restore_released", "restore_released_admin"},
    State.EXPIRED: {"restore_expired"},
    State.REQUESTED: set(),
}


def move(request: RestoreRequest, verb: str, actor: User, *parts: object) -> None:
    """By its verb. An approval here counts at once."""
    more = {"waits": False} if verb == "approve" else {}
    getattr(request, verb)(actor, *parts, **more)


def moving(request_id: str, by: Person, verb: str, *parts: object) -> Callable[[], None]:
    """A view's way to make a move: the member locked, the request read again."""

    def work() -> None:
        owner = db.session.get_one(RestoreRequest, request_id).user_id
        with transaction() as session:
            User.locked(owner)
            actor = session.get_one(User, by.user_id)
            move(session.get_one(RestoreRequest, request_id), verb, actor, *parts)

    return work


def unlocked(request_id: str, by: Person, verb: str, *parts: object) -> Callable[[], None]:
    """The same by a view that forgot the lock: the compare-and-set decides alone."""

    def work() -> None:
        with transaction() as session:
            actor = session.get_one(User, by.user_id)
            move(session.get_one(RestoreRequest, request_id), verb, actor, *parts)

    return work


def check_record(app: Flask, request_id: str, first: State) -> list[State]:
    """Events form a path of the table that ends where the request stands; notices tell exactly of that path."""
    with app.app_context():
        query = select(Event.kind).where(Event.object_id == request_id).order_by(Event.id)
        path = [first, *(State(kind.removeprefix("restore_request.")) for kind in db.session.scalars(query))]
        allowed = {(before, after) for (before, _), after in MOVES.items()}
        assert all(step in allowed for step in pairwise(path)), path
        assert db.session.get_one(RestoreRequest, request_id).state == path[-1]
        notices = db.session.execute(select(Notice.kind, Notice.details))
        told = {kind for kind, details in notices if details.get("request") == request_id}
        assert told == set().union(*(NOTICES[state] for state in path[1:]))
        db.session.remove()
    return path


@pytest.mark.parametrize("make", [moving, unlocked])
def test_two_admins_decide(
    app: Flask, alice: Person, bob: Person, olga: Person, database_kind: str, make: Callable[..., Callable[[], None]]
) -> None:
    for _ in range(ROUNDS):
        with app.app_context():
            request_id = request_row(alice)
        approving = make(request_id, bob, "approve", "approval", b"signature", b"wrapped")
        outcomes = race(app, approving, make(request_id, olga, "deny", "not you"))
        assert won(outcomes) == 1, outcomes
        assert any(isinstance(outcome, IllegalMove) for outcome in outcomes)
        path = check_record(app, request_id, State.REQUESTED)
        assert path[-1] == (State.DENIED if outcomes[1] is None else State.APPROVED)
        close(app, request_id)


@pytest.mark.parametrize("make", [moving, unlocked])
@pytest.mark.parametrize(
    ("first", "verb", "parts"),
    [(State.REQUESTED, "approve", ("approval", b"s", b"w")), (State.APPROVED, "release", ())],
)
def test_a_cancellation_meets_an_approval_or_a_release(
    app: Flask,
    alice: Person,
    bob: Person,
    database_kind: str,
    first: State,
    verb: str,
    parts: tuple[object, ...],
    make: Callable[..., Callable[[], None]],
) -> None:
    """The cancellation always holds: before the other, which then fails, or right after it."""
    by = bob if verb == "approve" else alice
    for _ in range(ROUNDS):
        with app.app_context():
            request_id = request_row(alice, first)
        other, cancelling = race(app, make(request_id, by, verb, *parts), make(request_id, alice, "cancel"))
        path = check_record(app, request_id, first)
        if isinstance(cancelling, IllegalMove):  # read before the other moved, without the lock
            assert make is unlocked
            assert other is None
        else:
            assert (cancelling, path[-1]) == (None, State.CANCELLED)
            assert isinstance(other, IllegalMove) == (len(path) == 2)
        close(app, request_id)


def test_a_release_meets_the_end_of_its_time(app: Flask, alice: Person, bob: Person, database_kind: str) -> None:
    for round_ in range(ROUNDS):
        with app.app_context():
            request_id = request_row(alice, State.APPROVED)
            with transaction() as session:
                ends = now() + timedelta(milliseconds=4 * round_)
                session.execute(update(RestoreRequest).where(RestoreRequest.id == request_id).values(expires_at=ends))
        release, *_ = race(app, moving(request_id, alice, "release"), *[looking(request_id)] * 3)
        path = check_record(app, request_id, State.APPROVED)
        assert isinstance(release, IllegalMove) == (State.RELEASED not in path)
        close(app, request_id)


def looking(request_id: str) -> Callable[[], None]:
    """The worker looks at the request until its time is up."""

    def work() -> None:
        for _ in range(10):
            found = RestoreRequest.by_id(request_id)
            assert found
            if found.expire_if_due().stored_state == State.EXPIRED:
                return

    return work


def test_ten_browsers_ask_at_once(app: Flask, alice: Person, bob: Person, charlie: Person, database_kind: str) -> None:
    asking = [lambda person=person: request_row(person, ask=True) for person in [alice] * 10 + [charlie] * 3]
    outcomes = race(app, *asking)
    assert (won(outcomes[:10]), won(outcomes[10:])) == (1, 1)
    assert all(isinstance(outcome, str | AlreadyOpen) for outcome in outcomes), outcomes
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RestoreRequest)) == 2
        kinds = db.session.scalars(select(Event.kind).where(Event.kind == "restore_request.requested")).all()
        assert len(kinds) == 2


def test_two_admins_who_decide_about_each_other_do_not_wait_for_each_other(
    app: Flask, bob: Person, olga: Person, database_kind: str
) -> None:
    for _ in range(ROUNDS):
        with app.app_context():
            of_bob, of_olga = request_row(bob), request_row(olga)
        outcomes = race(app, moving(of_bob, olga, "deny", "no"), moving(of_olga, bob, "deny", "no"))
        assert won(outcomes) == 2, outcomes


def close(app: Flask, request_id: str) -> None:
    with app.app_context(), transaction() as session:
        session.execute(
            update(RestoreRequest).where(RestoreRequest.id == request_id).values(stored_state=State.CANCELLED)
        )
