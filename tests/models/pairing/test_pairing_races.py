"""Moves of one pairing at the same moment, on both databases: exactly one wins, and the record says which."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.support.pairing.rows import Work, pairing_row
from tests.support.pairing.runs import PairingRun, pairing_run
from tests.support.people.people import Person, enrolled
from tests.support.servers.races import race, won
from webapp.client.formats.encoding import from_base64
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.pairing import MOVES, IllegalMove, Move, State
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing, PairingLocked
from webapp.models.recovery.paired_device import PairedDevice, complete_pairing
from webapp.models.signin.session import SignIn

ROUNDS = 5
pytestmark = pytest.mark.databases


@pytest.fixture
def devices(app: Flask, alice: Person, database_kind: str) -> tuple[str, str]:
    """Two devices of alice that could show a code."""
    first, second = enrolled(alice), alice.new_device()
    with app.app_context(), transaction() as session:
        values = {"name": "Phone", "browser": "Phone", "sign_public": second.sign_public}
        session.add(Device(id=second.id, user_id=alice.user_id, recipient=second.recipient, tries_left=10, **values))
    return first.id, second.id


def moving(person: Person, pairing_id: str, device_id: str, work: Work, *, locked: bool = True) -> Callable[[], None]:
    """A view's way to make a move: the member locked (or forgotten), the rows read again."""

    def run() -> None:
        with transaction() as session:
            user = User.locked(person.user_id) if locked else session.get_one(User, person.user_id)
            work(session.get_one(Pairing, pairing_id), user, session.get_one(Device, device_id))

    return run


def offering(exact: str) -> Work:
    return lambda pairing, user, by: pairing.make_offer(user, by, exact, b"signature")


def check_record(app: Flask, pairing_id: str, first: State) -> list[State]:
    """Events form a path of the table that ends where the pairing stands, and its version counts them."""
    with app.app_context():
        query = select(Event.kind).where(Event.object_id == pairing_id).order_by(Event.id)
        kinds = [kind.removeprefix("pairing.") for kind in db.session.scalars(query)]
        path = [first, *(State.OPENED if kind == "code_failed" else State(kind) for kind in kinds)]
        allowed = {(before, after) for (before, _), after in MOVES.items()}
        assert all(step in allowed for step in pairwise(path)), path
        row = db.session.get_one(Pairing, pairing_id)
        assert (row.state, row.version) == (path[-1], len(path))
        db.session.remove()
    return path


def close_all(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Pairing).values(stored_state=State.CANCELLED))
        session.execute(update(User).values(pairing_codes=0, pairing_codes_at=None, pairing_locked_until=None))


@pytest.mark.parametrize("locked", [True, False])
def test_two_devices_offer_at_once(app: Flask, alice: Person, devices: tuple[str, str], locked: bool) -> None:
    for _ in range(ROUNDS):
        with app.app_context():
            pairing_id = pairing_row(alice)
        works = [moving(alice, pairing_id, device, offering(device), locked=locked) for device in devices]
        outcomes = race(app, *works)
        assert won(outcomes) == 1, outcomes
        assert any(isinstance(outcome, IllegalMove) for outcome in outcomes)
        with app.app_context():
            row = db.session.get_one(Pairing, pairing_id)
            assert row.other_device_id == row.offer == devices[outcomes.index(None)]
            assert db.session.get_one(User, alice.user_id).pairing_codes == 1
        check_record(app, pairing_id, State.OPENED)
        close_all(app)


def test_an_answer_meets_the_end_of_its_code(app: Flask, alice: Person, devices: tuple[str, str]) -> None:
    """Taken or too late: never both, and whoever only looks never fails."""
    for round_ in range(ROUNDS * 2):
        with app.app_context():
            pairing_id = pairing_row(alice, State.OFFERED, devices[0])
            with transaction() as session:
                ends = now() + timedelta(milliseconds=3 * round_)
                session.execute(update(Pairing).where(Pairing.id == pairing_id).values(code_expires_at=ends))
        answering = moving(alice, pairing_id, devices[0], lambda pairing, user, by: pairing.give_answer("answer"))
        answered, *looked = race(app, answering, *[looking(pairing_id)] * 3)
        assert all(outcome is None for outcome in looked), looked
        path = check_record(app, pairing_id, State.OFFERED)
        assert (State.ANSWERED in path) == (answered is None)
        assert answered is None or isinstance(answered, IllegalMove)
        close_all(app)


def looking(pairing_id: str) -> Callable[[], None]:
    """The worker looks at it until something has happened."""

    def work() -> None:
        for _ in range(10):
            found = Pairing.by_id(pairing_id)
            assert found
            if found.settled().stored_state != State.OFFERED:
                return

    return work


ENDS: dict[Move, Work] = {
    Move.CANCEL: lambda pairing, user, by: pairing.cancel(),
    Move.DECLINE: lambda pairing, user, by: pairing.decline(),
    Move.STOP: lambda pairing, user, by: Pairing.stop_open(user),
    Move.REFUSE: lambda pairing, user, by: pairing.refuse(user, by),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_confirmation_meets_an_end(app: Flask, alice: Person, devices: tuple[str, str], end: Move) -> None:
    """An end always holds, before the confirmation or after it; a refusal and a confirmation exclude each other."""
    for _ in range(ROUNDS):
        with app.app_context():
            pairing_id = pairing_row(alice, State.ANSWERED, devices[0])
        confirming = moving(alice, pairing_id, devices[0], lambda pairing, user, by: pairing.confirm(user, by, "key"))
        confirmed, ended = race(app, confirming, moving(alice, pairing_id, devices[0], ENDS[end]))
        path = check_record(app, pairing_id, State.ANSWERED)
        assert (State.CONFIRMED in path) == (confirmed is None)
        if end == Move.REFUSE:
            assert won([confirmed, ended]) == 1
        else:
            assert (ended, path[-1]) == (None, MOVES[State.ANSWERED, end])
        close_all(app)


def test_ten_browsers_ask_at_once(
    app: Flask, alice: Person, charlie: Person, devices: tuple[str, str], database_kind: str
) -> None:
    asking = [lambda person=person: pairing_row(person, ask=True) for person in [alice] * 10 + [charlie] * 3]
    outcomes = race(app, *asking)
    assert won(outcomes) == len(outcomes), outcomes
    with app.app_context():
        for person, asked in ((alice, 10), (charlie, 3)):
            rows = db.session.execute(
                select(Pairing.stored_state, func.count())
                .where(Pairing.user_id == person.user_id)
                .group_by(Pairing.stored_state)
            )
            assert {state: count for state, count in rows} == {State.OPENED: 1, State.CANCELLED: asked - 1}


def test_the_third_code_fails_in_two_ways_at_once(app: Flask, alice: Person, devices: tuple[str, str]) -> None:
    """It is refused while it lapses and the member withdraws: locked once, told once."""
    for _ in range(ROUNDS):
        with app.app_context():
            pairing_id = pairing_row(alice, State.ANSWERED, devices[0])
            with transaction() as session:
                session.execute(update(User).values(pairing_codes=3, pairing_codes_at=now()))
                session.execute(update(Pairing).values(code_expires_at=now() + timedelta(milliseconds=2)))
                before = session.scalar(select(func.count()).where(Notice.kind == "pairing_locked"))
        works = [moving(alice, pairing_id, devices[0], ENDS[move]) for move in (Move.REFUSE, Move.CANCEL)]
        race(app, *works, looking(pairing_id), looking(pairing_id))
        path = check_record(app, pairing_id, State.ANSWERED)
        assert path[-1] in (State.LOCKED, State.CANCELLED)
        with app.app_context():
            with pytest.raises(PairingLocked):
                pairing_row(alice, ask=True)
            assert db.session.scalar(select(func.count()).where(Notice.kind == "pairing_locked")) == (before or 0) + 1
        close_all(app)


def completing(made: PairingRun) -> Callable[[], str]:
    """What the view does."""
    body, person = made.completion_body(), made.person

    def work() -> str:
        keyslot, share, proof = (from_base64(body[name]) for name in ("keyslot", "server_share", "proof"))
        with transaction() as session:
            user = User.locked(person.user_id)
            sign_in = session.scalars(select(SignIn).where(SignIn.device_id == made.new.id)).one()
            sent = PairedDevice(keyslot, share, proof, 1, "Phone")
            return complete_pairing(session.get_one(Pairing, made.id), user, sign_in.id, sent).id

    return work


def test_a_completion_that_is_sent_ten_times_makes_one_device(app: Flask, alice: Person, database_kind: str) -> None:
    enrolled(alice)
    made = pairing_run(alice).upto(State.CONFIRMED)
    made.new.vault_key = made.vault_key()
    outcomes = race(app, *[completing(made) for _ in range(10)])
    assert outcomes == [made.new.id] * 10
    check_record_of_new(app, made)


def test_a_completion_meets_a_reset(app: Flask, alice: Person, database_kind: str) -> None:
    """A device is made, or the pairing is stopped; never a device of a pairing that was stopped."""
    enrolled(alice)
    for _ in range(ROUNDS):
        made = pairing_run(alice).upto(State.CONFIRMED)
        made.new.vault_key = made.vault_key()
        assert alice.device
        stopping = moving(alice, made.id, alice.device.id, ENDS[Move.STOP])
        completed, stopped = race(app, completing(made), stopping)
        assert stopped is None
        with app.app_context():
            state = db.session.get_one(Pairing, made.id).state
            device = db.session.get(Device, made.new.id)
        assert (state == State.COMPLETED) == (completed == made.new.id) == (device is not None)
        assert state in (State.COMPLETED, State.STOPPED)


def check_record_of_new(app: Flask, made: PairingRun) -> None:
    with app.app_context():
        assert DeviceLock.versions(made.new.id) == [1]
        enrolled_ones = select(func.count()).where(Event.kind == "device.enrolled", Event.object_id == made.new.id)
        assert db.session.scalar(enrolled_ones) == 1
        assert db.session.scalar(select(func.count()).where(Notice.kind == "pairing_completed")) == 1
