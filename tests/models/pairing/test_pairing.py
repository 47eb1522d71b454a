"""The pairing in the database: every pair of the table, what a move announces, and what stops it."""

from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.pairing.rows import VERBS, Work, do, events, kinds, offer, pairing_row, row
from tests.support.people.marks import hold
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.pairing import MOVES, OPEN, IllegalMove, Move, State
from webapp.models.accounts.password_reset import reset_by_operator
from webapp.models.accounts.unpairing import unpair, unpair_others
from webapp.models.accounts.veto import veto
from webapp.models.approval.hold import OnHold
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing

ENDED = [state for state in State if state not in OPEN]
TELLS = {Move.COMPLETE: ["pairing_completed"], Move.DECLINE: ["pairing_declined"]}
UNFINISHED = (Move.DECLINE, Move.CANCEL)


@pytest.fixture
def other(app: Flask, alice: Person) -> Iterator[str]:
    """Alice’s device, which shows codes; inside an application context."""
    device = enrolled(alice)
    with app.app_context():
        yield device.id


ALONE = [Move.LAPSE, Move.LOCK, Move.EXPIRE, Move.STOP]
"""Nobody asks for these; their tests are below."""


@pytest.mark.parametrize(("state", "move"), list(product(State, VERBS)))
def test_every_pair(alice: Person, other: str, state: State, move: Move) -> None:
    pairing_id = pairing_row(alice, state, other)
    before = row(pairing_id).version
    if (state, move) in MOVES:
        do(alice, pairing_id, VERBS[move])
        assert (row(pairing_id).state, row(pairing_id).version) == (MOVES[state, move], before + 1)
        named = "code_failed" if move == Move.REFUSE else str(MOVES[state, move])
        assert events(pairing_id) == [named], "each move leaves one event"
        unfinished = ["pairing_unfinished"] if state == State.CONFIRMED and move in UNFINISHED else []
        assert kinds() == unfinished + TELLS.get(move, [])
        assert (row(pairing_id).ended_at is not None) == (MOVES[state, move] not in OPEN)
    else:
        with pytest.raises(IllegalMove) as refused:
            do(alice, pairing_id, VERBS[move])
        assert refused.value.state == state
        assert (row(pairing_id).state, row(pairing_id).version) == (state, before)
        assert (events(pairing_id), kinds()) == ([], [])


def test_every_move_has_a_test() -> None:
    assert {*VERBS, *ALONE} == set(Move)


@pytest.mark.parametrize("state", list(State))
def test_what_befalls_the_account_stops_what_is_open(alice: Person, other: str, state: State) -> None:
    pairing_id = pairing_row(alice, state, other)
    with transaction():
        Pairing.stop_open(User.locked(alice.user_id))
    assert row(pairing_id).state == (State.STOPPED if state in OPEN else state)
    assert events(pairing_id) == (["stopped"] if state in OPEN else [])
    assert kinds() == (["pairing_unfinished"] if state == State.CONFIRMED else []), "the key was handed over"


@pytest.mark.parametrize("by", ["reset", "veto", "unpairing the device that shows the code", "unpairing the others"])
def test_resets_objections_and_unpairing_stop_it(alice: Person, other: str, by: str) -> None:
    pairing_id = pairing_row(alice, State.OFFERED, other)
    with transaction() as session:
        user, device = User.locked(alice.user_id), session.get_one(Device, other)
        if by == "reset":
            reset_by_operator(user)
        elif by == "veto":
            veto(user, "a mail")
        elif by == "unpairing the others":
            unpair_others(user, device)
        else:
            unpair(user, device, [device])
    assert row(pairing_id).state == State.STOPPED


def test_a_second_pairing_takes_the_place_of_the_first(alice: Person, other: str) -> None:
    first = pairing_row(alice, ask=True)
    offer(alice, first)
    second = pairing_row(alice, ask=True)
    assert (row(first).state, row(second).state) == (State.CANCELLED, State.OPENED)
    open_now = Pairing.open_of(alice.user_id)
    assert open_now
    assert open_now.id == second
    assert events(first) == ["opened", "offered", "cancelled"]


def test_an_overdue_pairing_that_is_replaced_has_expired(alice: Person, other: str, clock: MovableClock) -> None:
    first = pairing_row(alice, ask=True)
    clock.advance(minutes=11)
    pairing_row(alice, ask=True)
    assert row(first).state == State.EXPIRED


def test_pairings_of_two_members_do_not_meet(alice: Person, other: str, charlie: Person) -> None:
    hers, his = pairing_row(alice, ask=True), pairing_row(charlie, ask=True)
    assert (row(hers).state, row(his).state) == (State.OPENED, State.OPENED)


def test_an_account_on_hold_is_not_paired(alice: Person, other: str) -> None:
    hold(alice)
    with pytest.raises(OnHold):
        pairing_row(alice, ask=True)
    assert db.session.scalar(select(func.count()).select_from(Pairing)) == 0


def test_whoever_shows_no_code_neither_confirms_nor_refuses(alice: Person, other: str) -> None:
    second = alice.new_device()
    with transaction() as session:
        session.add(
            Device(
                id=second.id,
                user_id=alice.user_id,
                name="Phone",
                browser="Phone",
                sign_public=second.sign_public,
                recipient=second.recipient,
                tries_left=10,
            )
        )
    pairing_id = pairing_row(alice, State.ANSWERED, other)
    for move in (Move.CONFIRM, Move.REFUSE):
        with pytest.raises(IllegalMove):
            do(alice, pairing_id, VERBS[move], second.id)
    assert row(pairing_id).state == State.ANSWERED


@pytest.mark.parametrize("gone", ["unpaired", "lock destroyed", "no tries left"])
@pytest.mark.parametrize(
    ("state", "move"), [(State.OPENED, Move.OFFER), (State.ANSWERED, Move.CONFIRM), (State.ANSWERED, Move.REFUSE)]
)
def test_a_device_that_was_lost_meanwhile_does_nothing(
    alice: Person, other: str, gone: str, state: State, move: Move
) -> None:
    pairing_id = pairing_row(alice, state, other)
    with transaction() as session:
        device = session.get_one(Device, other)
        if gone == "unpaired":
            device.state = DeviceState.UNPAIRED
        elif gone == "lock destroyed":
            device.lock_destroyed_at = now()
        else:
            device.tries_left = 0
    with pytest.raises(IllegalMove):
        do(alice, pairing_id, VERBS[move])
    assert row(pairing_id).state == state


def test_a_prior_device_is_active_when_the_new_one_is_stored(alice: Person, other: str) -> None:
    with transaction() as session:
        session.get_one(Device, other).state = DeviceState.PRIOR
    pairing_id = pairing_row(alice, State.ANSWERED, other)
    do(alice, pairing_id, VERBS[Move.CONFIRM])
    assert row(pairing_id).confirmed_at
    assert db.session.get_one(Device, other).state == DeviceState.PRIOR
    do(alice, pairing_id, VERBS[Move.COMPLETE])
    assert db.session.get_one(Device, other).state == DeviceState.ACTIVE


@pytest.mark.parametrize("move", UNFINISHED)
def test_a_prior_device_stays_so_where_the_new_one_never_reports_back(alice: Person, other: str, move: Move) -> None:
    with transaction() as session:
        session.get_one(Device, other).state = DeviceState.PRIOR
    pairing_id = pairing_row(alice, State.CONFIRMED, other)
    do(alice, pairing_id, VERBS[move])
    assert db.session.get_one(Device, other).state == DeviceState.PRIOR


@pytest.mark.parametrize(
    ("state", "move", "kept"),
    [
        (State.OPENED, lambda pairing, user, by: pairing.make_offer(user, by, "o", b"s"), "offered"),
        (State.OFFERED, lambda pairing, user, by: pairing.give_answer("a"), "answered"),
        (State.ANSWERED, lambda pairing, user, by: pairing.confirm(user, by, "c"), "confirmed"),
    ],
)
def test_what_is_sent_again_changes_nothing(alice: Person, other: str, state: State, move: Work, kept: str) -> None:
    """The answer got lost, and the browser sends the same once more."""
    pairing_id = pairing_row(alice, state, other)
    do(alice, pairing_id, move)
    version = row(pairing_id).version
    codes = db.session.get_one(User, alice.user_id).pairing_codes
    do(alice, pairing_id, move)
    assert (row(pairing_id).state, row(pairing_id).version) == (kept, version)
    assert db.session.get_one(User, alice.user_id).pairing_codes == codes
    assert events(pairing_id) == [kept]


def test_it_is_announced_until_it_ends(alice: Person, other: str) -> None:
    pairing_id = pairing_row(alice, ask=True)
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.kind, notice.details["pairing"], notice.dismissed_at) == ("pairing_opened", pairing_id, None)
    do(alice, pairing_id, VERBS[Move.CANCEL])
    assert db.session.scalars(select(Notice)).one().dismissed_at
