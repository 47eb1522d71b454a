"""The people of every test: alice is a member, bob an admin, charlie a member who has nothing to do with it, olga the
owner.

They are fixtures. Whatever a rule allows alice or bob, a test tries as charlie too. `enrolled(alice)` gives her a vault
and makes her browser one of her devices; `backed_up(alice, organisation_key)` adds a cloud backup.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.support.people.person import Person, add_person
from tests.support.vault.backup_rows import backup_row
from tests.support.vault.devices import MadeDevice
from webapp import limits
from webapp.client.formats import cloud_backups, recovery_keys, recovery_kits
from webapp.client.formats.document_shapes import Item
from webapp.client.formats.encoding import new_id
from webapp.clock import now
from webapp.database import transaction
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.vault import Vault

__all__ = [
    "ActiveKey",
    "Person",
    "add_organisation_key",
    "add_person",
    "backed_up",
    "be_at",
    "enrolled",
]


@dataclass(frozen=True)
class ActiveKey:
    """The organisation recovery key in use: its row’s id, its secrets, and its file as an admin keeps it."""

    id: str
    key: recovery_keys.OrganisationKey
    file: bytes


def enrolled(person: Person, items: list[Item] | None = None, *, here: bool = True) -> MadeDevice:
    """Give the person a vault and an active device; `here`: their browser has proved to be it. The kit is confirmed."""
    person.device = device = person.new_device()
    file, lock, client = device.write(items), device.lock(), person.client
    with person.app.app_context(), transaction() as session:
        user = User.locked(person.user_id)
        row = Device(
            id=device.id,
            user_id=user.id,
            name=device.name,
            browser=device.name,
            sign_public=device.sign_public,
            recipient=device.recipient,
            tries_left=limits.PIN_TRIES,
        )
        session.add(row)
        session.flush()
        DeviceLock.store(row, 1, lock["keyslot"], lock["server_share"], lock["proof"])
        Vault.begin(user, row.id, 1, device.verify_key, 1, len(items or []), file)
        user.kit_number, user.kit_confirmed_at, user.joined_at = 1, now(), now()
        user.kit_verify_key = recovery_kits.verify_key(device.kit, user.id)
    if here:
        be_at(person, device, client)
    return device


def be_at(
    person: Person, device: MadeDevice | None, client: FlaskClient | None = None, *, locked: bool = False
) -> None:
    """The person’s browser has looked for a key of its own, and found that of `device` (or none); unless `locked`, its
    PIN was typed there."""
    row_id = person.sign_in_id(client)
    with person.app.app_context(), transaction() as session:
        device_id = device.id if device else None
        values = {"looked_at": now(), "last_active_at": now(), "device_id": device_id, "last_device_id": device_id}
        session.execute(update(SignIn).where(SignIn.id == row_id).values(**values))
        TabKey.forget(sign_in_id=row_id)
        if device and not locked and session.get(Device, device.id):
            TabKey.mark(row_id, device.id)


def backed_up(person: Person, active: ActiveKey) -> cloud_backups.CloudBackup:
    """Add a cloud backup of the person’s vault as their device wrote it; switched on where it was not."""
    device = person.device or enrolled(person)
    assert device.document
    public = active.key.public
    made = cloud_backups.make_backup(device.document, device.account, public, device.id, device.seed)
    with person.app.app_context(), transaction() as session:
        user = User.locked(person.user_id)
        user.cloud_backups_at, user.cloud_backups_fingerprint = user.cloud_backups_at or now(), public.fingerprint
        session.add(backup_row(user.id, device, active.id, made))
    person.backups.append(made)
    return made


def add_organisation_key(maker: Person, name: str = "First key") -> ActiveKey:
    """An active organisation recovery key whose ceremony `maker` went through."""
    with maker.app.app_context(), transaction() as session:
        organisation = session.get_one(Organisation, maker.organisation_id)
        key = recovery_keys.make_key(
            organisation.id, organisation.name, name, OrganisationKey.next_epoch(organisation.id)
        )
        row = OrganisationKey(
            id=new_id(),
            organisation_id=organisation.id,
            name=name,
            epoch=key.epoch,
            recipient=key.public.recipient,
            sign_public=key.public.sign,
            fingerprint=key.public.fingerprint,
            state=KeyState.ACTIVE,
            made_by=maker.user_id,
            activated_at=now(),
            proved_at=now(),
        )
        session.add(row)
        return ActiveKey(row.id, key, recovery_keys.write_key(key))


@pytest.fixture
def organisation(app: Flask) -> str:
    """The id of the one organisation."""
    with app.app_context(), transaction() as session:
        made = Organisation(name="Example Works")
        session.add(made)
        session.flush()
        return made.id


@pytest.fixture
def alice(app: Flask, organisation: str) -> Person:
    """A member: the one whose things a test is about."""
    return add_person(app, organisation, "Alice")


@pytest.fixture
def bob(app: Flask, organisation: str) -> Person:
    """An admin."""
    return add_person(app, organisation, "Bob", Role.ADMIN)


@pytest.fixture
def charlie(app: Flask, organisation: str) -> Person:
    """A member of the same organisation whom none of it concerns."""
    return add_person(app, organisation, "Charlie")


@pytest.fixture
def olga(app: Flask, organisation: str) -> Person:
    """The owner."""
    return add_person(app, organisation, "Olga", Role.OWNER)


@pytest.fixture
def organisation_key(olga: Person) -> ActiveKey:
    """The active organisation recovery key, made by olga."""
    return add_organisation_key(olga)


@pytest.fixture
def key_file(organisation_key: ActiveKey, tmp_path: Path) -> Path:
    """The file of the active key, as an admin keeps it."""
    path = tmp_path / "key.txt"
    path.write_bytes(organisation_key.file)
    return path
