"""What somebody with database and sealing keys makes of it: a recovery key, a vault and a backup of their own."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import delete, select

from tests.support.people.person import Person
from tests.support.vault.backup_rows import backup_row
from tests.support.vault.devices import MadeDevice, login
from webapp.client.crypto import epochs
from webapp.client.formats import cloud_backups, recovery_keys
from webapp.client.formats.document_shapes import KeyPin
from webapp.client.formats.encoding import new_id, sha256_hex
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

TITLE = "Forged"


@dataclass(frozen=True)
class Forged:
    """The key that nobody of the organisation has ever seen, and the device that wrote the vault."""

    key: recovery_keys.OrganisationKey
    device: MadeDevice
    backup: cloud_backups.CloudBackup


def forge(app: Flask, member: Person, *, pins: bool = True) -> Forged:
    """Put them into the rows; `pins`: the vault says that the forged key is the one on record."""
    key = recovery_keys.make_key(member.organisation_id, "Example Works", "First key", 2)
    device = member.new_device()
    pin: KeyPin | None = {"epoch": 2, "fingerprint": key.public.fingerprint} if pins else None
    file = device.write([login(TITLE)], pin=pin)
    assert device.document
    backup = cloud_backups.make_backup(device.document, member.email, key.public, device.id, device.seed)
    with app.app_context(), transaction() as session:
        user = User.locked(member.user_id)
        made_by = session.scalars(select(OrganisationKey.made_by)).first() or user.id
        for row in session.scalars(select(OrganisationKey)):
            row.state = KeyState.DISABLED
        session.flush()
        forged = OrganisationKey(id=new_id(), organisation_id=user.organisation_id, name=key.name, epoch=2)
        forged.recipient, forged.sign_public = key.public.recipient, key.public.sign
        forged.fingerprint, forged.state, forged.made_by = key.public.fingerprint, KeyState.ACTIVE, made_by
        session.add(forged)
        session.flush()
        session.execute(delete(CloudBackup).where(CloudBackup.user_id == user.id))
        vault = Vault.current(user)
        assert vault
        vault.file, vault.sha256, vault.counter = file, sha256_hex(file), device.counter
        vault.verify_key = epochs.verify_key(device.vault_key, user.id)
        session.add(backup_row(user.id, device, forged.id, backup))
    return Forged(key, device, backup)
