"""The columns of a pairing: the new device, the device that shows the code, and the messages between them."""

from datetime import datetime
from math import ceil

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.flows.pairing import OPEN, State
from webapp.models.columns import Exact, Id, Name, Octets


class PairingRow:
    """Facts, and what the clock says of them."""

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    device_id: Mapped[Id] = mapped_column(index=True)
    sign_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    recipient: Mapped[Name]
    browser: Mapped[Name]
    address: Mapped[str] = mapped_column(String(45))
    announcement: Mapped[Exact] = mapped_column(Text)
    announcement_signature: Mapped[Octets] = mapped_column(LargeBinary)
    state: Mapped[State] = mapped_column(String(10), default=State.OPENED)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)
    expires_at: Mapped[datetime]
    other_device_id: Mapped[str | None] = mapped_column(String(32))
    """The device that showed the last code."""
    offer: Mapped[Exact] = mapped_column(Text, default="")
    offer_signature: Mapped[Octets] = mapped_column(LargeBinary, default=b"")
    code_expires_at: Mapped[datetime | None]
    """While a code is shown: when it dies; while an answer waits to be looked at: when it is given up."""
    answer: Mapped[Exact] = mapped_column(Text, default="")
    confirmation: Mapped[Exact] = mapped_column(Text, default="")
    confirmed_at: Mapped[datetime | None]
    """When the other device handed the key over, whatever came of it."""
    ended_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether something can still happen to it (its expiry may still be due: see `settled`)."""
        return self.state in OPEN

    @property
    def is_due(self) -> bool:
        """Whether it is open and its time is up."""
        return self.is_open and self.expires_at <= now()

    @property
    def has_lapsed(self) -> bool:
        """Whether its code, or the answer to it, has been waited for too long."""
        waits = self.state in (State.OFFERED, State.ANSWERED)
        return waits and self.code_expires_at is not None and self.code_expires_at <= now()

    @property
    def seconds_left(self) -> int:
        """How long it stays open if nothing happens."""
        return max(0, ceil((self.expires_at - now()).total_seconds()))

    @property
    def code_seconds_left(self) -> int:
        """How long the code that is shown can be typed."""
        return max(0, ceil(((self.code_expires_at or now()) - now()).total_seconds()))

    @property
    def ended_lately(self) -> bool:
        """Whether somebody may still be at the other device, and wonder what became of it."""
        return self.ended_at is not None and now() - self.ended_at < limits.PAIRING_LIFE
