"""A device: one browser profile of a member, known by two public keys."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.database import Base, db, read_once
from webapp.models.columns import Id, Name


class DeviceState(StrEnum):
    """Active: opens the vault. Prior: after a reset, may restore. Unpaired: nothing is released to it."""

    ACTIVE = "active"
    PRIOR = "prior"
    UNPAIRED = "unpaired"


class Device(Base):
    """Public keys, name, state. The secret keys never leave the browser profile."""

    __tablename__ = "device"

    id: Mapped[Id] = mapped_column(primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[Name]
    browser: Mapped[Name]
    sign_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    recipient: Mapped[Name]
    state: Mapped[DeviceState] = mapped_column(String(10), default=DeviceState.ACTIVE)
    tries_left: Mapped[int]
    enrolled_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime] = mapped_column(default=now)
    lock_destroyed_at: Mapped[datetime | None]
    unpaired_at: Mapped[datetime | None]
    unpaired_by: Mapped[str | None] = mapped_column(String(32))
    """The device whose recovery unpaired this one, or in which the member did it; None: an undo did."""
    unpaired_epoch: Mapped[int | None]
    """The epoch that began when this one was unpaired; an undo of that epoch brings it back; None: no recovery."""
    unpaired_from: Mapped[DeviceState | None] = mapped_column(String(10))
    """What it was before."""
    share_until: Mapped[datetime | None]
    """Until when the sealed share of an unpaired device is kept; None: it goes at once."""

    @staticmethod
    def of(user_id: str, state: DeviceState | None = None) -> Sequence["Device"]:
        """The member’s devices, newest first."""
        return [device for device in _all_of(user_id) if state is None or device.state == state]

    @staticmethod
    def mine(user_id: str, device_id: str | None) -> "Device | None":
        """The device with this id, if it is the member’s."""
        return next((device for device in _all_of(user_id) if device.id == device_id), None) if device_id else None

    @property
    def is_active(self) -> bool:
        """Whether it may open and save the vault."""
        return self.state == DeviceState.ACTIVE

    @property
    def opens(self) -> bool:
        """Whether it is active and its PIN can still be tried."""
        return self.is_active and self.lock_destroyed_at is None and self.tries_left > 0

    @property
    def can_pair(self) -> bool:
        """Whether it may show a code to a new device: active or prior, and its PIN can still be tried."""
        known = self.state in (DeviceState.ACTIVE, DeviceState.PRIOR)
        return known and self.lock_destroyed_at is None and self.tries_left > 0

    def unpair(self, by: "Device | None", epoch: int | None, share_until: datetime | None) -> None:
        """Release nothing to it from now on. Its share stays sealed until `share_until`, in case it comes back."""
        self.unpaired_from = self.state
        self.share_until = share_until
        self.state = DeviceState.UNPAIRED
        self.unpaired_at = now()
        self.unpaired_by = by.id if by else None
        self.unpaired_epoch = epoch

    def come_back(self, reset_at: datetime | None) -> None:
        """Be what it was before it was unpaired; a reset since then (`reset_at`) is not taken back by that."""
        state = self.unpaired_from or DeviceState.ACTIVE
        if state == DeviceState.ACTIVE and reset_at and self.unpaired_at and reset_at > self.unpaired_at:
            state = DeviceState.PRIOR
        self.state = state
        self.unpaired_at = self.unpaired_by = self.unpaired_epoch = self.unpaired_from = self.share_until = None


@read_once
def _all_of(user_id: str) -> Sequence[Device]:
    query = select(Device).where(Device.user_id == user_id)
    return db.session.scalars(query.order_by(Device.enrolled_at.desc(), Device.id)).all()
