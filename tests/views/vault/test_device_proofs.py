"""Which device a browser is, who may prove it, and the pages that lead there."""

import base64

import pytest
from sqlalchemy import select

from tests.support.people.people import ActiveKey, Person, be_at, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from webapp.client.crypto.signatures import sign
from webapp.crypto.signatures import request_bytes
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.signin.session import SignIn


@pytest.fixture
def home(alice: Person) -> Person:
    """Alice in the browser that is her active device."""
    enrolled(alice)
    return alice


def set_state(person: Person, state: DeviceState) -> None:
    with person.app.app_context(), transaction() as session:
        assert person.device
        session.get_one(Device, person.device.id).state = state


def here(person: Person) -> SignIn:
    """Alice’s session as the database has it."""
    with person.app.app_context():
        return db.session.scalars(select(SignIn).where(SignIn.user_id == person.user_id)).one()


def test_a_browser_that_has_not_looked_is_sent_to_look(home: Person) -> None:
    browser = home.another_browser()
    assert browser.get("/vault").location == "/devices/here?next=/vault"
    assert browser.get("/unlock?next=/backups").location == "/devices/here?next=/unlock?next%3D/backups"
    page = browser.get("/devices/here?next=/vault")
    assert page.status_code == 200
    assert 'data-next="/vault"' in page.text


def test_looking_leads_nowhere_but_here(home: Person) -> None:
    assert "data-next" not in home.get("/devices/here?next=https://example.com/").text
    assert "data-next" not in home.get("/devices/here?next=//example.com/").text


def test_a_signed_request_makes_the_session_that_device(home: Person) -> None:
    be_at(home, None)
    answer = home.signed_post("/devices/here")
    assert answer.get_json()["state"] == "active"
    assert home.device
    assert answer.get_json() == {"device": home.device.id, "next": "/vault", "state": "active"}
    assert here(home).device_id == home.device.id


def test_nobody_proves_a_device_of_somebody_else(home: Person, charlie: Person) -> None:
    answer = charlie.signed_post("/devices/here", device=home.device)
    assert (answer.status_code, answer.get_json()) == (404, {"error": "not_found"})
    assert charlie.signed_post("/devices/here", device=charlie.new_device()).status_code == 404


def test_a_browser_with_an_unpaired_and_an_active_key_is_the_active_one(home: Person) -> None:
    assert home.device
    active, former = home.device, home.new_device()
    with home.app.app_context(), transaction() as session:
        row = Device(id=former.id, user_id=home.user_id, name="Old", browser="Old", sign_public=former.sign_public)
        row.recipient, row.tries_left, row.state = former.recipient, 10, DeviceState.UNPAIRED
        session.add(row)
    be_at(home, None)
    assert home.signed_post("/devices/here", device=former).get_json()["state"] == "unpaired"
    assert home.signed_post("/devices/here", device=active).get_json()["state"] == "active"
    told = {"device": former.id, "next": "/vault", "state": "unpaired"}
    assert home.signed_post("/devices/here", device=former).get_json() == told
    assert here(home).device_id == active.id


def test_the_device_of_an_open_request_counts_until_it_is_closed(
    home: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    request = waiting_request(home, organisation_key)
    assert home.signed_post("/devices/here", device=request.device).get_json()["state"] == "asking"
    clock.advance(days=8)
    assert home.signed_post("/devices/here", device=request.device).get_json()["state"] == "closed"


def test_finding_nothing_leads_to_recovery(home: Person, bob: Person) -> None:
    assert home.post("/devices/none").location == "/recovery"
    assert here(home).device_id is None
    assert home.get("/vault").location == "/recovery"
    assert home.post("/devices/none", data={"next": "/settings"}).location == "/settings"
    assert home.post("/devices/none", data={"next": "//example.com"}).location == "/recovery"
    assert bob.post("/devices/none").location == "/join/vault"


def test_somebody_without_a_vault_joins_first(charlie: Person) -> None:
    assert charlie.get("/vault").location == "/join/vault"
    assert charlie.get("/unlock").location == "/join/vault"


@pytest.mark.parametrize("state", [DeviceState.PRIOR, DeviceState.UNPAIRED])
def test_a_device_that_is_not_active_leads_to_recovery_and_gets_nothing(home: Person, state: DeviceState) -> None:
    set_state(home, state)
    assert home.device
    for page in ("/vault", "/unlock"):
        assert home.get(page).location == "/recovery"
    may_unlock = (
        state == DeviceState.PRIOR
    )  # for its own backup, or another device: tests/views/vault/test_prior_locks.py
    for path in ("/vault/file", *([] if may_unlock else ["/devices/lock-versions"])):
        answer = home.get(path)
        assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"})
    proof = {"proof": base64.b64encode(home.device.proof()).decode(), "version": 1}
    tried = [] if may_unlock else [("/devices/unlock", proof)]
    refused: list[tuple[str, dict[str, object]]] = [
        *tried,
        ("/devices/pin", proof),
        ("/devices/tab-keys", {"tab": "a" * 32}),
    ]
    for path, body in refused:
        answer = home.signed_post(path, body)
        assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"}), path
    with home.app.app_context(), transaction() as session:
        assert session.get_one(Device, home.device.id).tries_left == 10


def test_a_challenge_is_spent_by_one_request(home: Person) -> None:
    assert home.device
    challenge = base64.b64decode(home.post("/devices/challenge").get_json()["challenge"])
    headers = home.device.signature_headers("/devices/here", b"", challenge)
    assert home.post("/devices/here", headers=headers).status_code == 200
    replayed = home.post("/devices/here", headers=headers)
    assert (replayed.status_code, replayed.get_json()) == (401, {"error": "challenge_expired"})


def test_a_challenge_of_another_session_is_refused(home: Person) -> None:
    assert home.device
    elsewhere = home.another_browser()
    challenge = base64.b64decode(elsewhere.post("/devices/challenge").get_json()["challenge"])
    headers = home.device.signature_headers("/devices/here", b"", challenge)
    assert home.post("/devices/here", headers=headers).get_json() == {"error": "challenge_expired"}


def test_a_challenge_dies_after_two_minutes(home: Person, clock: MovableClock) -> None:
    assert home.device
    challenge = base64.b64decode(home.post("/devices/challenge").get_json()["challenge"])
    clock.advance(seconds=121)
    headers = home.device.signature_headers("/devices/here", b"", challenge)
    assert home.post("/devices/here", headers=headers).get_json() == {"error": "challenge_expired"}


@pytest.mark.parametrize("changed", ["path", "body", "origin", "method", "device", "label"])
def test_a_signature_over_anything_else_is_refused(home: Person, changed: str) -> None:
    assert home.device
    challenge = base64.b64decode(home.post("/devices/challenge").get_json()["challenge"])
    parts = {
        "origin": home.app.config["ORIGIN"],
        "method": "POST",
        "path": "/devices/here",
        "device": home.device.id,
        "challenge": challenge,
        "body": b"",
    }
    label = "spare-key/v1/manifest" if changed == "label" else "spare-key/v1/request"
    if changed != "label":
        parts[changed] = b"else" if changed == "body" else "else"
    signature = base64.b64encode(sign(home.device.seed, label, request_bytes(**parts))).decode()
    headers = home.device.signature_headers("/devices/here", b"", challenge) | {"Spare-Signature": signature}
    answer = home.post("/devices/here", headers=headers)
    assert (answer.status_code, answer.get_json()) == (403, {"error": "bad_signature"})


def test_a_script_whose_session_ended_hears_so_instead_of_a_page(home: Person) -> None:
    home.post("/sign-out")
    for path in ("/devices/challenge", "/devices/lock", "/devices/activity"):
        answer = home.post(path, json={}, headers={"Accept": "application/octet-stream"})
        assert (answer.status_code, answer.get_json()) == (401, {"error": "signed_out"})
    answer = home.get("/vault/file", headers={"Accept": "application/octet-stream"})
    assert (answer.status_code, answer.get_json()) == (401, {"error": "signed_out"})


def test_challenges_are_not_given_out_without_end(home: Person) -> None:
    headers = {"Accept": "application/octet-stream"}
    answers = (home.post("/devices/challenge", headers=headers) for _ in range(2_000))
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.get_json()["error"] == "throttled"


def test_the_pages_are_not_for_others(home: Person) -> None:
    signed_out = home.app.test_client()
    for path in ("/vault", "/unlock", "/backups", "/devices/here"):
        assert "/sign-in" in signed_out.get(path).location
