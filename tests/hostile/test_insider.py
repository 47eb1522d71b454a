"""An admin with the key file who wants a member’s vault, alone: every order of what they can do, and it fails."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.password_links import NEW, reset
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.runs import Restoring, asked, restoring
from tests.support.recovery.vetoes import veto_path
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.database import db
from webapp.flows.restore_request import NotYours, State
from webapp.models.accounts.invite import Invite
from webapp.models.directory.user import Role
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.vault import Vault


@pytest.fixture
def alice(alice: Person, organisation_key: ActiveKey) -> Person:
    """With a vault on her device and a cloud backup."""
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    return alice


def take_over(alice: Person, insider: Person) -> FlaskClient:
    """Reset her password, keep the link, sign in as her."""
    path, thief = reset(alice, insider), alice.app.test_client()
    assert thief.post(path, data={"password": NEW}).status_code == 303
    be_at(alice, None, thief)
    return thief


def ask_as(alice: Person, thief: FlaskClient) -> Restoring:
    made = restoring(alice, alice.backups[-1], client=thief)
    assert made.ask().status_code == 303
    return made


def shut_out(client: FlaskClient) -> bool:
    """Whether the browser’s session is dead, so that it gets nothing to sign."""
    return client.post("/devices/challenge", headers={"Accept": "application/octet-stream"}).status_code == 401


def assert_nothing_got_out(made: Restoring, alice: Person) -> None:
    assert made.row().state in (State.REQUESTED, State.STOPPED, State.DENIED)
    assert made.signed("release").status_code in (401, 404, 409, 410)
    with alice.app.app_context():
        assert alice.device
        vault = db.session.get(Vault, (alice.user_id, 1), populate_existing=True)
        assert vault
        assert (vault.device_id, vault.ended_at) == (alice.device.id, None)


def test_reset_sign_in_request_approve(alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey) -> None:
    made = ask_as(alice, take_over(alice, bob))
    with pytest.raises(NotYours):
        made.approve(bob, organisation_key)
    assert "The 16 characters" not in bob.get(f"/admin/requests/{made.id}").text
    assert_nothing_got_out(made, alice)


def test_approve_first_then_reset(alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey) -> None:
    """He approves her own honest request, then takes her sign-in over: the request ends with the reset."""
    made = asked(alice, alice.backups[-1])
    made.approve(bob, organisation_key)
    thief = take_over(alice, bob)
    assert made.row().state == State.STOPPED
    assert shut_out(made.client), "her browser’s session ended, too"
    made.client = thief
    assert made.signed("release").status_code in (404, 410)


def test_request_with_a_known_password_then_reset(
    alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    """He saw her type it. His own request as her falls with his reset; the next one he can’t approve."""
    first = ask_as(alice, alice.another_browser())
    thief = take_over(alice, bob)
    assert first.row().state == State.STOPPED
    second = ask_as(alice, thief)
    with pytest.raises(NotYours):
        second.approve(bob, organisation_key)
    assert_nothing_got_out(second, alice)


def test_the_mark_outlives_a_second_reset_and_a_month_less_a_day(
    alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    take_over(alice, bob)
    clock.advance(days=29)
    made = ask_as(alice, take_over(alice, bob))
    clock.advance(days=2)
    with pytest.raises(NotYours):
        made.approve(bob, organisation_key)


def test_he_makes_no_second_admin_to_approve_with(app: Flask, alice: Person, bob: Person, olga: Person) -> None:
    for role in (Role.ADMIN, Role.OWNER):
        refused = bob.post("/admin/invites", data={"email": "puppet@example.org", "name": "Puppet", "role": role})
        assert refused.status_code == 422
    with app.app_context():
        assert Invite.open_to("puppet@example.org") is None


def test_he_resets_no_owner_and_takes_no_admin_with_him(bob: Person, olga: Person) -> None:
    assert "Reset Password</button>" not in bob.get(f"/admin/users/{olga.user_id}/reset").text
    assert bob.post(f"/admin/users/{olga.user_id}/reset", data={"way": "hand_over"}).status_code in (403, 409, 422)


def test_the_lone_admin_waits_a_day_in_which_her_device_says_no(
    alice: Person, olga: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    made = ask_as(alice, take_over(alice, olga))
    made.approve(olga, organisation_key)
    assert made.row().state == State.APPROVED
    assert made.signed("release").get_json() == {"error": "approval_waits"}
    clock.advance(hours=23)
    assert made.signed("release").get_json() == {"error": "approval_waits"}
    assert alice.app.test_client().post(veto_path(alice)).status_code in (200, 303)
    assert made.row().state == State.STOPPED
    clock.advance(hours=2)
    assert shut_out(made.client)


def test_with_a_second_admins_approval_it_works(
    alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    """The same reset done in earnest: Alice has the link, Olga talks to her and approves."""
    hers = take_over(alice, bob)
    made = ask_as(alice, hers)
    made.approve(olga, organisation_key)
    assert made.finish().status_code == 200
    with alice.app.app_context():
        assert db.session.get_one(RestoreRequest, made.id).state == State.COMPLETED
