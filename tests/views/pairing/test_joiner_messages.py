"""Answer, key and completion of the new device over HTTP: in order, by the device that asked, each good once."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.support.pairing.runs import PairingRun, pairing_run, vault_of, wrong
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login
from webapp.client.formats.encoding import from_base64, to_base64, unframe
from webapp.database import db
from webapp.flows.pairing import State
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User


@pytest.fixture
def made(alice: Person) -> PairingRun:
    """A browser of alice’s that is about to ask, and her device."""
    enrolled(alice, [login("Bank")])
    return pairing_run(alice)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def test_the_straight_way_leads_to_a_device_with_a_lock_of_its_own(app: Flask, made: PairingRun) -> None:
    made.upto(State.COMPLETED)
    with app.app_context():
        device = db.session.get_one(Device, made.new.id)
        assert (device.state, device.name) == (DeviceState.ACTIVE, "Safari on iPhone")
        user = db.session.get_one(User, made.person.user_id)
        assert (user.epoch, user.pairing_codes) == (1, 0)
    sent = {"proof": to_base64(made.new.proof()), "version": 1}
    unlocked = made.person.signed_post("/devices/unlock", sent, device=made.new, client=made.at_new)
    assert unlocked.status_code == 200


def test_the_vault_that_comes_with_the_key_lists_the_new_device(made: PairingRun) -> None:
    made.upto(State.CONFIRMED)
    header, file = unframe(made.by_new("key").data)
    assert header["epoch"] == 1
    manifest = vault_of(made.old, file).manifest
    assert [device["id"] for device in manifest["devices"]] == [made.old.id, made.new.id]
    assert made.vault_key() == made.old.vault_key


@pytest.mark.parametrize("state", [State.OPENED, State.OFFERED, State.ANSWERED])
def test_no_key_before_the_confirmation(made: PairingRun, state: State) -> None:
    made.upto(state)
    assert code_of(made.by_new("key")) == (409, "not_confirmed")
    assert made.by_new("completion", made.completion_body()).status_code in (409, 410)
    assert made.row().state == state


def test_an_answer_needs_an_offer(made: PairingRun) -> None:
    made.upto(State.OPENED)
    assert code_of(made.by_new("answer", {"answer": "{}"})) == (409, "code_expired")


def test_an_answer_after_the_codes_time_is_too_late(made: PairingRun, clock: MovableClock) -> None:
    made.upto(State.OFFERED)
    clock.advance(minutes=2)
    assert code_of(made.answer()) == (409, "code_expired")
    assert made.row().state == State.OPENED


def test_one_answer_to_each_code(made: PairingRun) -> None:
    made.upto(State.ANSWERED)
    assert made.by_new("answer", {"answer": made.answered}).status_code == 200, "the same again is harmless"
    refused = made.answer(wrong("042137"))
    assert code_of(refused) == (410, "request_closed")
    assert made.row().answer != made.answered


def test_a_completion_sent_again_gets_the_same_answer(app: Flask, made: PairingRun) -> None:
    made.upto(State.CONFIRMED)
    made.new.vault_key = made.vault_key()
    answers = [made.by_new("completion", made.completion_body()) for _ in range(2)]
    first, second = (answer.get_json() for answer in answers)
    assert first == second
    assert (first["next"], first["version"]) == (made.new_path, 1)
    with app.app_context():
        assert db.session.query(Device).count() == 2


@pytest.mark.parametrize(
    "broken",
    [
        {"keyslot": "AAAA"},
        {"keyslot": None},
        {"server_share": to_base64(bytes(31))},
        {"proof": "!"},
        {"version": 0},
        {"version": -1},
        {"version": True},
        {"version": 10**6},
        {"name": ""},
        {"name": "two\nlines"},
        {"name": "x" * 101},
    ],
)
def test_a_torn_completion_changes_nothing(made: PairingRun, broken: dict[str, Any]) -> None:
    made.upto(State.CONFIRMED)
    made.new.vault_key = made.vault_key()
    assert code_of(made.by_new("completion", made.completion_body(**broken))) == (400, "malformed")
    assert made.row().state == State.CONFIRMED


@pytest.mark.parametrize("what", ["answer", "completion", "key"])
def test_what_is_too_large_is_not_read(made: PairingRun, what: str) -> None:
    made.upto(State.OFFERED)
    assert code_of(made.by_new(what, b"{" + b" " * 20_000 + b"}")) == (413, "too_large")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"answer":5}', b'{"answer":""}', b"\xff", b"[" * 9000])
def test_what_is_no_answer_is_malformed(made: PairingRun, body: bytes) -> None:
    made.upto(State.OFFERED)
    assert code_of(made.by_new("answer", body)) == (400, "malformed")
    assert made.row().state == State.OFFERED


# Somebody else


@pytest.mark.parametrize("what", ["answer", "key", "completion"])
def test_only_the_device_that_asked_signs(made: PairingRun, charlie: Person, what: str) -> None:
    made.upto(State.OFFERED)
    stranger = enrolled(charlie)
    assert code_of(made.by_new(what, {}, device=made.old, client=made.at_old)) == (404, "not_found")
    forged = MadeDevice(made.new.origin, made.new.organisation, made.new.user, id=made.new.id)
    assert code_of(made.by_new(what, {}, device=forged)) == (403, "bad_signature")
    path = f"{made.new_path}/{what}"
    assert code_of(charlie.signed_post(path, {}, device=stranger)) == (404, "not_found")
    assert code_of(charlie.signed_post(path, {}, device=made.new)) == (404, "not_found")
    assert made.at_new.post(path, data=b"{}").status_code == 404, "without a signature"
    assert made.row().state == State.OFFERED


def test_a_signed_request_is_good_once(made: PairingRun) -> None:
    """A recorded answer, sent again by whoever has the cookie."""
    made.upto(State.OFFERED)
    challenge = made.at_new.post("/devices/challenge").get_json()["challenge"]
    body, path = json.dumps(made.answer_body("042137")).encode(), f"{made.new_path}/answer"
    headers = made.new.signature_headers(path, body, from_base64(challenge))
    answers = [made.at_new.post(path, data=body, headers=headers).status_code for _ in range(2)]
    assert answers == [200, 401]


def test_a_paired_device_is_the_browsers_only_after_it_is_stored(made: PairingRun) -> None:
    """Until then it opens nothing: neither the vault file nor a lock."""
    made.upto(State.CONFIRMED)
    assert made.at_new.get("/vault/file").status_code in (303, 403)
    sent = {"proof": to_base64(bytes(32)), "version": 1}
    refused = made.person.signed_post("/devices/unlock", sent, device=made.new, client=made.at_new)
    assert code_of(refused) == (403, "device_not_active")
