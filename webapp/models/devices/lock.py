"""The server’s third of a device lock: keyslot, sealed server share and proof hash, one versioned row."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, case, delete, literal, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import SealingFailed, sealer
from webapp.database import Base, db, in_transaction, transaction
from webapp.models.columns import Id, Octets, Sha256
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.server.sealing_key import SealingKey, seals
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import PinNotShown, TabKey


class WrongPin(Exception):
    """The proof is not of this device’s PIN; `tries_left` more may be made."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class LockDestroyed(Exception):
    """The tries are used up and the rows are gone: the way on is recovery."""


class NotReleased(Exception):
    """The PIN was right, but meanwhile the session ended, or the device was unpaired."""


class VersionTaken(Exception):
    """The PIN was changed in the meantime, in another tab."""


class DeviceLock(Base):
    """A row per device and version; after Change PIN two live until the newer one has opened once."""

    __tablename__ = "device_lock"

    device_id: Mapped[Id] = mapped_column(ForeignKey("device.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    keyslot: Mapped[Octets] = mapped_column(LargeBinary)
    server_share: Mapped[str] = mapped_column(Text)
    proof_sha256: Mapped[Sha256]
    last_try: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 over the last try’s id and proof. A try that is sent again, because its answer got lost, is not counted
    again."""
    made_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    def store(device: Device, version: int, keyslot: bytes, server_share: bytes, proof: bytes) -> "DeviceLock":
        """Keep a new lock of the device, in the caller’s transaction."""
        assert in_transaction()
        lock = DeviceLock(
            device_id=device.id,
            version=version,
            keyslot=keyslot,
            server_share=SealingKey.seal(server_share, server_share_context(device.id, version)),
            proof_sha256=hashlib.sha256(proof).hexdigest(),
        )
        db.session.add(lock)
        return lock

    @staticmethod
    def versions(device_id: str) -> list[int]:
        """Which versions can be tried, oldest first."""
        query = select(DeviceLock.version).where(DeviceLock.device_id == device_id).order_by(DeviceLock.version)
        return list(db.session.scalars(query))

    @staticmethod
    def open(
        device: Device, version: int, proof: bytes, sign_in_id: str, try_id: str | None = None
    ) -> tuple[bytes, bytes]:
        """(keyslot, server share) for the right proof, which is noted of this session. The try is committed before it
        is compared, so that a crash or a race never gives one for free; the same `try_id` with the same proof is one
        try, however often it comes. Raises WrongPin, LockDestroyed, NotReleased; SealingFailed, and then no try is
        lost."""

        def require(_: User) -> None:
            DeviceLock._require_release(device.id, sign_in_id)

        return DeviceLock.try_proof(device, version, proof, require, try_id)

    @staticmethod
    def try_proof(
        device: Device, version: int, proof: bytes, require: Callable[[User], None], try_id: str | None = None
    ) -> tuple[bytes, bytes]:
        """The same, where `require` decides. It is called with the locked member in the transaction that gives the
        share out; it records what happened, or raises."""
        device_id = device.id
        user_id = device.user_id
        DeviceLock._require_share(device_id, version)
        with transaction():
            spent = DeviceLock._spend(device_id, version, proof, try_id)
            if spent is None:
                raise LockDestroyed  # and what was not counted is not noted as counted
        try:
            with transaction() as session:
                user = User.locked(user_id)  # an unpairing, a reset or a veto at the same time comes before or after
                lock = session.get(DeviceLock, (device_id, version))
                if lock and hmac.compare_digest(hashlib.sha256(proof).hexdigest(), lock.proof_sha256):
                    require(user)
                    return lock._opened(version)
                if spent == 0:
                    DeviceLock._use_up(user, device_id)
        except SealingFailed:
            DeviceLock._give_back(device_id)  # the proof was right, and it is the server that can’t answer it
            raise
        if spent == 0:
            raise LockDestroyed
        raise WrongPin(spent)

    @staticmethod
    def _give_back(device_id: str) -> None:
        with transaction() as session:
            session.execute(
                update(Device)
                .where(Device.id == device_id, Device.lock_destroyed_at.is_(None), Device.tries_left < limits.PIN_TRIES)
                .values(tries_left=Device.tries_left + 1)
            )

    @staticmethod
    def _spend(device_id: str, version: int, proof: bytes, try_id: str | None) -> int | None:
        """Count a try, unless the same try was counted last. Returns how many are left; None: none was left to
        count."""
        if try_id and not DeviceLock._is_news(device_id, version, hashlib.sha256(try_id.encode() + proof).hexdigest()):
            return db.session.scalar(select(Device.tries_left).where(Device.id == device_id))
        spent = update(Device).where(Device.id == device_id, Device.tries_left > 0)
        # The last try gets a date, which tells a try that a crash cut short from one under way.
        dated = case((Device.tries_left == 1, literal(now(), Device.last_used_at.type)), else_=Device.last_used_at)
        spent = spent.values(tries_left=Device.tries_left - 1, last_used_at=dated)
        return db.session.execute(spent.returning(Device.tries_left)).scalar()

    @staticmethod
    def _is_news(device_id: str, version: int, fingerprint: str) -> bool:
        """Whether the try differs from the last one of this lock, or there is no such lock. It is stored as the last
        one."""
        here = DeviceLock.device_id == device_id, DeviceLock.version == version
        noted = update(DeviceLock).where(*here, DeviceLock.last_try.is_distinct_from(fingerprint))
        if db.session.execute(noted.values(last_try=fingerprint).returning(DeviceLock.version)).scalar() is not None:
            return True
        return db.session.scalar(select(DeviceLock.version).where(*here)) is None

    @staticmethod
    def change_pin(
        device: Device, sign_in_id: str, version: int, keyslot: bytes, server_share: bytes, proof: bytes
    ) -> bool:
        """Store a lock under a new PIN beside the present one, in the caller’s transaction with the member locked. The
        present lock stays until the new one has opened, so a browser that crashes in between keeps one that works. The
        present PIN must have been typed in this session just before. False: the same again, which changes nothing.
        Raises PinNotShown, VersionTaken.
        """
        TabKey.require(sign_in_id, device.id)
        shown_at = TabKey.shown_at(sign_in_id, device.id)
        if not device.opens or shown_at is None or now() - shown_at > limits.PIN_CHANGE_WINDOW:
            raise PinNotShown
        kept = db.session.get(DeviceLock, (device.id, version))
        if kept and (kept.keyslot, kept.proof_sha256) == (keyslot, hashlib.sha256(proof).hexdigest()):
            return False
        if version != max(DeviceLock.versions(device.id)) + 1:
            raise VersionTaken
        DeviceLock.store(device, version, keyslot, server_share, proof)
        return True

    @staticmethod
    def destroy(device_id: str) -> None:
        """Make the device’s PIN useless for ever: without the share no PIN opens the keyslot."""
        TabKey.forget(device_id=device_id)
        db.session.execute(delete(DeviceLock).where(DeviceLock.device_id == device_id))
        db.session.execute(update(Device).where(Device.id == device_id).values(tries_left=0, lock_destroyed_at=now()))

    @staticmethod
    def tidy() -> None:
        """Destroy the locks whose last try was counted and, in a crash, never compared, each in a transaction of its
        own."""
        left_over = select(Device.user_id, Device.id).where(
            Device.tries_left == 0, Device.lock_destroyed_at.is_(None), Device.last_used_at < now() - limits.LAST_TRY
        )
        for user_id, device_id in db.session.execute(left_over).all():
            with transaction():
                DeviceLock._use_up(User.locked(user_id), device_id)

    @staticmethod
    def _use_up(user: User, device_id: str) -> None:
        """Destroy the lock of a device of `user`, who is locked, once no try is left, and tell them. Again, or where a
        try is left, changes nothing."""
        used_up = update(Device).where(Device.id == device_id, Device.tries_left == 0)
        used_up = used_up.where(Device.lock_destroyed_at.is_(None)).values(lock_destroyed_at=now())
        name = db.session.execute(used_up.returning(Device.name)).scalar()
        if name is None:
            return
        DeviceLock.destroy(device_id)
        Event.append("device.lock_destroyed", user.organisation_id, subject=user, object_id=device_id, device=name)
        Notice.give(user, "lock_destroyed", device=name)

    @staticmethod
    def _require_release(device_id: str, sign_in_id: str) -> None:
        device = db.session.get_one(Device, device_id)
        if device.state == DeviceState.UNPAIRED or SignIn.alive(sign_in_id) is None:
            raise NotReleased
        TabKey.mark(sign_in_id, device_id)

    @staticmethod
    def _require_share(device_id: str, version: int) -> None:
        """Open the share before anything is counted, whatever the PIN: with a wrong sealing key, ten right PINs would
        destroy the lock. Raises SealingFailed."""
        lock = db.session.get(DeviceLock, (device_id, version), populate_existing=True)
        if lock:
            lock._share()

    def _share(self) -> bytes:
        return sealer().unseal(self.server_share, server_share_context(self.device_id, self.version))

    def _opened(self, version: int) -> tuple[bytes, bytes]:
        share = self._share()
        older = DeviceLock.device_id == self.device_id, DeviceLock.version < version
        db.session.execute(delete(DeviceLock).where(*older))
        db.session.execute(
            update(Device).where(Device.id == self.device_id).values(tries_left=limits.PIN_TRIES, last_used_at=now())
        )
        return self.keyslot, share


def server_share_context(device_id: str, version: int) -> str:
    """What a server share is sealed for."""
    return f"server-share/{device_id}/{version}"


seals(DeviceLock.server_share, lambda lock: server_share_context(lock.device_id, lock.version))
