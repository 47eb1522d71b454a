"""What the member is told of a pairing: a key that was handed over for nothing, and a lock, are never hidden."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pairing.rows import VERBS, do, fail_by_refusal, kinds, offer, pairing_row, row
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.flows.pairing import Move, State
from webapp.models.accounts.veto import handed_out, veto
from webapp.models.approval.hold import Hold
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice


@pytest.fixture
def other(app: Flask, alice: Person) -> Iterator[str]:
    """Alice’s device, which shows codes; inside an application context."""
    device = enrolled(alice)
    with app.app_context():
        yield device.id


def shown(person: Person) -> list[str]:
    """The kinds of her banners."""
    db.session.rollback()
    return sorted(notice.kind for notice in Notice.shown_to(db.session.get_one(User, person.user_id)))


def held(person: Person) -> Hold:
    with transaction():
        veto(User.locked(person.user_id), "a mail")
    found = Hold.of(person.user_id)
    assert found
    return found


def test_a_key_that_nobody_acknowledged_is_told_when_time_is_up(alice: Person, other: str, clock: MovableClock) -> None:
    pairing_id = pairing_row(alice, State.ANSWERED, other)
    do(alice, pairing_id, VERBS[Move.CONFIRM])
    clock.advance(minutes=11)
    assert row(pairing_id).settled().state == State.EXPIRED
    [notice] = db.session.scalars(select(Notice))
    assert (notice.kind, notice.details["other"]) == ("pairing_unfinished", "Firefox on Linux")
    assert "veto" in notice.details


@pytest.mark.parametrize("state", [State.OPENED, State.OFFERED, State.ANSWERED])
def test_before_that_nothing_was_handed_over(alice: Person, other: str, state: State) -> None:
    do(alice, pairing_row(alice, state, other), VERBS[Move.CANCEL])
    assert kinds() == []


def test_only_the_member_puts_it_away(alice: Person, other: str) -> None:
    pairing_id = pairing_row(alice, State.ANSWERED, other)
    do(alice, pairing_id, VERBS[Move.CONFIRM])
    do(alice, pairing_id, VERBS[Move.DECLINE])
    pairing_row(alice, ask=True)
    assert {"pairing_unfinished", "pairing_declined"} <= set(shown(alice)), "neither hides the other"
    declined = db.session.scalars(select(Notice).where(Notice.kind == "pairing_declined")).one()
    with transaction():
        declined.dismiss()
    assert "pairing_unfinished" in shown(alice)


def test_declining_hides_no_lock(alice: Person, other: str, clock: MovableClock) -> None:
    pairing_id = pairing_row(alice, ask=True)
    for _ in range(2):
        fail_by_refusal(alice, pairing_id, clock)
    offer(alice, pairing_id)
    do(alice, pairing_id, VERBS[Move.DECLINE])
    assert shown(alice) == ["pairing_declined", "pairing_locked"]


@pytest.mark.parametrize("completes", [False, True])
def test_whoever_objects_soon_after_the_key_went_out_is_told_so(
    alice: Person, other: str, clock: MovableClock, completes: bool
) -> None:
    pairing_id = pairing_row(alice, State.ANSWERED, other)
    do(alice, pairing_id, VERBS[Move.CONFIRM])
    if completes:
        do(alice, pairing_id, VERBS[Move.COMPLETE])
    clock.advance(days=6)
    assert handed_out(held(alice))


def test_one_that_went_out_long_before_or_later_is_not_meant(alice: Person, other: str, clock: MovableClock) -> None:
    pairing_id = pairing_row(alice, State.ANSWERED, other)
    do(alice, pairing_id, VERBS[Move.CONFIRM])
    do(alice, pairing_id, VERBS[Move.COMPLETE])
    clock.advance(days=8)
    hold = held(alice)
    assert not handed_out(hold)
    later = pairing_row(alice, State.ANSWERED, other)
    clock.advance(seconds=1)
    do(alice, later, VERBS[Move.CONFIRM])
    assert not handed_out(hold)
