"""A member’s own settings."""

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from webapp.clock import now
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import OrganisationKey


def test_it_says_who_one_is_and_how_one_signs_in(alice: Person) -> None:
    page = alice.get("/settings").text
    assert "Alice" in page
    assert "alice@example.org" in page
    assert "You have no vault yet" in page


def test_this_device_can_change_its_pin(alice: Person) -> None:
    device = enrolled(alice)
    page = alice.get("/settings").text
    assert device.name in page
    assert f'<change-pin class="stack stack--tight" data-device="{device.id}"' in page


def test_a_browser_without_a_key_is_shown_the_way(alice: Person) -> None:
    enrolled(alice)
    be_at(alice, None)
    page = alice.get("/settings").text
    assert "This browser has no key to your vault" in page
    assert "<change-pin" not in page
    assert "<cloud-backup-switch" not in page


def test_a_confirmed_kit_is_not_offered_again(alice: Person) -> None:
    enrolled(alice)
    page = alice.get("/settings").text
    assert "You have kit number 1" in page
    assert "/join/kit" not in page


def test_a_kit_that_waits_is_offered(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context(), transaction():
        User.locked(alice.user_id).kit_confirmed_at = None
    page = alice.get("/settings").text
    assert "Not confirmed yet" in page
    assert 'href="/join/kit"' in page
    assert "Show My Recovery Kit" in page
    assert alice.get("/join/kit").status_code == 200


def test_cloud_backups_say_whether_they_are_on(alice: Person, organisation_key: ActiveKey) -> None:
    enrolled(alice)
    assert "<cloud-backup-switch" in alice.get("/settings").text
    backed_up(alice, organisation_key)
    page = alice.get("/settings").text
    assert "just now" in page
    assert "<cloud-backup-switch" not in page


def test_another_key_than_the_one_on_record_has_to_be_checked(
    app: Flask, alice: Person, organisation_key: ActiveKey
) -> None:
    enrolled(alice)
    backed_up(alice, organisation_key)
    with app.app_context(), transaction() as session:
        session.get_one(OrganisationKey, organisation_key.id).fingerprint = "a" * 52
    page = alice.get("/settings").text
    assert "no longer the one you turned them on with" in page
    assert "<cloud-backup-switch" in page


def test_without_a_key_there_is_nothing_to_turn_on(alice: Person) -> None:
    enrolled(alice)
    page = alice.get("/settings").text
    assert "has not enabled cloud backups" in page
    assert "<cloud-backup-switch" not in page


@pytest.mark.parametrize("person", ["charlie", "bob"])
def test_nobody_sees_anothers(alice: Person, request: pytest.FixtureRequest, person: str) -> None:
    enrolled(alice)
    assert alice.email not in request.getfixturevalue(person).get("/settings").text


def test_it_takes_a_sign_in(app: Flask, alice: Person) -> None:
    assert app.test_client().get("/settings").status_code == 303
    with app.app_context(), transaction():
        User.locked(alice.user_id).disabled_at = now()
    assert (
        app.test_client().post("/sign-in", data={"email": alice.email, "password": alice.password}).status_code == 422
    )
