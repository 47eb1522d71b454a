"""A device that a reset made prior: its PIN opens its lock, for a pairing or its own backup, and nothing else opens."""

import pytest
from flask import Flask

from tests.support.people.marks import hold
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import MadeDevice
from tests.views.vault.test_device_lock import unlocking
from tests.views.vault.test_vault import saving
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState


@pytest.fixture
def prior(alice: Person) -> MadeDevice:
    """Alice’s device, which is prior now; she is signed in there."""
    device = enrolled(alice)
    put(alice, device, DeviceState.PRIOR)
    return device


def put(person: Person, device: MadeDevice, state: DeviceState) -> None:
    with person.app.app_context(), transaction() as session:
        session.get_one(Device, device.id).state = state


def test_its_pin_opens_its_lock(alice: Person, prior: MadeDevice) -> None:
    assert alice.get("/devices/lock-versions").get_json() == {"versions": [1], "tries_left": 10}
    answer = alice.signed_post("/devices/unlock", unlocking(prior))
    assert (answer.status_code, set(answer.get_json())) == (200, {"keyslot", "server_share", "version"})


def test_it_reads_and_saves_no_vault_by_that(alice: Person, prior: MadeDevice) -> None:
    alice.signed_post("/devices/unlock", unlocking(prior))
    for answer in (alice.get("/vault/file"), alice.signed_post("/vault/file", saving(prior))):
        assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"})


def test_ten_wrong_pins_destroy_it_as_ever(app: Flask, alice: Person, prior: MadeDevice) -> None:
    answers = [alice.signed_post("/devices/unlock", unlocking(prior, "000000")) for _ in range(10)]
    assert [answer.status_code for answer in answers] == [403] * 9 + [410]
    assert answers[0].get_json() == {"error": "wrong_pin", "tries_left": 9}
    with app.app_context():
        assert db.session.get_one(Device, prior.id).lock_destroyed_at is not None
    assert alice.signed_post("/devices/unlock", unlocking(prior)).status_code == 410


def test_on_hold_it_stays_shut_and_no_try_is_lost(app: Flask, alice: Person, prior: MadeDevice) -> None:
    hold(alice)
    for pin in (None, "000000"):
        answer = alice.signed_post("/devices/unlock", unlocking(prior, pin))
        assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"})
    assert alice.get("/devices/lock-versions").status_code == 403
    with app.app_context():
        assert db.session.get_one(Device, prior.id).tries_left == 10


def test_an_unpaired_one_stays_shut(alice: Person, prior: MadeDevice) -> None:
    put(alice, prior, DeviceState.UNPAIRED)
    assert alice.signed_post("/devices/unlock", unlocking(prior)).status_code == 403


def test_nobody_else_opens_it(alice: Person, charlie: Person, prior: MadeDevice) -> None:
    enrolled(charlie)
    assert charlie.signed_post("/devices/unlock", unlocking(prior), device=prior).status_code == 404
