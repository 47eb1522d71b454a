"""The server’s part of a device lock: tries are counted before they are compared, whoever races."""

import hmac
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import MovableClock
from tests.support.devices import MadeDevice
from tests.support.paired import session_of
from tests.support.people import Person, enrolled
from tests.support.racing import race
from webapp.database import db, transaction
from webapp.models import (
    Device,
    DeviceLock,
    Event,
    LockDestroyed,
    Notice,
    PinNotShown,
    SignIn,
    User,
    VersionTaken,
    WrongPin,
)
from webapp.models import device_lock as module

WRONG = b"w" * 32


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """An active device with a lock."""
    return enrolled(alice)


def opened(device: MadeDevice, proof: bytes, version: int = 1) -> tuple[bytes, bytes]:
    return DeviceLock.open(db.session.get_one(Device, device.id), version, proof, session_of(device.user))


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
    answers = race(app, *[lambda: change(device, 2)] * 2)
    assert sorted(map(type, answers), key=str) == sorted([str, VersionTaken], key=str)
    with app.app_context():
        assert DeviceLock.versions(device.id) == [1, 2]


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
