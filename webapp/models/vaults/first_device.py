"""Joining’s last word: the member’s first device, its lock and the vault, in one transaction."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import update

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.models.devices.device import Device
from webapp.models.devices.ids import is_taken
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.vault import Vault


class VaultExists(Exception):
    """The member has a vault already, made in another tab or browser."""


@dataclass(frozen=True)
class FirstDevice:
    """What the new device sends. The keys are public halves; the file, the keyslot and the share open nothing alone."""

    id: str
    sign_public: bytes
    recipient: str
    name: str
    browser: str
    verify_key: bytes
    keyslot: bytes
    server_share: bytes
    proof: bytes
    kit_verify_key: bytes | None
    items: int
    file: bytes

    def begin_vault(self, user: User, sign_in_id: str) -> None:
        """Make the device, its lock and the first epoch, in the caller’s transaction with `user` locked.

        The same again changes nothing. Raises VaultExists.
        """
        assert in_transaction()
        if user.epoch:
            self._require_same(user)
            return
        if is_taken(self.id):
            raise VaultExists
        device = Device(
            id=self.id,
            user_id=user.id,
            name=self.name,
            browser=self.browser,
            sign_public=self.sign_public,
            recipient=self.recipient,
            tries_left=limits.PIN_TRIES,
        )
        db.session.add(device)
        db.session.flush()
        DeviceLock.store(device, 1, self.keyslot, self.server_share, self.proof)
        Vault.begin(user, device.id, 1, self.verify_key, 1, self.items, self.file)
        user.kit_number = 1
        user.kit_verify_key = self.kit_verify_key
        Event.append("device.enrolled", user.organisation_id, actor=user, subject=user, object_id=device.id)
        Event.append("vault.begun", user.organisation_id, actor=user, subject=user, object_id=device.id)
        found = update(SignIn).where(SignIn.id == sign_in_id)
        db.session.execute(found.values(device_id=device.id, looked_at=now()))
        TabKey.mark(sign_in_id, device.id)

    def _require_same(self, user: User) -> None:
        vault = Vault.current(user)
        device = db.session.get(Device, self.id)
        same = vault and device and (vault.device_id, device.sign_public) == (self.id, self.sign_public)
        if not (vault and same and vault.sha256 == hashlib.sha256(self.file).hexdigest()):
            raise VaultExists
