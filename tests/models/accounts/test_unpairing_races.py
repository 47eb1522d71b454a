"""Unpairing at the same moment as something else: one after the other, and the record says in which order."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pairing.devices import add_device, doing, told
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.finish import finish_of, finishing, released
from tests.support.recovery.runs import asked
from tests.support.servers.races import race
from tests.support.vault.devices import MadeDevice
from webapp.database import db, transaction
from webapp.models.accounts.unpairing import NotHere, destroy, may_return, unpair
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event


@pytest.fixture
def phone(alice: Person) -> MadeDevice:
    """Another device of Alice’s; her own browser is `alice.device`."""
    enrolled(alice)
    return add_device(alice)


@pytest.mark.databases
def test_two_tabs_unpair_it_once(app: Flask, alice: Person, phone: MadeDevice) -> None:
    outcomes = race(app, *[lambda: doing(alice, unpair, phone.id)] * 3, lambda: doing(alice, destroy, phone.id))
    assert sorted(map(int, outcomes[:3])) in ([0, 0, 0], [0, 0, 1])
    assert outcomes[3] is True
    with app.app_context():
        assert DeviceLock.versions(phone.id) == []
        assert told("device_destroyed") == ["device_destroyed"]
        assert len(list(db.session.scalars(select(Event).where(Event.kind == "device.unpaired")))) == 1


@pytest.mark.databases
def test_two_devices_that_unpair_each_other_leave_one(app: Flask, alice: Person, phone: MadeDevice) -> None:
    def by(own: str, other: str) -> Callable[[], object]:
        def work() -> object:
            with transaction() as session:
                user = User.locked(alice.user_id)
                device = session.get_one(Device, own)
                if not device.opens:
                    raise NotHere
                return len(unpair(user, device, [session.get_one(Device, other)]))

        return work

    assert alice.device
    outcomes = race(app, by(phone.id, alice.device.id), by(alice.device.id, phone.id))
    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["NotHere", "int"]


@pytest.mark.databases
def test_unpairing_and_a_finish_come_one_after_the_other(
    app: Flask, alice: Person, bob: Person, phone: MadeDevice, organisation_key: ActiveKey
) -> None:
    made = asked(alice, backed_up(alice, organisation_key))
    made.approve(bob, organisation_key)
    sent = finish_of(released(made))
    outcomes = race(app, finishing(made, sent), lambda: doing(alice, unpair, phone.id))
    assert outcomes[0] == made.device.id
    with app.app_context():
        device = db.session.get_one(Device, phone.id)
        assert device.state == DeviceState.UNPAIRED
        if isinstance(outcomes[1], NotHere):
            assert (device.unpaired_by, device.unpaired_epoch) == (made.device.id, 2)
        else:
            assert alice.device
            assert (outcomes[1], device.unpaired_by, device.unpaired_epoch) == (1, alice.device.id, None)
        assert db.session.get_one(Device, made.device.id).is_active
        assert not may_return(device)
