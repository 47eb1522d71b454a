"""A device: one browser profile of a member, known by two public keys."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.database import Base, db
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
    """The device whose recovery unpaired this one."""
    unpaired_epoch: Mapped[int | None]
    """The epoch that began when this one was unpaired; an undo of that epoch brings it back."""

    @staticmethod
    def of(user_id: str, state: DeviceState | None = None) -> Sequence["Device"]:
        """The member’s devices, newest first."""
        query = select(Device).where(Device.user_id == user_id)
        if state:
            query = query.where(Device.state == state)
        return db.session.scalars(query.order_by(Device.enrolled_at.desc(), Device.id)).all()

    @property
    def is_active(self) -> bool:
        """Whether it may open and save the vault."""
        return self.state == DeviceState.ACTIVE

    @property
    def opens(self) -> bool:
        """Whether it is active and its PIN can still be tried."""
        return self.is_active and self.lock_destroyed_at is None and self.tries_left > 0

    def unpair(self, by: "Device | None", epoch: int) -> None:
        """Release nothing to it from now on. Its share stays sealed until the undo window ends."""
        self.state = DeviceState.UNPAIRED
        self.unpaired_at = now()
        self.unpaired_by = by.id if by else None
        self.unpaired_epoch = epoch
