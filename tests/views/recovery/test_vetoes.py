"""“This wasn’t me” with a link: looking, stopping, taking back; used, expired and foreign links."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.runs import Restoring, asked
from tests.support.recovery.vetoes import (
    can_be_undone,
    device_link,
    heading,
    hold_of,
    press_undo,
    press_veto,
    recovered,
    states,
    veto_path,
)
from webapp.database import db
from webapp.models.devices.device import Device

CLOSED = "This link doesn’t work any more"


@pytest.fixture
def waiting(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Somebody asked for alice’s backup in another browser."""
    enrolled(alice)
    return asked(alice, backed_up(alice, organisation_key))


@pytest.fixture
def done(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Somebody recovered alice’s account in another browser."""
    return recovered(alice, bob, organisation_key)


def state_of(person: Person, device_id: str) -> str:
    with person.app.app_context():
        return str(db.session.get_one(Device, device_id).state)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(
    app: Flask, client: FlaskClient, waiting: Restoring, alice: Person, method: str
) -> None:
    path = veto_path(alice)
    with app.app_context():
        before = everything()
    for _ in range(2):
        assert client.open(path, method=method).status_code == 200
    with app.app_context():
        assert everything() == before


def test_an_open_request_is_shown_and_stopped(client: FlaskClient, waiting: Restoring, alice: Person) -> None:
    path = veto_path(alice)
    page = client.get(path)
    assert heading(page) == "Was This You?"
    for said in (alice.email, "Firefox on Windows", "127.0.0.1", waiting.row().number, "It waits for an admin"):
        assert said in page.text, said
    assert "Undo This Recovery" not in page.text
    stopped = client.post(path)
    assert (stopped.status_code, heading(stopped)) == (200, "Your Account Is on Hold")
    assert states(alice) == ["stopped"]
    hold = hold_of(alice)
    assert hold
    assert hold.said_with == "a link from a mail"
    assert [browser.get("/settings").status_code for browser in (alice.client, waiting.client)] == [303, 303]


@pytest.mark.parametrize(
    ("step", "said"), [("approve", "can fetch the backup at any moment"), ("release", "was handed to that browser")]
)
def test_it_says_how_far_it_came(
    client: FlaskClient,
    waiting: Restoring,
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
    step: str,
    said: str,
) -> None:
    waiting.approve(bob, organisation_key)
    if step == "release":
        waiting.release()
    path = veto_path(alice)
    assert said in client.get(path).text
    assert ("Your vault may have been read" in client.post(path).text) == (step == "release")
    assert states(alice) == ["stopped"]
    waiting.client = alice.another_browser()
    assert waiting.signed("release").get_json() == {"error": "request_closed", "state": "stopped"}


def test_a_finished_recovery_is_shown_and_stopped(client: FlaskClient, done: Restoring, alice: Person) -> None:
    assert alice.device
    path = veto_path(alice)
    page = client.get(path)
    assert "Your account was recovered" in page.text
    assert "Firefox on Windows" in page.text
    answer = press_veto(client, path)
    assert heading(answer) == "Your Account Is on Hold"
    assert "Change the passwords you keep in it" in answer.text
    assert hold_of(alice)
    assert (state_of(alice, alice.device.id), state_of(alice, done.device.id)) == ("active", "unpaired")
    assert done.client.get("/settings").status_code == 303


def test_a_recovery_of_ones_own_is_undone_without_a_hold(client: FlaskClient, done: Restoring, alice: Person) -> None:
    assert alice.device
    path = veto_path(alice)
    page = client.get(path).text
    words = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert re.search(r"Firefox on Linux \(in use since [^)]*\) is back, with the PIN of before", words)
    assert re.search(r"Firefox on Windows \(in use since [^)]*\) is unpaired\. What was saved since", words)
    undone = press_undo(client, path)
    assert (undone.status_code, heading(undone)) == (200, "The Recovery Is Undone")
    assert "Firefox on Linux opens it with the PIN of before." in undone.text
    assert hold_of(alice) is None
    assert (state_of(alice, alice.device.id), state_of(alice, done.device.id)) == ("active", "unpaired")
    assert done.client.get("/settings").status_code == 303, "its session ended"
    assert not can_be_undone(alice)


def test_the_session_that_undoes_on_a_returning_device_goes_on(done: Restoring, alice: Person) -> None:
    acting = alice.another_browser()
    be_at(alice, alice.device, acting)
    page = acting.get("/recovery").text
    assert 'href="/veto">Undo</a>' in page
    assert alice.device
    answer = press_undo(acting, device_link(acting, alice.device))
    assert heading(answer) == "The Recovery Is Undone"
    assert "Open Vault" in answer.text
    assert acting.get("/unlock").status_code == 200
    assert done.client.get("/unlock").status_code == 303
    assert alice.client.get("/settings").status_code == 303, "ended by the recovery, and not brought back"


def test_the_session_that_vetoes_ends_too(waiting: Restoring, alice: Person) -> None:
    assert alice.device
    answer = alice.post(device_link(alice.client, alice.device))
    assert heading(answer) == "Your Account Is on Hold"
    assert "Sign out" not in answer.text
    assert alice.get("/settings").headers["Location"].startswith("/sign-in")
    hold = hold_of(alice)
    assert hold
    assert hold.said_with == "Firefox on Linux"


def test_whoever_is_signed_in_otherwise_stays_so(waiting: Restoring, alice: Person, charlie: Person) -> None:
    path = veto_path(alice)
    assert alice.email in charlie.get(path).text
    assert heading(charlie.post(path)) == "Your Account Is on Hold"
    assert charlie.get("/settings").status_code == 200


def test_a_stranger_who_asks_after_ones_own_recovery_is_stopped_and_the_recovery_stays(
    client: FlaskClient, done: Restoring, alice: Person, organisation_key: ActiveKey
) -> None:
    alice.device = done.device
    stranger = asked(alice, backed_up(alice, organisation_key))
    path = veto_path(alice)
    page = client.get(path).text
    assert 'id="veto-undo"' in page
    assert 'name="undo" checked' not in page, "undoing it is a choice of its own"
    assert heading(press_veto(client, path)) == "Your Account Is on Hold"
    assert stranger.row().state == "stopped"
    assert state_of(alice, done.device.id) == "active"
    assert can_be_undone(alice)


@pytest.mark.parametrize("first", ["", "/undo"])
@pytest.mark.parametrize("again", ["", "/undo"])
def test_saying_it_again_is_calm_and_changes_nothing(
    app: Flask, client: FlaskClient, done: Restoring, alice: Person, first: str, again: str
) -> None:
    path = veto_path(alice)
    press_undo(client, path) if first else client.post(path)
    with app.app_context():
        before = everything()
    answer = client.post(path + again)
    assert (answer.status_code, heading(answer)) == (200, "This Is Done" if first else "Your Account Is on Hold")
    with app.app_context():
        assert everything() == before
    looked = client.get(path)
    assert (looked.status_code, heading(looked)) == (410, CLOSED)
