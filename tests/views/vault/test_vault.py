"""The vault file in and out, and the page around it."""

import hashlib

import pytest

from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login
from webapp import limits
from webapp.crypto.framing import MAXIMUM_HEADER, frame, unframe
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """Alice’s active device, proved in her browser."""
    return enrolled(alice, [login()])


def saving(device: MadeDevice, **changed: object) -> bytes:
    """What a save of this device sends, on top of the file it has."""
    base = hashlib.sha256(device.file).hexdigest()
    device.counter += 1
    file = device.write([login(), login("Bank")], base_sha256=base)
    header = {
        "epoch": device.epoch,
        "counter": device.counter,
        "base_sha256": base,
        "file_sha256": hashlib.sha256(file).hexdigest(),
        "items": 2,
        "kit": 1,
    }
    return frame({**header, **changed}, file)


def test_an_active_device_gets_the_file(alice: Person, device: MadeDevice) -> None:
    header, file = unframe(alice.get("/vault/file").data)
    sha256 = hashlib.sha256(device.file).hexdigest()
    assert header == {"epoch": 1, "counter": 1, "sha256": sha256, "size": len(file)}
    assert file == device.file


def test_the_page_holds_nothing_of_the_vault(alice: Person, device: MadeDevice) -> None:
    page = alice.get("/vault")
    assert page.status_code == 200
    assert "correct horse" not in page.text
    assert ' name="' not in page.text.split("<vault-items")[1].split("</vault-items>")[0]
    assert page.headers["Cache-Control"] == "no-store"


def test_a_save_replaces_the_file(alice: Person, device: MadeDevice) -> None:
    answer = alice.signed_post("/vault/file", saving(device))
    sha256 = hashlib.sha256(device.file).hexdigest()
    assert (answer.status_code, answer.get_json()) == (200, {"epoch": 1, "counter": 2, "sha256": sha256})
    assert unframe(alice.get("/vault/file").data)[1] == device.file
    with alice.app.app_context():
        vault = Vault.current(db.session.get_one(User, alice.user_id))
        assert vault
        assert (vault.items, vault.size, vault.device_id) == (2, len(device.file), device.id)


def test_a_save_that_is_repeated_is_no_conflict(alice: Person, device: MadeDevice) -> None:
    sent = saving(device)
    first = alice.signed_post("/vault/file", sent).get_json()
    assert alice.signed_post("/vault/file", sent).get_json() == first


def test_a_save_on_top_of_another_version_is_refused_and_says_which_it_is(alice: Person, device: MadeDevice) -> None:
    former, counter = device.file, device.counter
    alice.signed_post("/vault/file", saving(device))
    current = hashlib.sha256(device.file).hexdigest()
    device.file, device.counter = former, counter
    answer = alice.signed_post("/vault/file", saving(device))
    assert answer.status_code == 409
    assert answer.get_json() == {"error": "stale_vault", "epoch": 1, "counter": 2, "sha256": current}


@pytest.mark.parametrize("counter", [0, 1])
def test_the_counter_never_goes_back(alice: Person, device: MadeDevice, counter: int) -> None:
    assert alice.signed_post("/vault/file", saving(device, counter=counter)).status_code == 409


def test_the_counter_may_leap_where_a_browser_puts_back_what_the_server_lost(alice: Person, device: MadeDevice) -> None:
    assert alice.signed_post("/vault/file", saving(device, counter=9)).get_json()["counter"] == 9


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"epoch": 2}, 409, "stale_vault"),
        ({"base_sha256": "0" * 64}, 409, "stale_vault"),
        ({"base_sha256": None}, 409, "stale_vault"),
        ({"file_sha256": "0" * 64}, 400, "malformed"),
        ({"items": -1}, 400, "malformed"),
        ({"items": True}, 400, "malformed"),
        ({"items": limits.VAULT_ITEMS + 1}, 413, "too_large"),
        ({"kit": 2}, 400, "malformed"),
        ({"counter": "2"}, 400, "malformed"),
    ],
)
def test_what_does_not_fit_is_refused(
    alice: Person, device: MadeDevice, changed: dict[str, object], status: int, code: str
) -> None:
    answer = alice.signed_post("/vault/file", saving(device, **changed))
    assert (answer.status_code, answer.get_json()["error"]) == (status, code)
    assert unframe(alice.get("/vault/file").data)[0]["counter"] == 1


@pytest.mark.parametrize("body", [b"", b"\0\0\0", b"\0\0\0\2{}", b"\xff\xff\xff\xff", frame({}, b"plain text")])
def test_what_is_no_encrypted_file_is_never_kept(alice: Person, device: MadeDevice, body: bytes) -> None:
    answer = alice.signed_post("/vault/file", body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")


def test_what_is_too_large_is_refused_before_it_is_read(alice: Person, device: MadeDevice) -> None:
    """The body isn’t there at all: only its length is told."""
    told = {"CONTENT_LENGTH": str(limits.VAULT_FILE_BYTES + 100_000)}
    answer = alice.post("/vault/file", headers={"Spare-Device": device.id}, environ_overrides=told)
    assert (answer.status_code, answer.get_json()) == (
        413,
        {"error": "too_large", "limit": limits.VAULT_FILE_BYTES + MAXIMUM_HEADER},
    )


def test_nobody_saves_for_somebody_else(alice: Person, device: MadeDevice, charlie: Person) -> None:
    enrolled(charlie)
    assert charlie.signed_post("/vault/file", saving(device), device=device).status_code == 404
    assert unframe(charlie.get("/vault/file").data)[1] != device.file


def test_a_device_that_is_unpaired_saves_nothing_more(alice: Person, device: MadeDevice) -> None:
    with alice.app.app_context(), transaction() as session:
        session.get_one(Device, device.id).state = DeviceState.UNPAIRED
    answer = alice.signed_post("/vault/file", saving(device))
    assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"})


def test_a_confirmed_kit_is_noted_once(alice: Person, device: MadeDevice, clock: MovableClock) -> None:
    with alice.app.app_context(), transaction():
        User.locked(alice.user_id).kit_confirmed_at = None
    assert alice.signed_post("/vault/kit-confirmation", {"kit": 1}).get_json() == {"kit": 1}
    with alice.app.app_context():
        confirmed = db.session.get_one(User, alice.user_id).kit_confirmed_at
        assert confirmed
    clock.advance(hours=1)
    alice.signed_post("/vault/kit-confirmation", {"kit": 1})
    with alice.app.app_context():
        assert db.session.get_one(User, alice.user_id).kit_confirmed_at == confirmed


@pytest.mark.parametrize(("kit", "status"), [(0, 409), (2, 409), ("1", 400), (None, 400)])
def test_another_kit_is_not_confirmed(alice: Person, device: MadeDevice, kit: object, status: int) -> None:
    assert alice.signed_post("/vault/kit-confirmation", {"kit": kit}).status_code == status
