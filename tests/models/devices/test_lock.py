"""The server’s part of a device lock: tries are counted before they are compared, whoever races."""

import hmac
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pairing.devices import session_of
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race
from tests.support.vault.devices import MadeDevice
from webapp.database import db, transaction
from webapp.models.devices import lock as module
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock, LockDestroyed, VersionTaken, WrongPin
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import PinNotShown

WRONG = b"w" * 32


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """An active device with a lock."""
    return enrolled(alice)


def opened(device: MadeDevice, proof: bytes, version: int = 1, try_id: str | None = None) -> tuple[bytes, bytes]:
    return DeviceLock.open(db.session.get_one(Device, device.id), version, proof, session_of(device.user), try_id)


def left(device: MadeDevice) -> int:
    db.session.expire_all()
    return db.session.get_one(Device, device.id).tries_left


def change(device: MadeDevice, version: int, proof: bytes = b"n" * 32) -> str:
    with transaction() as session:
        User.locked(device.user)
        row = session.get_one(Device, device.id)
        DeviceLock.change_pin(row, session.scalars(select(SignIn.id)).first() or "", version, b"slot", b"s" * 32, proof)
    return "kept"


def told_of(device: MadeDevice) -> int:
    """How often it was told that this lock was destroyed: in events and, as often, to the member."""
    events = db.session.scalars(select(Event).where(Event.kind == "device.lock_destroyed")).all()
    assert all((one.actor_id, one.subject_id, one.object_id) == (None, device.user, device.id) for one in events)
    notices = db.session.scalars(select(Notice).where(Notice.kind == "lock_destroyed")).all()
    name = db.session.get_one(Device, device.id).name
    assert [(one.user_id, one.details["device"]) for one in notices] == [(device.user, name)] * len(events)
    return len(events)


@pytest.mark.databases
def test_never_more_than_ten_are_compared_of_twenty_at_once(
    app: Flask, device: MadeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[object] = []

    def counted(a: Any, b: Any) -> bool:
        compared.append(a)
        return hmac.compare_digest(a, b)

    monkeypatch.setattr(module, "hmac", type("Counted", (), {"compare_digest": staticmethod(counted)}))
    answers = race(app, *[lambda: opened(device, WRONG)] * 20)
    assert len(compared) <= 10
    assert all(isinstance(answer, WrongPin | LockDestroyed) for answer in answers)
    left = [answer.tries_left for answer in answers if isinstance(answer, WrongPin)]
    assert sorted(left) == list(range(1, 10))
    assert len(answers) - len(left) == 11
    with app.app_context():
        assert DeviceLock.versions(device.id) == []
        row = db.session.get_one(Device, device.id)
        assert row.lock_destroyed_at
        assert not row.opens
        assert told_of(device) == 1


@pytest.mark.databases
def test_the_right_pin_among_wrong_ones_opens_and_starts_the_count_again(app: Flask, device: MadeDevice) -> None:
    proof = device.proof()
    answers = race(app, *[lambda: opened(device, WRONG)] * 5, lambda: opened(device, proof))
    assert isinstance(answers[-1], tuple)
    with app.app_context():
        assert 5 <= db.session.get_one(Device, device.id).tries_left <= 10


def test_a_crash_between_counting_and_comparing_is_no_free_try(
    app: Flask, device: MadeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> bool:
        raise RuntimeError("power cut")

    monkeypatch.setattr(module, "hmac", type("Crashing", (), {"compare_digest": staticmethod(crash)}))
    with app.app_context():
        with pytest.raises(RuntimeError):
            opened(device, device.proof())
        assert db.session.get_one(Device, device.id).tries_left == 9


def test_the_tenth_wrong_pin_is_told_once_and_no_other(app: Flask, device: MadeDevice) -> None:
    with app.app_context():
        for left in range(9, 0, -1):
            with pytest.raises(WrongPin):
                opened(device, WRONG)
            assert (left, told_of(device)) == (left, 0)
        for proof in (WRONG, WRONG, device.proof()):
            with pytest.raises(LockDestroyed):
                opened(device, proof)
            assert told_of(device) == 1
        DeviceLock.tidy()
        assert told_of(device) == 1


def test_a_lock_that_could_not_be_told_of_is_not_destroyed(
    app: Flask, device: MadeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Notice, "give", full)
    with app.app_context():
        for error in [WrongPin] * 9 + [OSError]:
            with pytest.raises(error):
                opened(device, WRONG)
        assert DeviceLock.versions(device.id) == [1], "the worker tries again, and tells"
        assert told_of(device) == 0


def test_a_destroyed_lock_opens_for_nobody(app: Flask, device: MadeDevice) -> None:
    with app.app_context():
        with transaction():
            DeviceLock.destroy(device.id)
        with pytest.raises(LockDestroyed):
            opened(device, device.proof())
        with pytest.raises(PinNotShown):
            change(device, 2)


def test_the_older_lock_lives_until_the_newer_has_opened(app: Flask, device: MadeDevice) -> None:
    with app.app_context():
        change(device, 2)
        assert DeviceLock.versions(device.id) == [1, 2]
        opened(device, device.proof())
        assert DeviceLock.versions(device.id) == [1, 2]
        assert opened(device, b"n" * 32, 2) == (b"slot", b"s" * 32)
        assert DeviceLock.versions(device.id) == [2]


@pytest.mark.databases
def test_of_two_changes_at_once_one_wins(app: Flask, device: MadeDevice) -> None:
    answers = race(app, lambda: change(device, 2), lambda: change(device, 2, b"m" * 32))
    assert sorted(map(type, answers), key=str) == sorted([str, VersionTaken], key=str)
    with app.app_context():
        assert DeviceLock.versions(device.id) == [1, 2]


def test_the_same_change_again_changes_nothing(app: Flask, device: MadeDevice) -> None:
    with app.app_context():
        assert [change(device, 2), change(device, 2)] == ["kept", "kept"]
        assert DeviceLock.versions(device.id) == [1, 2]
        with pytest.raises(VersionTaken):
            change(device, 2, b"m" * 32)


TRY, OTHER_TRY = "1" * 32, "2" * 32


@pytest.mark.databases
def test_the_same_try_at_once_and_again_is_counted_once(app: Flask, device: MadeDevice) -> None:
    answers = race(app, *[lambda: opened(device, WRONG, try_id=TRY)] * 4)
    assert [answer.tries_left for answer in answers if isinstance(answer, WrongPin)] == [9] * 4
    with app.app_context():
        with pytest.raises(WrongPin) as again:
            opened(device, WRONG, try_id=TRY)
        assert (again.value.tries_left, left(device)) == (9, 9)


def test_the_right_pin_whose_answer_got_lost_opens_again(app: Flask, device: MadeDevice) -> None:
    with app.app_context():
        first = opened(device, device.proof(), try_id=TRY)
        assert opened(device, device.proof(), try_id=TRY) == first
        assert left(device) == 10


def test_another_proof_or_another_id_is_another_try(app: Flask, device: MadeDevice) -> None:
    tries = [(WRONG, TRY), (b"v" * 32, TRY), (WRONG, TRY), (WRONG, OTHER_TRY), (WRONG, None), (WRONG, None)]
    with app.app_context():
        for number, (proof, try_id) in enumerate(tries, 1):
            with pytest.raises(WrongPin):
                opened(device, proof, try_id=try_id)
            assert left(device) == 10 - number


def test_a_try_that_was_not_counted_is_not_compared_later(app: Flask, device: MadeDevice) -> None:
    """While the tenth is under way, an eleventh finds none left; again, it must not pass for counted."""
    with app.app_context():
        with transaction() as session:
            session.get_one(Device, device.id).tries_left = 0
        for _ in range(2):
            with pytest.raises(LockDestroyed):
                opened(device, device.proof(), try_id=TRY)


def test_the_tenth_wrong_try_again_says_the_same(app: Flask, device: MadeDevice) -> None:
    with app.app_context():
        with transaction() as session:
            session.get_one(Device, device.id).tries_left = 1
        for _ in range(2):
            with pytest.raises(LockDestroyed):
                opened(device, WRONG, try_id=TRY)
        assert told_of(device) == 1


def test_a_pin_is_changed_only_by_who_typed_the_present_one(
    app: Flask, device: MadeDevice, clock: MovableClock
) -> None:
    clock.advance(minutes=11)
    with app.app_context():
        with pytest.raises(PinNotShown):
            change(device, 2)
        opened(device, device.proof())
        change(device, 2)


def test_a_share_opens_for_its_own_row_only(app: Flask, device: MadeDevice, charlie: Person) -> None:
    theirs = enrolled(charlie)
    with app.app_context():
        with transaction() as session:
            row = session.get_one(DeviceLock, (theirs.id, 1))
            row.server_share = session.get_one(DeviceLock, (device.id, 1)).server_share
        with pytest.raises(Exception, match="server-share"):
            opened(theirs, theirs.proof())
