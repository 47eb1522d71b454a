"""Cloud backups over HTTP: kept only when every word of them is true; and the Backup Center."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.people.people import ActiveKey, Person, add_organisation_key, backed_up, be_at, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login
from webapp.client.crypto.signatures import sign
from webapp.client.formats import cloud_backups
from webapp.client.formats.encoding import sha256_hex, to_base64
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """Alice’s active device with a vault of one item."""
    return enrolled(alice, [login()])


def made(device: MadeDevice, key: ActiveKey) -> cloud_backups.CloudBackup:
    """A backup of the device’s vault, sealed to `key`."""
    assert device.document
    return cloud_backups.make_backup(device.document, device.account, key.key.public, device.id, device.seed)


def altered(maker: MadeDevice, key: ActiveKey, **changed: Any) -> bytes:
    """An upload whose metadata says something else, properly signed."""
    backup = made(maker, key)
    meta = json.dumps({**json.loads(backup.meta), **changed})
    signature = to_base64(sign(maker.seed, cloud_backups.LABEL, meta.encode()))
    return frame({**backup.header(), "meta": meta, "meta_signature": signature}, backup.file)


def count(person: Person) -> int:
    with person.app.app_context():
        return CloudBackup.count(person.user_id)


def test_a_backup_is_kept_whole(alice: Person, device: MadeDevice, organisation_key: ActiveKey) -> None:
    backup = made(device, organisation_key)
    answer = alice.signed_post("/backups", frame(backup.header(), backup.file))
    assert (answer.status_code, answer.get_json()) == (200, {"backup": backup.id, "sha256": sha256_hex(backup.file)})
    with alice.app.app_context():
        row = CloudBackup.with_file(backup.id)
        assert row
        assert (row.file, row.meta, row.share_a) == (backup.file, backup.meta, backup.share_a)
        assert row.open_share_s() == backup.share_s
        assert to_base64(backup.share_s) not in row.share_s
        assert (row.user_id, row.device_id, row.organisation_key_id) == (alice.user_id, device.id, organisation_key.id)
        event = db.session.scalars(select(Event).where(Event.kind == "backup.made")).one()
        assert (event.object_id, event.details) == (backup.id, {"items": 1, "pushed_out": 0})


def test_the_same_upload_again_is_the_same_backup(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey
) -> None:
    backup = made(device, organisation_key)
    for _ in range(2):
        answer = alice.signed_post("/backups", frame(backup.header(), backup.file))
        assert answer.get_json() == {"backup": backup.id, "sha256": sha256_hex(backup.file)}
    assert count(alice) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"v": True},
        {"type": "local-backup"},
        {"organisation": "0" * 32},
        {"user": "0" * 32},
        {"account": "bob@example.org"},
        {"account": "Alice@example.org"},
        {"account": ""},
        {"device": "0" * 32},
        {"epoch": 2},
        {"epoch": 0},
        {"counter": 2},
        {"counter": 0},
        {"counter": "1"},
        {"items": -1},
        {"items": 50_001},
        {"kit": 2},
        {"file_sha256": "0" * 64},
        {"a_sha256": "nothing"},
        {"backup": "../../etc"},
        {"made_at": "yesterday"},
        {"further": "field"},
    ],
)
def test_a_word_that_is_not_true_is_refused(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey, changed: dict[str, Any]
) -> None:
    answer = alice.signed_post("/backups", altered(device, organisation_key, **changed))
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})
    assert count(alice) == 0


def test_metadata_of_another_device_is_refused(alice: Person, device: MadeDevice, organisation_key: ActiveKey) -> None:
    backup = made(device, organisation_key)
    header = backup.header() | {"meta_signature": to_base64(sign(b"x" * 32, cloud_backups.LABEL, backup.meta.encode()))}
    answer = alice.signed_post("/backups", frame(header, backup.file))
    assert (answer.status_code, answer.get_json()) == (403, {"error": "bad_signature"})


def test_a_backup_to_another_key_than_the_active_one_is_refused(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey
) -> None:
    sent = altered(device, organisation_key, organisation_key="a" * 52)
    answer = alice.signed_post("/backups", sent)
    assert (answer.status_code, answer.get_json()) == (409, {"error": "key_mismatch"})


@pytest.mark.parametrize(("part", "value"), [("share_a", b"in clear"), ("share_s", b"short"), ("meta_signature", b"")])
def test_shares_have_their_shape(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey, part: str, value: bytes
) -> None:
    backup = made(device, organisation_key)
    answer = alice.signed_post("/backups", frame(backup.header() | {part: to_base64(value)}, backup.file))
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})


def test_nobody_backs_up_for_somebody_else(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey, charlie: Person
) -> None:
    backup = made(device, organisation_key)
    theirs = enrolled(charlie)
    assert charlie.signed_post("/backups", frame(backup.header(), backup.file), device=device).status_code == 404
    assert charlie.signed_post("/backups", frame(backup.header(), backup.file)).status_code == 403
    sent = altered(theirs, organisation_key, user=alice.user_id)
    assert charlie.signed_post("/backups", sent).status_code == 400
    assert count(alice) == count(charlie) == 0


def test_the_id_of_somebody_else_s_backup_is_taken(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey, charlie: Person
) -> None:
    theirs = backed_up(charlie, organisation_key)
    answer = alice.signed_post("/backups", altered(device, organisation_key, backup=theirs.id))
    assert (answer.status_code, count(charlie)) == (400, 1)


def test_an_unpaired_device_makes_no_backup(alice: Person, device: MadeDevice, organisation_key: ActiveKey) -> None:
    backup = made(device, organisation_key)
    with alice.app.app_context(), transaction() as session:
        session.get_one(Device, device.id).state = DeviceState.UNPAIRED
    answer = alice.signed_post("/backups", frame(backup.header(), backup.file))
    assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"})


def test_backups_are_not_taken_without_end(alice: Person, device: MadeDevice, organisation_key: ActiveKey) -> None:
    for _ in range(20):
        assert alice.signed_post("/backups", b"").status_code == 400
    assert alice.signed_post("/backups", b"").status_code == 429


def test_an_hour_of_backups_is_all_there(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    for _ in range(14):
        be_at(alice, device)  # the PIN typed again: it is asked for after fifteen idle minutes
        backup = made(device, organisation_key)
        assert alice.signed_post("/backups", frame(backup.header(), backup.file)).status_code == 200
        clock.advance(minutes=40)
    assert count(alice) == 14


def test_the_key_is_told_with_how_far_the_backups_go(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    public = organisation_key.key.public
    answer = alice.get("/organisation/key").get_json()
    assert answer["key"]["fingerprint"] == public.fingerprint
    assert (answer["organisation"], answer["name"]) == (alice.organisation_id, "Example Works")
    assert (answer["newest"], answer["enrolled"]) == (None, False)
    backed_up(alice, organisation_key)
    clock.advance(hours=2)
    answer = alice.get("/organisation/key").get_json()
    assert 7200 <= answer["newest"].pop("age_seconds") < 7260
    assert (answer["newest"], answer["enrolled"]) == ({"epoch": 1, "counter": 1}, True)


def test_without_a_key_there_is_none(alice: Person) -> None:
    assert alice.get("/organisation/key").get_json()["key"] is None


def test_switching_on_is_noted_for_the_active_key_only(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey
) -> None:
    refused = alice.signed_post("/backups/enrolment", {"fingerprint": "a" * 52})
    assert (refused.status_code, refused.get_json()) == (409, {"error": "key_mismatch"})
    fingerprint = organisation_key.key.public.fingerprint
    for _ in range(2):
        assert alice.signed_post("/backups/enrolment", {"fingerprint": fingerprint}).status_code == 200
    with alice.app.app_context():
        user = db.session.get_one(User, alice.user_id)
        assert user.cloud_backups_at
        assert user.cloud_backups_fingerprint == fingerprint
        assert len(db.session.scalars(select(Event).where(Event.kind == "cloud_backups.on")).all()) == 1


def test_the_backup_center_says_how_things_are(alice: Person, device: MadeDevice, olga: Person) -> None:
    assert "Not enabled by your organisation" in alice.get("/backups").text
    key = add_organisation_key(olga)
    assert "cloud-backup-switch" in alice.get("/backups").text
    backed_up(alice, key)
    page = alice.get("/backups").text
    assert "Back Up Now" in page
    assert "First key" in page
    assert device.name in page
    with alice.app.app_context(), transaction():
        User.locked(alice.user_id).cloud_backups_fingerprint = "b" * 52
    page = alice.get("/backups").text
    assert "Back Up Now" not in page
    assert "This is another key than the one you know" in page


def test_the_list_is_the_member_s_own(
    alice: Person, device: MadeDevice, organisation_key: ActiveKey, charlie: Person
) -> None:
    backed_up(alice, organisation_key)
    assert device.name in alice.get("/backups/list").text
    assert device.name not in charlie.get("/backups/list").text
    assert "<html" not in alice.get("/backups/list").text


def test_a_browser_without_a_key_shows_the_list_and_no_button(alice: Person, organisation_key: ActiveKey) -> None:
    backed_up(alice, organisation_key)
    page = alice.another_browser().get("/backups").text
    assert "Back Up Now" not in page
    assert "First key" in page
    with alice.app.app_context():
        assert OrganisationKey.active(alice.organisation_id)
