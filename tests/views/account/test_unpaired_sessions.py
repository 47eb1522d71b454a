"""Unpairing on the Devices page ends the sessions of what it unpairs, and a new device overrules no older one."""

import pytest

from tests.support.pairing.devices import add_device
from tests.support.pairing.tricked import state
from tests.support.people.people import Person, be_at, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.database import transaction
from webapp.models.signin.session import SignIn


@pytest.fixture
def device(alice: Person, clock: MovableClock) -> MadeDevice:
    """Alice’s device, in which her vault is open."""
    made = enrolled(alice)
    clock.advance(minutes=1)
    return made


def test_unpairing_ends_the_sessions_of_that_device(alice: Person, device: MadeDevice) -> None:
    phone, at_phone, elsewhere = add_device(alice), alice.another_browser(), alice.another_browser()
    be_at(alice, phone, at_phone)
    at_phone.post("/devices/none")  # whoever holds it would rather not be known
    assert alice.post(f"/devices/{phone.id}/unpairing").status_code == 303
    assert at_phone.get("/sessions").status_code == 303
    assert (elsewhere.get("/sessions").status_code, alice.get("/sessions").status_code) == (200, 200)


def test_a_browser_that_was_both_devices_stays_signed_in(alice: Person, device: MadeDevice) -> None:
    former = add_device(alice)
    for each in (device, former):
        alice.signed_post("/devices/here", device=each)
    be_at(alice, device)
    with alice.app.app_context(), transaction() as session:
        session.query(SignIn).one().last_device_id = former.id
    assert alice.post(f"/devices/{former.id}/unpairing").status_code == 303
    assert alice.get("/sessions").status_code == 200


def test_whoever_unpairs_the_device_they_are_at_stays_signed_in(alice: Person, device: MadeDevice) -> None:
    add_device(alice)
    assert alice.post(f"/devices/{device.id}/unpairing").status_code == 303
    assert alice.get("/sessions").status_code == 200


def test_a_new_device_brings_nothing_back_that_an_older_one_unpaired(
    alice: Person, device: MadeDevice, clock: MovableClock
) -> None:
    """Else a phone that was stolen, and unpaired in time, comes back by a browser that was paired by a trick."""
    phone = add_device(alice)
    alice.post(f"/devices/{phone.id}/unpairing")
    clock.advance(minutes=1)
    newer = add_device(alice, own_name="New")
    be_at(alice, newer)
    page = alice.post(f"/devices/{phone.id}/return", follow_redirects=True).text
    assert "This one is new: for 7 days it can’t bring it back." in page
    assert state(alice, phone) == "unpaired"
    be_at(alice, device)
    alice.post(f"/devices/{phone.id}/return")
    assert state(alice, phone) == "active"
