"""“This wasn’t me” from a device: in a session that proved one, and on the sign-in page without a session."""

import base64
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.runs import Restoring, asked
from tests.support.recovery.vetoes import answer_of, device_link, heading, hold_of, press_undo, recovered, watch
from tests.support.run.clock import MovableClock
from webapp.database import transaction
from webapp.models.devices.device import Device, DeviceState


@pytest.fixture
def waiting(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Somebody asked for alice’s backup in another browser."""
    enrolled(alice)
    return asked(alice, backed_up(alice, organisation_key))


def change(person: Person, **values: object) -> None:
    assert person.device
    with person.app.app_context(), transaction() as session:
        device = session.get_one(Device, person.device.id)
        for name, value in values.items():
            setattr(device, name, value)


@pytest.mark.parametrize("state", [DeviceState.ACTIVE, DeviceState.PRIOR])
def test_a_device_of_the_member_leads_to_the_page(waiting: Restoring, alice: Person, state: str) -> None:
    change(alice, state=state)
    assert alice.device
    assert 'data-at="/veto/link"' in alice.get("/veto").text
    path = device_link(alice.client, alice.device)
    assert re.fullmatch(r"/veto/[\w-]{43}", path)
    assert "A recovery is running" in alice.get(path).text


def test_a_password_alone_says_nothing(waiting: Restoring, alice: Person) -> None:
    thief = alice.another_browser()
    be_at(alice, None, thief)
    answer = thief.get("/veto")
    assert (answer.status_code, heading(answer)) == (200, "This Wasn’t Me")
    assert "this browser has only shown your password" in answer.text
    assert "/veto" not in waiting.client.get("/settings").text, "nor does the browser that asks"
    assert waiting.client.get("/veto").status_code == 200


def test_a_device_that_was_unpaired_for_good_says_nothing(waiting: Restoring, alice: Person) -> None:
    assert alice.device
    link = device_link(alice.client, alice.device)
    change(alice, state=DeviceState.UNPAIRED)
    assert device_link(alice.client, alice.device) == ""
    assert alice.get(link).status_code == 410, "nor does a link that it got before"
    assert alice.post(link).status_code == 410
    assert hold_of(alice) is None


def test_an_unpaired_device_is_told_until_the_recovery_can_no_longer_be_undone(
    alice: Person, bob: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    made = recovered(alice, bob, organisation_key)
    former = alice.another_browser()
    be_at(alice, alice.device, former)
    page = former.get("/recovery").text
    assert 'href="/veto">Undo</a>' in page
    done = made.client.get("/recovery/done").text
    assert "Until " in done
    assert "it can be undone: from one of your former devices" in done
    clock.advance(days=8)
    assert "Undo</a>" not in former.get("/recovery").text
    assert "If that wasn’t you, tell your IT admin now" in former.get("/recovery").text


def test_banners_and_the_request_elsewhere_offer_it_on_a_device_alone(waiting: Restoring, alice: Person) -> None:
    banner = 'href="/veto">This wasn’t me<'
    assert banner in alice.get("/settings").text
    assert "This Wasn’t Me" in alice.get("/recovery").text
    keyless = alice.another_browser()
    be_at(alice, None, keyless)
    assert banner not in keyless.get("/settings").text
    assert "This Wasn’t Me" not in keyless.get("/recovery").text
    assert "cancel it and tell your IT admin" in keyless.get("/recovery").text


def test_a_device_on_the_sign_in_page_is_told_of_a_request(
    client: FlaskClient, waiting: Restoring, alice: Person
) -> None:
    assert alice.device
    found = answer_of(watch(client, alice.device))
    assert (found["kind"], found["browser"], found["device"]) == ("asked", "Firefox on Windows", waiting.device.id)
    assert found["at"].endswith("UTC")
    assert "A recovery is running" in client.get(found["next"]).text
    client.post(found["next"])
    hold = hold_of(alice)
    assert hold
    assert hold.said_with == "Firefox on Linux"
    assert answer_of(watch(client, alice.device)) == {"kind": None}


def test_a_device_on_the_sign_in_page_is_told_of_a_recovery(
    client: FlaskClient, alice: Person, bob: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    made = recovered(alice, bob, organisation_key)
    assert alice.device
    found = answer_of(watch(client, alice.device))
    assert (found["kind"], found["browser"], found["device"]) == ("recovered", "Firefox on Windows", made.device.id)
    assert heading(press_undo(client, found["next"])) == "The Recovery Is Undone"
    assert answer_of(watch(client, made.device)) == {"kind": None}, "it is unpaired for good"
    assert answer_of(watch(client, alice.device)) == {"kind": None}


def test_there_is_nothing_to_tell(
    client: FlaskClient, alice: Person, charlie: Person, organisation_key: ActiveKey
) -> None:
    assert answer_of(watch(client, enrolled(alice))) == {"kind": None}
    enrolled(charlie)
    asked(charlie, backed_up(charlie, organisation_key))
    assert alice.device
    assert answer_of(watch(client, alice.device)) == {"kind": None}, "what others ask for is nobody else’s business"


def test_who_holds_no_key_learns_nothing(app: Flask, client: FlaskClient, waiting: Restoring, alice: Person) -> None:
    assert alice.device
    stranger = alice.new_device()
    forged = alice.new_device()
    forged.id = alice.device.id
    answers = [watch(client, stranger), watch(client, forged), watch(client, waiting.device)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(403, answers[0].text)}
    assert answers[0].get_json() == {"error": "bad_signature"}


def test_a_challenge_is_for_one_request_and_for_nobody_who_is_signed_in(
    client: FlaskClient, waiting: Restoring, alice: Person
) -> None:
    assert alice.device
    challenge = base64.b64decode(alice.post("/devices/challenge").get_json()["challenge"])
    headers = alice.device.signature_headers("/veto/running", b"", challenge)
    assert client.post("/veto/running", headers=headers).get_json() == {"error": "challenge_expired"}
    challenge = base64.b64decode(client.post("/veto/challenge").get_json()["challenge"])
    headers = alice.device.signature_headers("/veto/running", b"", challenge)
    assert client.post("/veto/running", headers=headers).get_json()["kind"] == "asked"
    assert client.post("/veto/running", headers=headers).get_json() == {"error": "challenge_expired"}


def test_asking_where_nothing_runs_writes_nothing(app: Flask, client: FlaskClient, alice: Person) -> None:
    device = enrolled(alice)
    with app.app_context():
        before = everything()
    assert answer_of(watch(client, device)) == {"kind": None}
    with app.app_context():
        assert everything() == before


def test_challenges_for_nobody_are_throttled(client: FlaskClient) -> None:
    headers = {"Accept": "application/octet-stream"}
    answers = (client.post("/veto/challenge", headers=headers) for _ in range(2_000))
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.get_json()["error"] == "throttled"
