"""The server’s third of a device lock: keyslot, sealed server share and proof hash, one versioned row."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text, case, delete, literal, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import Base, db, in_transaction, transaction
from webapp.models.columns import Id, Octets, Sha256
from webapp.models.device import Device, DeviceState
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.sign_in import SignIn
from webapp.models.tab_key import PinNotShown, TabKey
from webapp.models.user import User


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
    made_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    def store(device: Device, version: int, keyslot: bytes, server_share: bytes, proof: bytes) -> "DeviceLock":
        """Keep a new lock of the device, in the caller’s transaction."""
        assert in_transaction()
        lock = DeviceLock(
            device_id=device.id,
            version=version,
            keyslot=keyslot,
            server_share=sealer().seal(server_share, server_share_context(device.id, version)),
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
    def open(device: Device, version: int, proof: bytes, sign_in_id: str) -> tuple[bytes, bytes]:
        """(keyslot, server share) for the right proof, which is noted of this session. The try is committed before it
        is compared, so that a crash or a race never gives one for free. Raises WrongPin, LockDestroyed, NotReleased."""
        return DeviceLock.try_proof(device, version, proof, lambda _: DeviceLock._demand_release(device.id, sign_in_id))

    @staticmethod
    def try_proof(device: Device, version: int, proof: bytes, demand: Callable[[User], None]) -> tuple[bytes, bytes]:
        """The same for whatever `demand` allows: it hears the locked member in the transaction that gives the share
        out, notes what is to be noted, and raises what speaks against it."""
        device_id, user_id = device.id, device.user_id
        with transaction() as session:
            spent = session.execute(
                update(Device)
                .where(Device.id == device_id, Device.tries_left > 0)
                .values(
                    tries_left=Device.tries_left - 1,
                    # The last try is dated: one that a crash cut short is told by that from one under way.
                    last_used_at=case(
                        (Device.tries_left == 1, literal(now(), Device.last_used_at.type)), else_=Device.last_used_at
                    ),
                )
                .returning(Device.tries_left)
            ).scalar()
        if spent is None:
            raise LockDestroyed
        with transaction() as session:
            user = User.locked(user_id)  # what unpairs, resets or objects at the same time comes before or after
            lock = session.get(DeviceLock, (device_id, version))
            if lock and hmac.compare_digest(hashlib.sha256(proof).hexdigest(), lock.proof_sha256):
                demand(user)
                return lock._opened(version)
            if spent == 0:
                DeviceLock._use_up(user, device_id)
        if spent == 0:
            raise LockDestroyed
        raise WrongPin(spent)

    @staticmethod
    def change_pin(
        device: Device, sign_in_id: str, version: int, keyslot: bytes, server_share: bytes, proof: bytes
    ) -> None:
        """Keep a lock under a new PIN beside the present one, which goes when the new one has opened: a browser that
        dies in between still has one that works. Only in the session in which the present one was just typed. In the
        caller’s transaction with the member locked. Raises PinNotShown, VersionTaken."""
        TabKey.demand(sign_in_id, device.id)
        shown_at = TabKey.shown_at(sign_in_id, device.id)
        if not device.opens or shown_at is None or now() - shown_at > limits.PIN_CHANGE_WINDOW:
            raise PinNotShown
        if version != max(DeviceLock.versions(device.id)) + 1:
            raise VersionTaken
        DeviceLock.store(device, version, keyslot, server_share, proof)

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
    def _demand_release(device_id: str, sign_in_id: str) -> None:
        device = db.session.get_one(Device, device_id)
        if device.state == DeviceState.UNPAIRED or SignIn.alive(sign_in_id) is None:
            raise NotReleased
        TabKey.mark(sign_in_id, device_id)

    def _opened(self, version: int) -> tuple[bytes, bytes]:
        db.session.execute(
            delete(DeviceLock).where(DeviceLock.device_id == self.device_id, DeviceLock.version < version)
        )
        db.session.execute(
            update(Device).where(Device.id == self.device_id).values(tries_left=limits.PIN_TRIES, last_used_at=now())
        )
        return self.keyslot, sealer().unseal(self.server_share, server_share_context(self.device_id, version))


def server_share_context(device_id: str, version: int) -> str:
    """What a server share is sealed for."""
    return f"server-share/{device_id}/{version}"
