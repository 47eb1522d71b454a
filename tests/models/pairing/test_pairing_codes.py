"""The clock of a pairing: ten minutes, two minutes for a code, one for an answer, and three codes a day."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.pairing.rows import VERBS, do, events, fail_by_lapse, fail_by_refusal, kinds, offer, pairing_row, row
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp import limits, worker
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.pairing import OPEN, IllegalMove, Move, State
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing, PairingLocked


@pytest.fixture
def other(app: Flask, alice: Person) -> Iterator[str]:
    """Alice’s device, which shows codes; inside an application context."""
    device = enrolled(alice)
    with app.app_context():
        yield device.id


@pytest.mark.parametrize("state", [State.OPENED, State.OFFERED, State.ANSWERED, State.CONFIRMED])
def test_it_expires_after_ten_minutes_and_is_moved_by_who_may_write(
    alice: Person, other: str, clock: MovableClock, state: State
) -> None:
    pairing_id = pairing_row(alice, state, other)
    clock.advance(minutes=10)
    found = Pairing.by_id(pairing_id)
    assert found
    assert (found.state, found.is_open, found.stored_state) == (State.EXPIRED, False, state)
    assert (found.over_since, found.ended_lately) == (found.expires_at, True)
    assert Pairing.open_of(alice.user_id) is None
    assert events(pairing_id) == [], "looking at it moves nothing"
    version, found = found.shown_version, found.settled()
    assert (found.stored_state, found.shown_version, found.ended_at is not None) == (State.EXPIRED, version, True)
    assert events(pairing_id) == ["expired"]
    found.settled()
    assert events(pairing_id) == ["expired"]


@pytest.mark.parametrize("state", sorted(OPEN))
@pytest.mark.parametrize("move", VERBS)
def test_when_the_time_is_up_no_verb_works_even_unlooked_at(
    alice: Person, other: str, clock: MovableClock, state: State, move: Move
) -> None:
    pairing_id = pairing_row(alice, state, other)
    clock.advance(minutes=10)
    with pytest.raises(IllegalMove) as refused:
        do(alice, pairing_id, VERBS[move])
    assert refused.value.state == State.EXPIRED


def test_the_worker_lets_it_expire_too(alice: Person, other: str, clock: MovableClock) -> None:
    pairing_id = pairing_row(alice, State.ANSWERED, other)
    clock.advance(minutes=10)
    worker.tidy()
    assert row(pairing_id).state == State.EXPIRED


def test_a_confirmed_pairing_has_ten_minutes_more(alice: Person, other: str, clock: MovableClock) -> None:
    pairing_id = pairing_row(alice, State.ANSWERED, other)
    with transaction() as session:
        session.execute(update(Pairing).values(expires_at=now() + timedelta(seconds=1)))
    do(alice, pairing_id, VERBS[Move.CONFIRM])
    clock.advance(minutes=9, seconds=59)
    found = Pairing.by_id(pairing_id)
    assert found
    assert found.state == State.CONFIRMED


def test_a_code_lives_two_minutes(alice: Person, other: str, clock: MovableClock) -> None:
    pairing_id = pairing_row(alice, ask=True)
    offer(alice, pairing_id)
    clock.advance(minutes=1, seconds=59)
    found = Pairing.by_id(pairing_id)
    assert found
    assert found.state == State.OFFERED
    clock.advance(seconds=1)
    with pytest.raises(IllegalMove) as refused:
        do(alice, pairing_id, VERBS[Move.ANSWER])
    assert refused.value.state == State.OPENED, "told as a code that has died, not as an end"
    found = Pairing.by_id(pairing_id)
    assert found
    assert (found.state, found.stored_state) == (State.OPENED, State.OFFERED)
    version = found.shown_version
    assert found.settled().stored_state == State.OPENED
    assert row(pairing_id).shown_version == version, "a page that showed it so has nothing new to show"
    assert events(pairing_id) == ["opened", "offered", "code_failed"]


def test_an_answer_is_waited_for_one_minute(alice: Person, other: str, clock: MovableClock) -> None:
    pairing_id = pairing_row(alice, ask=True)
    offer(alice, pairing_id)
    clock.advance(seconds=110)
    do(alice, pairing_id, VERBS[Move.ANSWER])
    clock.advance(seconds=59)
    found = Pairing.by_id(pairing_id)
    assert found
    assert found.state == State.ANSWERED
    clock.advance(seconds=1)
    for move in (Move.CONFIRM, Move.REFUSE):
        with pytest.raises(IllegalMove) as refused:
            do(alice, pairing_id, VERBS[move])
        assert refused.value.state == State.OPENED
    assert Pairing.open_of(alice.user_id)
    worker.settle_due()
    assert events(pairing_id) == ["opened", "offered", "answered", "code_failed"]


def test_the_last_code_locks_by_the_clock(alice: Person, other: str, clock: MovableClock) -> None:
    """Before anybody moves it: else whoever guesses would be shown another door."""
    for _ in range(limits.PAIRING_CODES - 1):
        fail_by_refusal(alice, pairing_row(alice, ask=True), clock)
    pairing_id = pairing_row(alice, ask=True)
    offer(alice, pairing_id)
    assert Pairing.lock_of(db.session.get_one(User, alice.user_id)) is None
    clock.advance(minutes=2)
    found = row(pairing_id)
    assert (found.state, found.stored_state) == (State.LOCKED, State.OFFERED)
    until = Pairing.lock_of(db.session.get_one(User, alice.user_id))
    assert until
    worker.settle_due()
    found = row(pairing_id)
    assert (found.state, found.stored_state) == (State.LOCKED, State.LOCKED)
    kept = Pairing.lock_of(db.session.get_one(User, alice.user_id))
    assert kept
    assert timedelta(0) <= kept - until < timedelta(seconds=5)


FAILS = [fail_by_refusal, fail_by_lapse]


@pytest.mark.parametrize("fails", list(product(FAILS, repeat=3)))
def test_the_third_code_that_fails_locks_for_a_day(
    alice: Person, other: str, clock: MovableClock, fails: tuple[Callable[[Person, str, MovableClock], None], ...]
) -> None:
    pairing_id = pairing_row(alice, ask=True)
    for fail in fails:
        assert row(pairing_id).state == State.OPENED
        fail(alice, pairing_id, clock)
    assert row(pairing_id).state == State.LOCKED
    assert events(pairing_id)[-2:] == ["code_failed", "locked"]
    assert kinds() == ["pairing_opened", "pairing_locked"]
    with pytest.raises(PairingLocked) as locked:
        pairing_row(alice, ask=True)
    assert abs(locked.value.until - now() - limits.PAIRING_LOCK) < timedelta(seconds=5)
    clock.advance(hours=23, minutes=59)
    with pytest.raises(PairingLocked):
        pairing_row(alice, ask=True)
    clock.advance(minutes=2)
    again = pairing_row(alice, ask=True)
    fail_by_refusal(alice, again, clock)
    assert row(again).state == State.OPENED, "the count begins anew"


def test_codes_count_over_all_pairings(alice: Person, other: str, clock: MovableClock) -> None:
    for _ in range(2):
        fail_by_refusal(alice, pairing_row(alice, ask=True), clock)
    last = pairing_row(alice, ask=True)
    fail_by_refusal(alice, last, clock)
    assert row(last).state == State.LOCKED


@pytest.mark.parametrize("end", [Move.CANCEL, Move.DECLINE, Move.EXPIRE, Move.STOP])
def test_ending_a_pairing_in_time_buys_no_further_code(
    alice: Person, other: str, clock: MovableClock, end: Move
) -> None:
    """Else somebody who guesses at the new device would withdraw before the other device can say that it was wrong."""
    for shown in range(limits.PAIRING_CODES):
        pairing_id = pairing_row(alice, ask=True)
        offer(alice, pairing_id)
        do(alice, pairing_id, VERBS[Move.ANSWER])
        if shown == limits.PAIRING_CODES - 1:
            with pytest.raises(PairingLocked):
                pairing_row(alice, ask=True)  # in place of the one whose code is the last
        if end == Move.STOP:
            with transaction():
                Pairing.stop_open(User.locked(alice.user_id))
        elif end == Move.EXPIRE:
            clock.advance(minutes=10)
            row(pairing_id).settled()
        else:
            do(alice, pairing_id, VERBS[end])
    with pytest.raises(PairingLocked):
        pairing_row(alice, ask=True)
    assert "pairing_locked" in kinds()


def test_no_twenty_four_hours_have_a_fourth_code(alice: Person, other: str, clock: MovableClock) -> None:
    """The count goes with a day without codes, not with a day since the first of them."""
    moments = []
    for pause in (0, 23.9, 0.2, 0.1, 0.1, 24, 0.2, 23.9, 0.2, 0.1):
        clock.advance(hours=pause)
        try:
            pairing_id = pairing_row(alice, ask=True)
        except PairingLocked:
            continue
        moments.append(now())
        fail_by_refusal(alice, pairing_id, clock)
    assert all(later - first > limits.PAIRING_LOCK for first, later in zip(moments, moments[3:], strict=False))
    assert len(moments) > 3


def test_success_gives_the_codes_back(alice: Person, other: str, clock: MovableClock) -> None:
    pairing_id = pairing_row(alice, ask=True)
    for _ in range(2):
        fail_by_refusal(alice, pairing_id, clock)
    offer(alice, pairing_id)
    for move in (Move.ANSWER, Move.CONFIRM, Move.COMPLETE):
        do(alice, pairing_id, VERBS[move])
    assert (row(pairing_id).state, db.session.get_one(User, alice.user_id).pairing_codes) == (State.COMPLETED, 0)
    again = pairing_row(alice, ask=True)
    for _ in range(2):
        fail_by_refusal(alice, again, clock)
    assert row(again).state == State.OPENED
