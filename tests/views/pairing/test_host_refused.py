"""Who and what the other device’s side of pairing refuses over HTTP; nothing changes by it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.pairing.runs import PairingRun, pairing_run
from tests.support.people.people import Person, be_at, enrolled
from tests.support.vault.devices import MadeDevice, login
from webapp.client.formats.encoding import sha256_hex, to_base64, unframe
from webapp.clock import now
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.flows.pairing import State
from webapp.models.devices.device import Device, DeviceState
from webapp.models.vaults.vault import Vault


@pytest.fixture
def made(alice: Person) -> PairingRun:
    """A browser of alice’s that is about to ask, and her device."""
    enrolled(alice, [login("Bank")])
    return pairing_run(alice)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def set_device(made: PairingRun, **values: Any) -> None:
    with made.person.app.app_context(), transaction() as session:
        session.execute(update(Device).where(Device.id == made.old.id).values(**values))


def second_device(made: PairingRun) -> MadeDevice:
    """One more of alice’s devices, at the same browser."""
    other = made.person.new_device()
    values: dict[str, Any] = {"name": "Phone", "browser": "Phone", "sign_public": other.sign_public}
    with made.person.app.app_context(), transaction() as session:
        session.add(
            Device(id=other.id, user_id=made.person.user_id, recipient=other.recipient, tries_left=10, **values)
        )
    return other


# Which device


def refuses_all(made: PairingRun, expected: tuple[int, str], **signer: Any) -> None:
    before = made.row()
    header = {"confirmation": "{}", "epoch": 1, "base_sha256": "0" * 64, "counter": 2, "items": 1, "kit": 1}
    file = b"age-encryption.org/v1\n"
    bodies: dict[str, Any] = {
        "offer": {"offer": "{}", "signature": to_base64(bytes(64))},
        "refusal": b"",
        "vault": b"",
        "confirmation": frame({**header, "file_sha256": sha256_hex(file)}, file),
    }
    for what, body in bodies.items():
        assert code_of(made.by_old(what, body, **signer)) == expected, what
    assert (made.row().state, made.row().version) == (before.state, before.version)


@pytest.mark.parametrize("state", [State.OPENED, State.ANSWERED])
@pytest.mark.parametrize(
    "values",
    [
        {"state": DeviceState.UNPAIRED},
        {"tries_left": 0},
        {"lock_destroyed_at": now()},
        {"state": DeviceState.PRIOR, "tries_left": 0},
    ],
    ids=["unpaired", "no tries left", "lock destroyed", "prior with no tries left"],
)
def test_a_device_that_opens_nothing_lets_nobody_in(made: PairingRun, state: State, values: dict[str, Any]) -> None:
    made.upto(state)
    set_device(made, **values)
    refuses_all(made, (403, "device_not_active"))


def test_the_new_device_lets_itself_in_by_no_way(made: PairingRun) -> None:
    made.upto(State.ANSWERED)
    refuses_all(made, (403, "device_not_active"), device=made.new, client=made.at_new)


def test_somebody_elses_pairing_is_not_there(made: PairingRun, bob: Person, charlie: Person) -> None:
    made.upto(State.ANSWERED)
    for person in (bob, charlie):
        own = enrolled(person)
        for what in ("offer", "refusal", "vault", "confirmation"):
            answer = person.signed_post(f"{made.old_path}/{what}", {}, device=own)
            assert code_of(answer) == (404, "not_found")
            assert code_of(person.signed_post(f"{made.old_path}/{what}", {}, device=made.old)) == (404, "not_found")
    assert made.row().state == State.ANSWERED


def test_the_device_that_shows_the_code_goes_on_alone(made: PairingRun) -> None:
    """Another device of the member neither refuses nor confirms in its place, nor reads what a prior one may read."""
    made.upto(State.ANSWERED)
    other = second_device(made)
    body = made.confirm_body()
    be_at(made.person, other)  # with its PIN
    assert made.by_old("confirmation", body, device=other).status_code == 410
    assert made.by_old("refusal", device=other).status_code == 410
    assert made.by_old("vault", device=other).status_code == 410
    assert made.row().state == State.ANSWERED
    be_at(made.person, made.old)
    assert made.by_old("confirmation", body).status_code == 200


def test_a_cookie_alone_does_nothing(made: PairingRun) -> None:
    made.upto(State.ANSWERED)
    for what in ("offer", "refusal", "vault", "confirmation"):
        assert made.at_old.post(f"{made.old_path}/{what}", data=b"{}").status_code in (401, 404)
    assert made.row().state == State.ANSWERED


# Torn and too large


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"offer":"x"}', b'{"offer":"x","signature":"AAAA"}', b"\xff", b"[" * 9000],
)
def test_what_is_no_offer_is_malformed(made: PairingRun, body: bytes) -> None:
    made.upto(State.OPENED)
    assert code_of(made.by_old("offer", body)) == (400, "malformed")
    assert made.row().state == State.OPENED


def test_an_offer_without_end_is_malformed(made: PairingRun) -> None:
    made.upto(State.OPENED)
    body = {**made.offer_body("042137"), "offer": "x" * 8193}
    assert code_of(made.by_old("offer", body)) == (400, "malformed")
    assert code_of(made.by_old("offer", {**body, "offer": "x" * 20_000})) == (413, "too_large")
    assert code_of(made.by_old("vault", b" " * 2000)) == (413, "too_large")


@pytest.mark.parametrize(
    "broken",
    [
        {"confirmation": ""},
        {"confirmation": "x" * 9000},
        {"file_sha256": "0" * 64},
        {"kit": 2},
        {"epoch": "1"},
        {"counter": -1},
        {"items": 10**6},
        {"base_sha256": None},
    ],
)
def test_a_torn_confirmation_changes_nothing(app: Flask, made: PairingRun, broken: dict[str, Any]) -> None:
    made.upto(State.ANSWERED)
    assert code_of(made.by_old("confirmation", made.confirm_body(**broken))) == (400, "malformed")
    assert made.row().state == State.ANSWERED
    with app.app_context():
        assert db.session.query(Vault).one().counter == 1


def test_a_vault_in_the_clear_is_never_kept(made: PairingRun) -> None:
    made.upto(State.ANSWERED)
    header, _ = unframe(made.confirm_body())
    plain = json.dumps({"items": []}).encode()
    body = frame({**header, "file_sha256": sha256_hex(plain)}, plain)
    assert code_of(made.by_old("confirmation", body)) == (400, "malformed")


def counts_back(header: dict[str, Any]) -> dict[str, Any]:
    return {**header, "counter": 1}


def from_another_epoch(header: dict[str, Any]) -> dict[str, Any]:
    return {**header, "epoch": 2}


@pytest.mark.parametrize("lie", [counts_back, from_another_epoch])
def test_the_rules_of_a_save_hold_here_too(made: PairingRun, lie: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    made.upto(State.ANSWERED)
    header, file = unframe(made.confirm_body())
    assert code_of(made.by_old("confirmation", frame(lie(header), file))) == (409, "stale_vault")
    assert made.row().state == State.ANSWERED
