"""The other device’s side of pairing over HTTP: which device may show a code, hand the key on, refuse or decline."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.pairing.runs import PairingRun, pairing_run, vault_of, wrong
from tests.support.people.people import Person, be_at, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.client.formats.encoding import sha256_hex, to_base64, unframe
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.flows.pairing import State
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
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


def device(made: PairingRun) -> Device:
    with made.person.app.app_context():
        return db.session.get_one(Device, made.old.id)


# The straight way


def test_the_confirmation_saves_the_vault_that_lists_the_new_device(app: Flask, made: PairingRun) -> None:
    made.upto(State.CONFIRMED)
    with app.app_context():
        vault = Vault.current(db.session.get_one(User, made.person.user_id), with_file=True)
        assert vault
        manifest = vault_of(made.old, vault.file).manifest
        assert (vault.counter, vault.device_id, manifest["counter"]) == (2, made.old.id, 2)
        assert [each["id"] for each in manifest["devices"]] == [made.old.id, made.new.id]


def test_a_prior_device_pairs_and_is_active_afterwards(app: Flask, made: PairingRun) -> None:
    set_device(made, state=DeviceState.PRIOR)
    lock = {"proof": to_base64(made.old.proof()), "version": 1}
    made.upto(State.OPENED)
    assert made.person.signed_post("/devices/unlock", lock).status_code == 200
    made.offer()
    made.answer()
    assert device(made).state == DeviceState.PRIOR, "not before the new device has shown the code"
    assert made.confirm().status_code == 200
    made.complete()
    assert device(made).state == DeviceState.ACTIVE


def test_a_refused_code_is_burnt_and_a_new_one_works(made: PairingRun) -> None:
    made.upto(State.OFFERED)
    made.answer(wrong("042137"))
    assert made.by_old("refusal").status_code == 200
    assert made.row().state == State.OPENED
    for step in (made.offer, made.answer, made.confirm, made.complete):
        assert step().status_code == 200
    assert made.row().state == State.COMPLETED


# Harmless repeats


def test_an_offer_or_confirmation_that_is_sent_again_changes_nothing(app: Flask, made: PairingRun) -> None:
    made.upto(State.OPENED)
    body = made.offer_body("042137")
    assert [made.by_old("offer", body).status_code for _ in range(2)] == [200, 200]
    made.answer()
    confirmation = made.confirm_body()
    assert [made.by_old("confirmation", confirmation).status_code for _ in range(2)] == [200, 200]
    made.complete()
    assert made.by_old("confirmation", confirmation).status_code == 200
    with app.app_context():
        kinds = [event.kind for event in db.session.query(Event).filter_by(object_id=made.id)]
        assert sorted(kinds) == sorted(
            f"pairing.{state}" for state in ("opened", "offered", "answered", "confirmed", "completed")
        )


def test_one_offer_at_a_time(made: PairingRun) -> None:
    made.upto(State.OFFERED)
    refused = made.by_old("offer", made.offer_body("271828"))
    assert (code_of(refused), refused.get_json()["state"]) == ((410, "request_closed"), "offered")


# Wrong state, wrong time


@pytest.mark.parametrize("state", [State.OPENED, State.OFFERED])
def test_without_an_answer_nothing_is_confirmed_or_refused(made: PairingRun, state: State) -> None:
    made.upto(state)
    file = b"age-encryption.org/v1\n"
    header = {"confirmation": "{}", "epoch": 1, "base_sha256": "0" * 64, "counter": 2, "items": 1, "kit": 1}
    body = frame({**header, "file_sha256": sha256_hex(file)}, file)
    assert made.by_old("confirmation", body).status_code in (409, 410)
    assert made.by_old("refusal").status_code in (409, 410)
    assert made.row().state == state


def test_an_answer_that_was_looked_at_too_late_is_given_up(made: PairingRun, clock: MovableClock) -> None:
    made.upto(State.ANSWERED)
    body = made.confirm_body()
    clock.advance(minutes=1)
    assert code_of(made.by_old("confirmation", body)) == (409, "code_expired")
    assert made.row().state == State.OPENED


def test_after_ten_minutes_there_is_nothing_to_offer_to(made: PairingRun, clock: MovableClock) -> None:
    made.upto(State.OPENED)
    body = made.offer_body("042137")
    clock.advance(minutes=10)
    refused = made.by_old("offer", body)
    assert (code_of(refused), refused.get_json()["state"]) == ((410, "request_closed"), "expired")


def test_a_vault_that_changed_meanwhile_is_read_again(app: Flask, made: PairingRun) -> None:
    made.upto(State.ANSWERED)
    body = made.confirm_body()
    made.old.counter = 2
    file = made.old.write([login("Bank"), login("Mail")], base_sha256=sha256_hex(made.old.file))
    with app.app_context(), transaction() as session:
        vault = session.query(Vault).one()
        vault.file, vault.sha256, vault.counter = file, sha256_hex(file), 2
    assert code_of(made.by_old("confirmation", body)) == (409, "stale_vault")
    assert (made.row().state, made.row().confirmation) == (State.ANSWERED, ""), "all of it or nothing"
    header, came = unframe(made.by_old("vault").data)
    assert (header["counter"], came) == (2, file)


# Decline


@pytest.mark.parametrize("state", [State.OPENED, State.OFFERED, State.ANSWERED, State.CONFIRMED])
def test_a_device_of_the_member_declines(made: PairingRun, state: State) -> None:
    made.upto(state)
    assert [made.at_old.post(f"{made.old_path}/decline").status_code for _ in range(2)] == [303, 303]
    assert made.row().state == State.DECLINED
    refused = made.by_new("key")
    assert (code_of(refused), refused.get_json()["state"]) == ((410, "request_closed"), "declined")


def test_nobody_else_declines(made: PairingRun, charlie: Person) -> None:
    made.upto(State.OPENED)
    enrolled(charlie)
    assert charlie.post(f"{made.old_path}/decline").status_code == 404
    stolen = made.person.another_browser()
    be_at(made.person, None, stolen)
    stolen.post(f"{made.old_path}/decline")
    made.at_new.post(f"{made.old_path}/decline")
    set_device(made, state=DeviceState.UNPAIRED)
    made.at_old.post(f"{made.old_path}/decline")
    assert made.row().state == State.OPENED
