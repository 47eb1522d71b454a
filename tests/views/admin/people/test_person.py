"""A person’s page: how they stand, what there is to restore, and who had a hand in their sign-in."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.people.marks import disable, hold, mark
from tests.support.people.people import ActiveKey, backed_up, enrolled
from tests.support.people.person import Person
from tests.support.recovery.requests import waiting_request
from tests.support.recovery.runs import asked
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.database import transaction
from webapp.models.approval.conflict_mark import ConflictKind
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest


def page_of(person: Person, by: Person) -> str:
    """The words of their page."""
    response = by.get(f"/admin/users/{person.user_id}")
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split()).replace(" ,", ",").replace(" .", ".")


def test_names_in_the_list_of_users_lead_to_it(bob: Person, alice: Person) -> None:
    assert f'href="/admin/users/{alice.user_id}">Alice</a>' in bob.get("/admin/users").text


def test_it_says_who_it_is_and_what_there_is_to_restore(
    bob: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    page = page_of(alice, bob)
    for said in (
        "Alice Active",
        "Address alice@example.org",
        "Role Member",
        "Devices 1 active",
        "Cloud backups 1, from",
    ):
        assert said in page
    assert "Open request None Requests All requests of Alice Last recovery None" in page


def test_somebody_without_a_vault_has_nothing(bob: Person, olga: Person) -> None:
    page = page_of(olga, bob)
    assert "Olga No vault yet" in page
    assert "Devices None Cloud backups None" in page
    assert "Last sign-in Never" in page


def test_its_open_request_is_a_link(bob: Person, alice: Person, organisation_key: ActiveKey) -> None:
    request = waiting_request(alice, organisation_key)
    assert "Alice Recovering" in page_of(alice, bob)
    assert f'href="{request.path}"' in bob.get(f"/admin/users/{alice.user_id}").text
    assert f'href="/admin/users/{alice.user_id}"' in bob.get(request.path).text


@pytest.mark.databases
def test_it_says_until_when_the_last_recovery_can_be_undone(
    bob: Person, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    made = asked(alice, backed_up(alice, organisation_key))
    made.approve(bob, organisation_key)
    assert made.finish().status_code == 200
    page = page_of(alice, bob)
    assert "The member can undo it until" in page
    assert "Devices 1 active, 1 unpaired" in page
    assert "before the last recovery: no request can use" in page
    clock.advance(days=limits.UNDO_WINDOW.days + 1)
    again = page_of(alice, bob)
    assert "Last recovery" in again
    assert "can undo it" not in again


def test_every_state_that_is_true_is_named(app: Flask, bob: Person, alice: Person) -> None:
    enrolled(alice)
    hold(alice)
    with app.app_context(), transaction() as session:
        User.locked(alice.user_id).password_hash = ""
        session.execute(update(Device).where(Device.user_id == alice.user_id).values(state=DeviceState.PRIOR))
    page = page_of(alice, bob)
    assert "Alice On hold No password at present Activity of Alice" in page
    assert "Devices 0 active, 1 to be brought back after a reset" in page
    assert "Active" not in page.replace("Activity", "")
    assert "On hold No password at present" in " ".join(re.sub(r"<[^>]+>", " ", bob.get("/admin/users").text).split())
    disable(alice)
    assert "Alice Disabled On hold Activity of Alice" in page_of(alice, bob)


@pytest.mark.databases
def test_it_names_who_had_a_hand_in_the_sign_in_and_until_when(
    bob: Person, olga: Person, alice: Person, clock: MovableClock
) -> None:
    assert "Who can’t approve" not in page_of(alice, bob)
    for kind in (ConflictKind.RESET_PASSWORD, ConflictKind.HELD_LINK):
        mark(bob, alice, kind)
    clock.advance(days=3)
    mark(olga, alice)
    page = page_of(alice, bob)
    assert page.count("Bob, until") == page.count("Olga, until") == 1
    assert "reset the password of Alice on" in page
    assert "saw the link for a new password of Alice on" in page
    assert "lifted the hold on the account of Alice on" in page
    clock.advance(seconds=(limits.MARK_LIFE - timedelta(days=2)).total_seconds())
    bob.client = bob.another_browser()  # the session is as old as the first deed
    later = page_of(alice, bob)
    assert ("Bob, until" in later, "Olga, until" in later) == (False, True)


def test_a_request_that_expired_is_not_open(
    app: Flask, bob: Person, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    request = waiting_request(alice, organisation_key)
    clock.advance(days=limits.REQUEST_LIFE.days + 1)
    assert "Open request None" in page_of(alice, bob)
    with app.app_context():
        found = RestoreRequest.by_id(request.id)
        assert found
        assert found.state == "expired"


def test_what_people_call_themselves_is_no_markup(app: Flask, bob: Person, alice: Person) -> None:
    with app.app_context(), transaction():
        User.locked(alice.user_id).name = "<b>Alice"
    hold(alice, "<i>Phone")
    for path in ("", "/reset"):
        page = bob.get(f"/admin/users/{alice.user_id}{path}").text
        assert "&lt;b&gt;Alice" in page
        assert "<b>" not in page
    assert "&lt;i&gt;Phone" in bob.get("/admin/").text
