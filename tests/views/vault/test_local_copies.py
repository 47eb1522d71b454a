"""Copies outside of the browser, and trials of cloud backups, as the server notes them."""

import re

import pytest

from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup

COPIES = "/backups/local/copies"


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """Alice’s active device with a vault of one item."""
    return enrolled(alice, [login()])


def noted(person: Person) -> tuple[bool, int | None]:
    with person.app.app_context():
        user = db.session.get_one(User, person.user_id)
        return user.current_local_copy_at is not None, user.local_copy_epoch


def set_epoch(person: Person, epoch: int) -> None:
    with person.app.app_context(), transaction():
        User.locked(person.user_id).epoch = epoch


def unpair(person: Person, device: MadeDevice) -> None:
    with person.app.app_context(), transaction() as session:
        session.get_one(Device, device.id).state = DeviceState.UNPAIRED


@pytest.mark.databases
def test_a_copy_outside_of_the_browser_is_noted(alice: Person, device: MadeDevice) -> None:
    assert noted(alice) == (False, None)
    assert alice.signed_post(COPIES, {"epoch": 1}).status_code == 200
    assert noted(alice) == (True, 1)


@pytest.mark.parametrize("epoch", [0, 2, -1, 2**31, "1", True, None])
def test_an_epoch_there_never_was_is_refused(alice: Person, device: MadeDevice, epoch: object) -> None:
    answer = alice.signed_post(COPIES, {"epoch": epoch})
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})
    assert noted(alice) == (False, None)


def test_a_copy_counts_for_its_own_epoch_only(alice: Person, device: MadeDevice) -> None:
    alice.signed_post(COPIES, {"epoch": 1})
    set_epoch(alice, 2)
    assert noted(alice) == (False, 1)
    set_epoch(alice, 1)
    assert noted(alice) == (True, 1)


def test_a_download_of_an_older_copy_hides_no_newer_one(alice: Person, device: MadeDevice, clock: MovableClock) -> None:
    with alice.app.app_context(), transaction():
        user = User.locked(alice.user_id)
        user.epoch = 2
        user.note_local_copy(2)
        at = user.local_copy_at
    clock.advance(days=1)
    alice.signed_post(COPIES, {"epoch": 1})
    with alice.app.app_context():
        user = db.session.get_one(User, alice.user_id)
        assert (user.local_copy_at, user.local_copy_epoch) == (at, 2)


def test_only_an_active_device_of_the_member_notes_anything(
    alice: Person, device: MadeDevice, charlie: Person, organisation_key: ActiveKey
) -> None:
    backup = backed_up(alice, organisation_key)
    enrolled(charlie)
    trial = f"/backups/{backup.id}/trials"
    assert charlie.signed_post(COPIES, {"epoch": 1}, device=device).status_code == 404
    assert charlie.signed_post(trial, device=device).status_code == 404
    answer = charlie.signed_post(trial)
    assert (answer.status_code, answer.get_json()) == (404, {"error": "not_found"})
    assert alice.post(COPIES, json={"epoch": 1}).status_code == 404
    unpair(alice, device)
    for path in (COPIES, trial):
        answer = alice.signed_post(path, {"epoch": 1})
        assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"})
    assert noted(alice) == (False, None)
    assert not tried(alice)


def tried(person: Person) -> bool:
    with person.app.app_context():
        newest = CloudBackup.newest(person.user_id)
        return newest is not None and newest.tried_at is not None


@pytest.mark.databases
def test_a_trial_is_noted_and_shown(alice: Person, device: MadeDevice, organisation_key: ActiveKey) -> None:
    backup = backed_up(alice, organisation_key)
    assert "Recovery tried" not in alice.get("/backups").text
    assert alice.signed_post(f"/backups/{backup.id}/trials").status_code == 200
    assert tried(alice)
    assert "Recovery tried" in alice.get("/backups").text


def test_admins_see_who_has_a_copy_of_their_own(alice: Person, device: MadeDevice, bob: Person) -> None:
    alice.signed_post(COPIES, {"epoch": 1})
    users = plain(bob.get("/admin/users").text)
    alices = r"Alice alice@example.org Member Active One device just now local copy, \d+ \w+ 20\d\d Bob"
    assert re.search(alices, users), users
    assert "Local copy Last made" in plain(bob.get(f"/admin/users/{alice.user_id}").text)
    set_epoch(alice, 2)
    assert "Alice alice@example.org Member Active One device just now None" in plain(bob.get("/admin/users").text)


def test_the_overview_counts_copies_apart_from_backups(
    alice: Person, device: MadeDevice, bob: Person, organisation_key: ActiveKey
) -> None:
    alice.signed_post(COPIES, {"epoch": 1})
    page = plain(bob.get("/admin/").text)
    assert "have no cloud backup 1" in page
    assert "Of those without a cloud backup 1 has a local copy of their own." in page


def test_the_local_tab_says_why_copies_in_the_browser_do_not_count(alice: Person, device: MadeDevice) -> None:
    page = alice.get("/backups/local").text
    assert "clearing its data takes them along with its key" in page
    be_at(alice, None)
    page = alice.get("/backups/local").text
    assert "This browser holds no key to your vault" in page
    assert "Back Up Now" not in page


def test_the_cloud_tab_names_the_kit_and_an_open_request(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    assert "Cancel Request" not in alice.get("/backups").text
    asked = waiting_request(alice, organisation_key)
    page = alice.get("/backups").text
    assert "Waiting for approval" in page
    assert f"/recovery/requests/{asked.id}/cancellation" in page
    assert 'data-label="Kit">1<' in page


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())
