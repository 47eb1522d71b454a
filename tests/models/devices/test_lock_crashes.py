"""A crash at the tenth try of a PIN leaves a lock that opens for nobody, and that the worker destroys."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.pairing.devices import session_of
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race
from tests.support.vault.devices import MadeDevice
from webapp import worker
from webapp.database import db, transaction
from webapp.models.devices import lock as module
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock, LockDestroyed
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.options import RecoveryOptions
from webapp.models.recovery.reasons import Reason, reason_at


@pytest.fixture
def crashed(app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch) -> MadeDevice:
    """Alice’s device: the power went while the right PIN was tried for the tenth time, long after it was last used."""
    device = enrolled(alice)

    def crash(*_: object) -> bool:
        raise RuntimeError("power cut")

    with app.app_context():
        with transaction() as session:
            session.execute(update(Device).where(Device.id == device.id).values(tries_left=1))
        with monkeypatch.context() as patch:
            patch.setattr(module, "hmac", type("Crashing", (), {"compare_digest": staticmethod(crash)}))
            with pytest.raises(RuntimeError):
                DeviceLock.open(db.session.get_one(Device, device.id), 1, device.proof(), session_of(device.user))
        db.session.remove()
    return device


def told_of(device: MadeDevice) -> list[str]:
    """The events and notices about this lock."""
    events = select(Event.kind).where(Event.kind == "device.lock_destroyed", Event.object_id == device.id)
    notices = select(Notice.kind).where(Notice.kind == "lock_destroyed", Notice.user_id == device.user)
    return [*db.session.scalars(events), *db.session.scalars(notices)]


@pytest.mark.databases
def test_it_opens_for_nobody_and_is_no_device_to_count_on(app: Flask, alice: Person, crashed: MadeDevice) -> None:
    with app.app_context():
        row = db.session.get_one(Device, crashed.id)
        assert (row.tries_left, row.lock_destroyed_at, row.opens) == (0, None, False)
        assert reason_at(db.session.get_one(User, alice.user_id), row) == Reason.LOCK_DESTROYED
        assert RecoveryOptions(db.session.get_one(User, alice.user_id), None).others == []
        with pytest.raises(LockDestroyed):
            DeviceLock.open(row, 1, crashed.proof(), session_of(crashed.user))
        db.session.remove()
    assert alice.get("/").headers["Location"] == "/recovery"


@pytest.mark.databases
def test_the_worker_destroys_it_once_the_try_cannot_be_under_way(
    app: Flask, clock: MovableClock, crashed: MadeDevice
) -> None:
    with app.app_context():
        clock.advance(seconds=50)
        worker.tidy()
        assert DeviceLock.versions(crashed.id) == [1], "perhaps it is being compared right now"
        assert told_of(crashed) == []
        clock.advance(seconds=11)
        worker.tidy()
        assert DeviceLock.versions(crashed.id) == []
        assert db.session.get_one(Device, crashed.id).lock_destroyed_at
        worker.tidy()
        assert told_of(crashed) == ["device.lock_destroyed", "lock_destroyed"]
        db.session.remove()


@pytest.mark.databases
def test_two_workers_at_once_tell_of_it_once(app: Flask, clock: MovableClock, crashed: MadeDevice) -> None:
    clock.advance(minutes=2)
    assert race(app, worker.tidy, worker.tidy) == [None, None]
    with app.app_context():
        assert told_of(crashed) == ["device.lock_destroyed", "lock_destroyed"]
        db.session.remove()


@pytest.mark.databases
def test_the_right_pin_at_the_tenth_try_opens_though_the_worker_tidies(
    app: Flask, alice: Person, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = enrolled(alice)
    clock.advance(days=1)
    original = DeviceLock._opened

    def tidied_first(lock: DeviceLock, version: int) -> tuple[bytes, bytes]:
        DeviceLock.tidy()
        return original(lock, version)

    monkeypatch.setattr(DeviceLock, "_opened", tidied_first)
    with app.app_context():
        with transaction() as session:
            session.execute(update(Device).where(Device.id == device.id).values(tries_left=1))
        assert (
            DeviceLock.open(db.session.get_one(Device, device.id), 1, device.proof(), session_of(device.user))[1]
            == device.server_share
        )
        row = db.session.get_one(Device, device.id)
        assert (row.tries_left, row.lock_destroyed_at, row.opens) == (10, None, True)
        db.session.remove()
