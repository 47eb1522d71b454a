"""Where everybody belongs in this browser."""

import pytest
from flask import Flask

from tests.support.people.people import Person, be_at, enrolled
from webapp.database import transaction
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User


def leads(person: Person) -> str:
    return str(person.get("/").headers["Location"])


def change(person: Person, **values: object) -> None:
    with person.app.app_context(), transaction():
        user = User.locked(person.user_id)
        for name, value in values.items():
            setattr(user, name, value)


def test_somebody_without_a_vault_joins(alice: Person, bob: Person) -> None:
    assert leads(alice) == "/join/vault"
    assert leads(bob) == "/join/vault"


def test_a_browser_that_has_not_looked_for_its_key_looks(alice: Person) -> None:
    enrolled(alice, here=False)
    assert leads(alice) == "/devices/here"


def test_a_device_goes_to_the_vault(alice: Person) -> None:
    enrolled(alice)
    assert leads(alice) == "/vault"


def test_joining_goes_on_where_it_stopped(alice: Person) -> None:
    enrolled(alice)
    change(alice, kit_confirmed_at=None, joined_at=None)
    assert leads(alice) == "/join/kit"
    with alice.app.app_context():
        made_at = Device.of(alice.user_id)[0].enrolled_at
    change(alice, kit_confirmed_at=made_at)
    assert leads(alice) == "/join/cloud-backup"
    change(alice, cloud_backups_at=made_at)
    assert leads(alice) == "/vault"


def test_a_browser_without_a_key_is_led_to_recovery(alice: Person) -> None:
    enrolled(alice)
    be_at(alice, None)
    assert leads(alice) == "/recovery"


def test_an_admin_without_a_key_is_led_to_the_admin_portal(bob: Person) -> None:
    enrolled(bob)
    be_at(bob, None)
    assert leads(bob) == "/admin/"


@pytest.mark.parametrize("state", ["prior", "unpaired"])
def test_a_device_that_is_no_longer_active_is_led_to_recovery(app: Flask, alice: Person, state: str) -> None:
    device = enrolled(alice)
    with app.app_context(), transaction() as session:
        session.get_one(Device, device.id).state = state  # type: ignore[assignment]
    assert leads(alice) == "/recovery"


def test_a_device_whose_lock_was_destroyed_is_led_to_recovery(app: Flask, alice: Person) -> None:
    device = enrolled(alice)
    with app.app_context(), transaction():
        DeviceLock.destroy(device.id)
    assert leads(alice) == "/recovery"


def test_anothers_device_is_no_way_in(alice: Person, charlie: Person) -> None:
    enrolled(charlie)
    be_at(charlie, enrolled(alice))
    assert leads(charlie) == "/recovery"


def test_signed_out_people_sign_in_first(app: Flask) -> None:
    assert app.test_client().get("/").headers["Location"] == "/sign-in?next=/"
