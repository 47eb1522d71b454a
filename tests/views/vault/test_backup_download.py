"""Downloading a backup: for its owner in a browser that is one of their devices, and opened without this service."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.vault.devices import MadeDevice, login
from webapp.client.formats.cloud_backups import CloudBackup
from webapp.client.formats.recovery_kits import RecoveryKit, write_kit
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.vaults.cloud_backup import CloudBackup as Row

needs_age = pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed: apt install age")
UNKNOWN = f"/backups/{'0' * 32}/file"


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """Alice’s active device with a vault of one item."""
    return enrolled(alice, [login("Example")])


@pytest.fixture
def backup(alice: Person, device: MadeDevice, organisation_key: ActiveKey) -> CloudBackup:
    """A backup of that vault."""
    return backed_up(alice, organisation_key)


def path(backup: CloudBackup) -> str:
    return f"/backups/{backup.id}/file"


def test_the_owner_gets_the_file_as_it_was_uploaded(alice: Person, backup: CloudBackup) -> None:
    answer = alice.get(path(backup))
    assert (answer.status_code, answer.data) == (200, backup.file)
    with alice.app.app_context():
        made_at = db.session.get_one(Row, backup.id).made_at
    name = f"Spare Key {alice.email} {made_at.strftime('%Y-%m-%dT%H-%M-%S')}Z.age"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_list_leads_there(alice: Person, backup: CloudBackup) -> None:
    for page in ("/backups", "/backups/list"):
        assert f'href="{path(backup)}" download>Download<' in alice.get(page).text


def test_for_everybody_else_it_does_not_exist(
    bob: Person, charlie: Person, olga: Person, alice: Person, backup: CloudBackup
) -> None:
    for person in (bob, charlie, olga):
        enrolled(person)
        answer, unknown = person.get(path(backup)), person.get(UNKNOWN)
        assert answer.status_code == unknown.status_code == 404
        assert answer.text == unknown.text
    assert alice.get(UNKNOWN).status_code == 404


@pytest.mark.parametrize("state", [DeviceState.UNPAIRED, DeviceState.PRIOR])
def test_a_device_that_is_no_longer_active_gets_nothing(
    alice: Person, device: MadeDevice, backup: CloudBackup, state: DeviceState
) -> None:
    with alice.app.app_context(), transaction() as session:
        session.get_one(Device, device.id).state = state
    assert alice.get(path(backup)).status_code == 404
    assert "Download" not in alice.get("/backups").text


def test_a_browser_that_proved_nothing_gets_nothing(alice: Person, charlie: Person, backup: CloudBackup) -> None:
    assert alice.another_browser().get(path(backup)).status_code == 404
    for device in (None, enrolled(charlie)):
        be_at(alice, device)
        assert alice.get(path(backup)).status_code == 404
        assert "Download" not in alice.get("/backups").text


def test_whose_pin_is_gone_still_has_the_kit(alice: Person, device: MadeDevice, backup: CloudBackup) -> None:
    with alice.app.app_context(), transaction():
        DeviceLock.destroy(device.id)
    assert alice.get(path(backup)).data == backup.file


@needs_age
def test_age_opens_it_with_the_kit_alone(
    alice: Person, device: MadeDevice, backup: CloudBackup, tmp_path: Path
) -> None:
    kit, file = tmp_path / "recovery-kit.txt", tmp_path / "spare-key.age"
    kit.write_text(write_kit(RecoveryKit(1, "2026-11-22T16:10:46Z", alice.email, "Example Works", device.kit)))
    file.write_bytes(alice.get(path(backup)).data)
    opened = subprocess.run(["age", "-d", "-i", kit, file], capture_output=True, check=True).stdout
    lines = subprocess.run(["gunzip"], input=opened, capture_output=True, check=True).stdout
    assert b'"title":"Example"' in lines.splitlines()[2].replace(b'": "', b'":"')
