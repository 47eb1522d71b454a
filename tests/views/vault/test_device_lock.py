"""The lock of a device and its unlocked tabs, over HTTP."""

import base64
import secrets

import pytest
from sqlalchemy import select

from tests.support.people.people import Person, be_at, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.client.device.lock import make_keyslot, open_keyslot, pin_proof, stretch, unlock_key
from webapp.client.formats.encoding import sha256_hex
from webapp.database import db
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.journal.event import Event
from webapp.models.signin.tab_key import TabKey

TAB = "ab" * 16
KEY = base64.b64encode(b"k" * 32).decode()
MALFORMED = [{}, {"proof": "?", "version": 1}, {"proof": KEY}, {"proof": KEY, "version": -1}]


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """Alice’s active device, proved in her browser."""
    return enrolled(alice)


def unlocking(device: MadeDevice, pin: str | None = None, version: int = 1) -> dict[str, object]:
    return {"proof": base64.b64encode(device.proof(pin)).decode(), "version": version}


def new_lock(device: MadeDevice, version: int, pin: str = "314159") -> dict[str, object]:
    """What Change PIN sends."""
    share, stretched = secrets.token_bytes(32), stretch(pin, device.salt)
    keyslot = make_keyslot(device.vault_key, unlock_key(stretched, share, device.place), device.recipient, device.place)
    parts = {"keyslot": keyslot, "server_share": share, "proof": pin_proof(stretched, device.place)}
    return {**{name: base64.b64encode(value).decode() for name, value in parts.items()}, "version": version}


def test_the_right_pin_opens_the_vault_key(alice: Person, device: MadeDevice) -> None:
    assert alice.get("/devices/lock-versions").get_json() == {"versions": [1], "tries_left": 10}
    answer = alice.signed_post("/devices/unlock", unlocking(device)).get_json()
    share, keyslot = (base64.b64decode(answer[name]) for name in ("server_share", "keyslot"))
    key = unlock_key(stretch(device.pin, device.salt), share, device.place)
    assert open_keyslot(keyslot, key, device.identity, device.place) == device.vault_key


def test_a_wrong_pin_says_how_often_it_may_be_tried_and_the_right_one_starts_again(
    alice: Person, device: MadeDevice
) -> None:
    for left in (9, 8, 7):
        answer = alice.signed_post("/devices/unlock", unlocking(device, "000000"))
        assert (answer.status_code, answer.get_json()) == (403, {"error": "wrong_pin", "tries_left": left})
    assert "7 tries left" in alice.get("/unlock").text
    assert alice.signed_post("/devices/unlock", unlocking(device)).status_code == 200
    assert alice.get("/devices/lock-versions").get_json()["tries_left"] == 10


def test_the_tenth_wrong_pin_destroys_the_lock_for_good(alice: Person, device: MadeDevice) -> None:
    for _ in range(9):
        alice.signed_post("/devices/unlock", unlocking(device, "000000"))
    answer = alice.signed_post("/devices/unlock", unlocking(device, "000000"))
    assert (answer.status_code, answer.get_json()) == (410, {"error": "lock_destroyed"})
    assert alice.signed_post("/devices/unlock", unlocking(device)).get_json() == {"error": "lock_destroyed"}
    assert alice.get("/devices/lock-versions").get_json() == {"versions": [], "tries_left": 0}
    assert alice.get("/unlock").location == "/recovery"
    with alice.app.app_context():
        assert not db.session.scalars(select(DeviceLock)).all()


def test_a_version_that_is_gone_costs_no_try(alice: Person, device: MadeDevice) -> None:
    assert alice.signed_post("/devices/unlock", unlocking(device, version=7)).status_code == 404
    assert alice.get("/devices/lock-versions").get_json()["tries_left"] == 10


def test_nobody_tries_the_pin_of_somebody_else(alice: Person, device: MadeDevice, charlie: Person) -> None:
    enrolled(charlie)
    assert charlie.signed_post("/devices/unlock", unlocking(device), device=device).status_code == 404
    assert alice.get("/devices/lock-versions").get_json()["tries_left"] == 10


@pytest.mark.parametrize("body", [*MALFORMED, {"proof": KEY, "version": 1, "try": "x"}])
def test_a_malformed_try_is_no_try(alice: Person, device: MadeDevice, body: dict[str, object]) -> None:
    assert alice.signed_post("/devices/unlock", body).status_code == 400
    assert alice.get("/devices/lock-versions").get_json()["tries_left"] == 10


def test_a_try_that_comes_again_is_one_try(alice: Person, device: MadeDevice) -> None:
    wrong = {**unlocking(device, "000001"), "try": "1" * 32}
    answers = [alice.signed_post("/devices/unlock", wrong) for _ in range(3)]
    assert [answer.get_json() for answer in answers] == [{"error": "wrong_pin", "tries_left": 9}] * 3
    assert alice.signed_post("/devices/unlock", {**wrong, "try": "2" * 32}).get_json()["tries_left"] == 8
    right = {**unlocking(device), "try": "2" * 32}
    first, second = (alice.signed_post("/devices/unlock", right).get_json() for _ in range(2))
    assert first == second


def test_the_old_pin_opens_until_the_new_one_has(alice: Person, device: MadeDevice) -> None:
    alice.signed_post("/devices/unlock", unlocking(device))
    sent = new_lock(device, 2)
    told = {"version": 2, "keyslot_sha256": sha256_hex(base64.b64decode(str(sent["keyslot"])))}
    assert alice.signed_post("/devices/pin", sent).get_json() == told
    assert alice.signed_post("/devices/pin", sent).get_json() == told, "the same again, where the answer got lost"
    assert alice.get("/devices/lock-versions").get_json()["versions"] == [1, 2]
    assert alice.signed_post("/devices/unlock", unlocking(device)).status_code == 200
    assert alice.signed_post("/devices/unlock", unlocking(device, "314159", 2)).status_code == 200
    assert alice.get("/devices/lock-versions").get_json()["versions"] == [2]
    assert alice.signed_post("/devices/unlock", unlocking(device)).status_code == 404
    with alice.app.app_context():
        assert db.session.scalars(select(Event).where(Event.kind == "device.pin_changed")).one().actor_id


def test_a_pin_is_changed_only_right_after_the_present_one(
    alice: Person, device: MadeDevice, clock: MovableClock
) -> None:
    alice.signed_post("/devices/unlock", unlocking(device))
    clock.advance(minutes=11)
    answer = alice.signed_post("/devices/pin", new_lock(device, 2))
    assert (answer.status_code, answer.get_json()) == (403, {"error": "pin_needed"})


@pytest.mark.parametrize("version", [0, 1, 3, 99])
def test_a_new_lock_has_the_next_version(alice: Person, device: MadeDevice, version: int) -> None:
    alice.signed_post("/devices/unlock", unlocking(device))
    assert alice.signed_post("/devices/pin", new_lock(device, version)).status_code == 409


def test_a_keyslot_that_is_no_age_file_is_refused(alice: Person, device: MadeDevice) -> None:
    alice.signed_post("/devices/unlock", unlocking(device))
    for keyslot in (b"", b"AGE-SECRET-KEY-1", b"age-encryption.org/v1\n" + bytes(5000)):
        sent = new_lock(device, 2) | {"keyslot": base64.b64encode(keyslot).decode()}
        assert alice.signed_post("/devices/pin", sent).status_code in (400, 413)


def test_the_key_of_a_tab_comes_back_to_the_same_session_and_device(alice: Person, device: MadeDevice) -> None:
    assert alice.signed_post("/devices/tab-keys", {"tab": TAB, "key": KEY}).status_code == 200
    assert alice.signed_post("/devices/tab-keys/open", {"tab": TAB}).get_json() == {"tab": TAB, "key": KEY}
    elsewhere = alice.another_browser()
    be_at(alice, device, elsewhere)
    answer = alice.signed_post("/devices/tab-keys/open", {"tab": TAB}, client=elsewhere)
    assert (answer.status_code, answer.get_json()) == (410, {"error": "tab_key_gone"})
    taken = alice.signed_post("/devices/tab-keys", {"tab": TAB, "key": KEY}, client=elsewhere)
    assert taken.status_code == 400


def test_the_key_of_a_tab_is_dead_after_fifteen_idle_minutes(
    alice: Person, device: MadeDevice, clock: MovableClock
) -> None:
    alice.signed_post("/devices/tab-keys", {"tab": TAB, "key": KEY})
    for _ in range(3):
        clock.advance(minutes=14)
        assert alice.post("/devices/activity", json={}).status_code == 200
    clock.advance(minutes=15, seconds=31)
    answer = alice.post("/devices/activity", json={})
    assert (answer.status_code, answer.get_json()) == (410, {"error": "tab_key_gone"})
    assert alice.signed_post("/devices/tab-keys/open", {"tab": TAB}).status_code == 410


@pytest.mark.parametrize("ending", ["/devices/lock", "/sign-out"])
def test_locking_and_signing_out_end_every_tab(alice: Person, device: MadeDevice, ending: str) -> None:
    for tab in (TAB, "cd" * 16):
        alice.signed_post("/devices/tab-keys", {"tab": tab, "key": KEY})
    assert alice.post(ending).status_code == 303
    with alice.app.app_context():
        assert not db.session.scalars(select(TabKey)).all()


def test_a_script_locks_without_being_led_anywhere(alice: Person, device: MadeDevice) -> None:
    answer = alice.post("/devices/lock", json={})
    assert (answer.status_code, answer.get_json()) == (200, {"locked": True})
    assert alice.post("/devices/lock").location == "/unlock"


@pytest.mark.parametrize("tab", ["", "short", "AB" * 16, 7, None])
def test_a_tab_has_a_proper_id(alice: Person, device: MadeDevice, tab: object) -> None:
    assert alice.signed_post("/devices/tab-keys", {"tab": tab, "key": KEY}).status_code == 400


def test_what_is_too_long_is_not_read(alice: Person, device: MadeDevice) -> None:
    answer = alice.signed_post("/devices/unlock", b" " * 17_000)
    assert (answer.status_code, answer.get_json()) == (413, {"error": "too_large", "limit": 16 * 1024})


def test_nothing_kept_for_a_lock_opens_anything_alone(alice: Person, device: MadeDevice) -> None:
    with alice.app.app_context():
        row = db.session.scalars(select(DeviceLock)).one()
        kept = f"{row.keyslot!r}{row.server_share}{row.proof_sha256}"
        assert device.vault_key not in kept
        assert base64.b64encode(device.server_share).decode() not in kept
        assert device.proof().hex() not in kept
        assert db.session.get_one(Device, device.id).tries_left == 10
