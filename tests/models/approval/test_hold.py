"""A hold: what it stops, and who may lift it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import Person, enrolled
from tests.support.recovery.runs import request_row
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.approval.hold import Hold, NotLifted, OnHold
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice


@pytest.fixture
def people(app: Flask, alice: Person, bob: Person, charlie: Person, olga: Person) -> Iterator[dict[str, Person]]:
    """Alice’s account is on hold; the test runs in an application context."""
    enrolled(alice)
    with app.app_context():
        begin(alice)
        yield {"alice": alice, "bob": bob, "charlie": charlie, "olga": olga}


def begin(person: Person) -> None:
    with transaction():
        Hold.begin(User.locked(person.user_id), "Laptop")


def lift(member: Person, by: Person | None) -> None:
    with transaction() as session:
        User.locked(member.user_id)
        hold = session.scalars(select(Hold).where(Hold.user_id == member.user_id)).one()
        hold.lift(session.get_one(User, by.user_id) if by else None)


def mark(admin: Person, member: Person) -> None:
    with transaction() as session:
        user = session.get_one(User, member.user_id)
        ConflictMark.put(session.get_one(User, admin.user_id), user, ConflictKind.RESET_PASSWORD)


def refused(member: Person, by: Person) -> str:
    with pytest.raises(NotLifted) as caught:
        lift(member, by)
    return caught.value.code


@pytest.mark.databases
def test_no_request_is_made_while_it_stands(people: dict[str, Person], alice: Person, bob: Person) -> None:
    with pytest.raises(OnHold):
        request_row(alice, ask=True)
    lift(alice, bob)
    assert request_row(alice, ask=True)


def test_it_is_one_however_often_it_is_said(people: dict[str, Person], alice: Person) -> None:
    begin(alice)
    assert len(Hold.open_ones(alice.organisation_id)) == 1
    assert len(list(db.session.scalars(select(Notice).where(Notice.kind == "hold_begun")))) == 1


def test_a_later_one_is_another_incident(people: dict[str, Person], alice: Person, bob: Person, olga: Person) -> None:
    lift(alice, bob)
    assert Hold.of(alice.user_id) is None
    begin(alice)
    assert Hold.of(alice.user_id)


def test_an_admin_lifts_it_and_is_marked(people: dict[str, Person], alice: Person, bob: Person) -> None:
    lift(alice, bob)
    hold = db.session.scalars(select(Hold)).one()
    assert hold.lifted_at
    assert hold.lifted_by == bob.user_id
    newest = ConflictMark.newest(bob.user_id, alice.user_id)
    assert newest
    assert newest.kind == ConflictKind.LIFTED_HOLD
    event = db.session.scalars(select(Event).where(Event.kind == "hold.lifted")).one()
    assert (event.actor_id, event.subject_id) == (bob.user_id, alice.user_id)


def test_everybody_is_told_and_the_alarm_is_put_away(people: dict[str, Person], alice: Person, bob: Person) -> None:
    lift(alice, bob)
    rows = db.session.scalars(select(Notice).where(Notice.kind.startswith("hold_"))).all()
    told = {(row.user.name, row.kind, row.dismissed_at is not None) for row in rows}
    assert told == {
        ("Alice", "hold_begun", False),
        ("Bob", "hold_begun_admin", True),
        ("Olga", "hold_begun_admin", True),
        ("Alice", "hold_lifted", False),
        ("Olga", "hold_lifted_admin", False),
    }


def test_whoever_had_a_hand_in_the_sign_in_does_not(
    people: dict[str, Person], alice: Person, bob: Person, olga: Person, clock: MovableClock
) -> None:
    mark(bob, alice)
    assert refused(alice, bob) == "marked_hold"
    assert Hold.of(alice.user_id)
    clock.advance(days=31)
    lift(alice, bob)


def test_a_marked_admin_does_not_even_where_no_other_is_there(
    people: dict[str, Person], alice: Person, bob: Person, olga: Person
) -> None:
    with transaction() as session:
        session.get_one(User, olga.user_id).role = Role.MEMBER
    mark(bob, alice)
    assert refused(alice, bob) == "marked_hold"


def test_nobody_lifts_their_own(people: dict[str, Person], bob: Person) -> None:
    begin(bob)
    assert refused(bob, bob) == "own_hold"


def test_the_operator_lifts_any(people: dict[str, Person], alice: Person, bob: Person, olga: Person) -> None:
    mark(bob, alice)
    mark(olga, alice)
    lift(alice, None)
    assert Hold.of(alice.user_id) is None
    assert db.session.scalars(select(ConflictMark).where(ConflictMark.kind == ConflictKind.LIFTED_HOLD)).all() == []


@pytest.mark.databases
def test_lifting_it_twice_says_so(people: dict[str, Person], alice: Person, bob: Person, olga: Person) -> None:
    lift(alice, bob)
    assert refused(alice, olga) == "hold_lifted"


def test_it_is_one_members(people: dict[str, Person], charlie: Person) -> None:
    assert Hold.of(charlie.user_id) is None
    assert request_row(charlie, ask=True)
