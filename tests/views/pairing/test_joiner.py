"""The new device’s side of pairing over HTTP: who may do what when, and what comes twice, late, torn or too large."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.support.pairing.runs import PairingRun, keys, pairing_run, wrong
from tests.support.people.marks import hold
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.signatures import new_seed, sign
from webapp.client.formats.encoding import new_id, to_base64, to_json
from webapp.client.pairing.messages import ANNOUNCEMENT_LABEL, Place, announce
from webapp.database import db
from webapp.flows.pairing import State
from webapp.models.pairing.pairing import Pairing
from webapp.models.signin.session import SignIn


@pytest.fixture
def made(alice: Person) -> PairingRun:
    """A browser of alice’s that is about to ask, and her device."""
    enrolled(alice, [login("Bank")])
    return pairing_run(alice)


def pairings(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Pairing).count()


# Asking


def test_asking_opens_a_pairing_that_belongs_to_this_browser(made: PairingRun) -> None:
    answer = made.open()
    assert (answer.status_code, answer.headers["Location"]) == (303, made.new_path)
    row = made.row()
    assert (row.state, row.device_id, row.browser) == (State.OPENED, made.new.id, "Firefox on Windows")
    with made.person.app.app_context():
        assert db.session.query(SignIn).filter_by(device_id=made.new.id).one().looked_at


def test_asking_twice_with_the_same_text_is_one_pairing(made: PairingRun) -> None:
    made.upto(State.OFFERED)
    assert made.open().headers["Location"] == made.new_path
    assert made.row().state == State.OFFERED


def test_a_later_pairing_takes_the_place(made: PairingRun, alice: Person) -> None:
    made.upto(State.ANSWERED)
    later = pairing_run(alice)
    assert later.open().status_code == 303
    assert (made.row().state, later.row().state) == (State.CANCELLED, State.OPENED)


def test_a_browser_that_has_the_key_is_not_pushed_aside(made: PairingRun, alice: Person, clock: MovableClock) -> None:
    """Whoever only has the password could else break off every pairing before its PIN."""
    made.upto(State.CONFIRMED)
    later = pairing_run(alice)
    refused = later.open()
    assert refused.status_code == 409
    assert "Another browser is being paired" in refused.text
    assert f"{made.new_path}/cancellation" in refused.text
    assert made.row().state == State.CONFIRMED
    clock.advance(minutes=10, seconds=1)
    assert later.open().status_code == 303
    assert made.row().state == State.EXPIRED


def changed(made: PairingRun, seed: bytes | None = None, **fields: Any) -> dict[str, str]:
    """The announcement with other fields, signed again."""
    exact = to_json({**json.loads(made.announced.exact), **fields})
    signature = sign(seed or made.new.seed, ANNOUNCEMENT_LABEL, exact.encode())
    return {"announcement": exact, "signature": to_base64(signature)}


SWAPS: dict[str, dict[str, Any]] = {
    "another person": {"user": new_id()},
    "another organisation": {"organisation": new_id()},
    "another site": {"origin": "https://evil.example"},
    "another kind": {"type": "restore-request"},
    "another version": {"v": 2},
    "a key too short": {"sign": "AAAA"},
    "no recipient": {"recipient": "age1" + "q" * 55},
    "a path for an id": {"pairing": "../../../admin"},
    "a device in capitals": {"device": "A" * 32},
    "no time": {"made_at": "yesterday"},
    "one field more": {"confirmed": "yes"},
    "a name without end": {"browser": "x" * 201},
}


@pytest.mark.parametrize("swap", SWAPS)
def test_what_is_not_this_members_announcement_is_refused(app: Flask, made: PairingRun, swap: str) -> None:
    assert made.open(**changed(made, **SWAPS[swap])).status_code == 422
    assert made.open(announcement=changed(made, **SWAPS[swap])["announcement"]).status_code == 422
    assert pairings(app) == 0


@pytest.mark.parametrize("exact", ["", "null", "[]", "{}", "{" * 5000, '"' + "x" * 9000 + '"', '{"v":1,"v":1}', "\0"])
def test_what_is_no_announcement_at_all_is_refused(app: Flask, made: PairingRun, exact: str) -> None:
    signature = to_base64(sign(made.new.seed, ANNOUNCEMENT_LABEL, exact.encode()))
    assert made.open(announcement=exact, signature=signature).status_code == 422
    assert pairings(app) == 0


@pytest.mark.parametrize("signature", ["", "AAAA", to_base64(bytes(64))])
def test_without_the_keys_signature_nothing_is_asked(app: Flask, made: PairingRun, signature: str) -> None:
    assert made.open(signature=signature).status_code == 422
    assert made.open(**changed(made, seed=new_seed())).status_code == 422
    assert pairings(app) == 0


def test_somebody_elses_announcement_is_not_theirs_to_send(app: Flask, made: PairingRun, charlie: Person) -> None:
    enrolled(charlie)
    stolen = {"announcement": made.announced.exact, "signature": to_base64(made.announced.signature)}
    assert charlie.post("/recovery/pairings", data=stolen).status_code == 422
    assert pairings(app) == 0


def test_known_ids_can_not_be_taken(made: PairingRun, alice: Person, charlie: Person) -> None:
    theirs = made.upto(State.OPENED)
    device = enrolled(charlie)
    for fields in ({"device": device.id}, {"device": theirs.new.id}, {"pairing": theirs.id}):
        run = pairing_run(charlie)
        assert run.open(**changed(run, None, **fields)).status_code == 422
    assert theirs.row().state == State.OPENED


def test_an_account_on_hold_is_led_to_what_it_says(app: Flask, made: PairingRun, alice: Person) -> None:
    hold(alice)
    assert made.open().headers["Location"] == "/recovery"
    assert pairings(app) == 0


def test_a_locked_account_reads_until_when(app: Flask, made: PairingRun, alice: Person) -> None:
    made.upto(State.OPENED)
    for _ in range(3):
        made.offer()
        made.answer(wrong("042137"))
        assert made.by_old("refusal").status_code == 200
    assert made.row().state == State.LOCKED
    assert pairing_run(alice).open().status_code == 409


def test_nobody_fills_the_table_with_pairings(app: Flask, made: PairingRun) -> None:
    place = Place(made.new.origin, made.new.organisation, made.new.user)
    answers = []
    for _ in range(12):
        device = MadeDevice(place.origin, place.organisation, place.user)
        made.announced = announce(place, keys(device), "Firefox")
        answers.append(made.open().status_code)
    assert answers == [303] * 10 + [429] * 2


def test_pages_of_somebody_elses_pairing_are_not_there(made: PairingRun, bob: Person, charlie: Person) -> None:
    made.upto(State.OPENED)
    for person in (bob, charlie):
        for path in (made.new_path, f"{made.new_path}/status"):
            assert person.get(path).status_code == 404
        assert person.post(f"{made.new_path}/cancellation").status_code == 404
    assert made.row().state == State.OPENED


def test_recipients_that_anybody_opens_are_refused(app: Flask, made: PairingRun) -> None:
    good = recipient_of(new_identity())
    assert made.open(**changed(made, recipient=good[:-1] + ("q" if good[-1] != "q" else "p"))).status_code == 422
    assert pairings(app) == 0
