"""The vault file of one epoch. Ciphertext; the server checks who replaces which version, never what is inside."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Octets, Sha256
from webapp.models.devices.device import Device
from webapp.models.directory.user import User


class StaleVault(Exception):
    """The save was based on another version than the current one; `current` is the vault as it stands."""

    def __init__(self, current: "Vault") -> None:
        super().__init__(current.counter)
        self.current = current


class DeviceNotActive(Exception):
    """The device may not touch the vault (unpaired, prior, or another member’s)."""


class Vault(Base):
    """One row per member and epoch; the row of `user.epoch` is the current one, the others are archived.

    An undo makes an archived one current again and archives the newer; no row is ever removed.
    """

    __tablename__ = "vault"

    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verify_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Ed25519 key derived from this epoch’s V: shows later that somebody held V."""
    file: Mapped[Octets] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[Sha256]
    size: Mapped[int]
    items: Mapped[int]
    """How many items the saving device says there are."""
    counter: Mapped[int] = mapped_column(BigInteger)
    device_id: Mapped[str] = mapped_column(String(32))
    saved_at: Mapped[datetime] = mapped_column(default=now)
    began_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    @staticmethod
    def current(user: User, *, with_file: bool = False) -> "Vault | None":
        """The member’s current vault, or None before joining is complete."""
        key = user.id, user.epoch
        if with_file:
            return db.session.get(Vault, key, options=[undefer(Vault.file)], populate_existing=True)
        return db.session.get(Vault, key)

    @staticmethod
    def is_saved(user_id: str, epoch: int, file: bytes) -> bool:
        """Whether these bytes are what the server has already: a save that comes again."""
        query = select(Vault.sha256).where(Vault.user_id == user_id, Vault.epoch == epoch)
        return db.session.scalar(query) == hashlib.sha256(file).hexdigest()

    @staticmethod
    def archived(user: User) -> Sequence["Vault"]:
        """The member’s vaults of other epochs than the present one, the latest first."""
        query = select(Vault).where(Vault.user_id == user.id, Vault.epoch != user.epoch)
        return db.session.scalars(query.order_by(Vault.epoch.desc())).all()

    @staticmethod
    def next_epoch(user_id: str) -> int:
        """The number of the epoch that a recovery begins: numbers of epochs that an undo ended are not used again."""
        return 1 + (db.session.scalar(select(func.max(Vault.epoch)).where(Vault.user_id == user_id)) or 0)

    @staticmethod
    def begin(
        user: User, device_id: str, epoch: int, verify_key: bytes, counter: int, items: int, file: bytes
    ) -> "Vault":
        """Start an epoch with its first file, in the caller’s transaction; the former epoch is archived."""
        assert in_transaction()
        former = Vault.current(user)
        if former:
            former.ended_at = now()
        vault = Vault(user_id=user.id, epoch=epoch, verify_key=verify_key, counter=counter)
        vault._put(device_id, items, file)
        db.session.add(vault)
        user.epoch = epoch
        return vault

    @staticmethod
    def save(
        user: User,
        device: Device,
        base: tuple[int, str],
        counter: int,
        items: int,
        file: bytes,
        *,
        pairs: bool = False,
    ) -> "Vault":
        """Replace the current file, in the caller’s transaction with `user` locked. Raises DeviceNotActive,
        StaleVault. A repeated save of the same bytes is no conflict.

        `base` is (epoch, SHA-256) of the file that was edited. `counter` is what the new file says of itself; it may
        leap, where a browser puts back what a server restored from an old copy had lost, but it never goes
        back, nor so far that none would be left. `pairs`: it lists a new device, which a prior one may write, too.
        """
        assert in_transaction()
        if not (device.can_pair if pairs else device.is_active) or device.user_id != user.id:
            raise DeviceNotActive
        vault = Vault.current(user)
        if vault is None:
            raise DeviceNotActive
        if base[0] == vault.epoch and hashlib.sha256(file).hexdigest() == vault.sha256:
            return vault
        if base != (vault.epoch, vault.sha256) or not 0 < counter - vault.counter <= limits.COUNTER_LEAP:
            raise StaleVault(vault)
        vault.counter = counter
        vault._put(device.id, items, file)
        return vault

    def _put(self, device_id: str, items: int, file: bytes) -> None:
        self.file = file
        self.sha256 = hashlib.sha256(file).hexdigest()
        self.size = len(file)
        self.items = items
        self.device_id = device_id
        self.saved_at = now()
