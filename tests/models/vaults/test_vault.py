"""Saving a vault file: compare and set, whoever else saves."""

import hashlib

import pytest
from flask import Flask

from tests.support.people.people import Person, enrolled
from tests.support.servers.races import race
from tests.support.vault.devices import MadeDevice, login
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.vaults.vault import DeviceNotActive, StaleVault, Vault


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """An active device with a vault."""
    return enrolled(alice, [login()])


def save(device: MadeDevice, file: bytes, base: tuple[int, str] | None = None, counter: int = 2) -> int:
    base = base or (1, hashlib.sha256(device.file).hexdigest())
    with transaction() as session:
        user = User.locked(device.user)
        return Vault.save(user, session.get_one(Device, device.id), base, counter, 1, file).counter


@pytest.mark.databases
def test_of_two_tabs_that_save_at_once_exactly_one_wins(app: Flask, device: MadeDevice) -> None:
    answers = race(app, lambda: save(device, b"one"), lambda: save(device, b"other"))
    assert sorted(type(answer).__name__ for answer in answers) == ["StaleVault", "int"]
    with app.app_context():
        vault = Vault.current(db.session.get_one(User, device.user), with_file=True)
        assert vault
        assert (vault.counter, vault.file in (b"one", b"other")) == (2, True)


@pytest.mark.databases
def test_the_same_save_twice_at_once_is_one_save(app: Flask, device: MadeDevice) -> None:
    assert race(app, *[lambda: save(device, b"same")] * 6) == [2] * 6


def test_a_stale_save_is_told_what_is_current(app: Flask, device: MadeDevice) -> None:
    with app.app_context():
        save(device, b"first")
        with pytest.raises(StaleVault) as refused:
            save(device, b"second")
        assert refused.value.current.sha256 == hashlib.sha256(b"first").hexdigest()


@pytest.mark.parametrize("counter", [0, 1])
def test_the_counter_only_rises(app: Flask, device: MadeDevice, counter: int) -> None:
    with app.app_context(), pytest.raises(StaleVault):
        save(device, b"file", counter=counter)


@pytest.mark.parametrize("state", [DeviceState.PRIOR, DeviceState.UNPAIRED])
def test_only_an_active_device_saves(app: Flask, device: MadeDevice, state: DeviceState) -> None:
    with app.app_context():
        with transaction() as session:
            session.get_one(Device, device.id).state = state
        with pytest.raises(DeviceNotActive):
            save(device, b"file")


def test_a_device_of_somebody_else_saves_nothing(app: Flask, device: MadeDevice, charlie: Person) -> None:
    theirs = enrolled(charlie)
    base = (1, hashlib.sha256(device.file).hexdigest())
    with app.app_context(), pytest.raises(DeviceNotActive), transaction() as session:
        Vault.save(User.locked(device.user), session.get_one(Device, theirs.id), base, 2, 1, b"file")


def test_a_new_epoch_archives_the_former_one(app: Flask, device: MadeDevice) -> None:
    with app.app_context():
        with transaction():
            user = User.locked(device.user)
            Vault.begin(user, device.id, 2, b"v" * 32, 2, 1, b"new epoch")
        user = db.session.get_one(User, device.user)
        current, former = Vault.current(user), db.session.get_one(Vault, (user.id, 1))
        assert current
        assert (current.epoch, current.ended_at, user.epoch) == (2, None, 2)
        assert former.ended_at
        assert former.file == device.file
        with pytest.raises(StaleVault):
            save(device, b"file", base=(1, former.sha256))
