"""The columns of a restore request: what was signed, by which browser, and what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.flows.restore_request import State
from webapp.models.columns import Exact, Id, Name, Octets


class StopReason(StrEnum):
    """What befell the account while the request was open."""

    RESET = "reset"
    VETO = "veto"
    UNDO = "undo"
    RECOVERED = "recovered"
    DISABLED = "disabled"


class AskedAndDecided:
    """Facts only; `webapp.models.restore_request` has the verbs."""

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    backup_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("cloud_backup.id", ondelete="SET NULL"))
    exact: Mapped[Exact] = mapped_column(Text)
    signature: Mapped[Octets] = mapped_column(LargeBinary)
    device_id: Mapped[Id] = mapped_column(index=True)
    sign_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    recipient: Mapped[Name]
    browser: Mapped[Name]
    address: Mapped[str] = mapped_column(String(45))
    reason: Mapped[str] = mapped_column(String(60))
    """Why the member is recovering: a `webapp.models.recovery_reason.Reason`."""
    state: Mapped[State] = mapped_column(String(10), default=State.REQUESTED)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("user_account.id"))
    denial_reason: Mapped[str] = mapped_column(String(500), default="")
    approval: Mapped[Exact] = mapped_column(Text, default="")
    approval_signature: Mapped[Octets] = mapped_column(LargeBinary, default=b"")
    wrapped: Mapped[Octets] = mapped_column(LargeBinary, default=b"")
    released_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    mail_confirmed_at: Mapped[datetime | None]
    """When whoever asks had last shown that they read the member’s mail; None: not confirmed, or no mail is set up."""
    stop_reason: Mapped[str] = mapped_column(String(20), default="")
    """Why it was stopped: a `StopReason`."""
    finished_sha256: Mapped[str] = mapped_column(String(64), default="")
    """The first vault file of the new epoch, so that a repeated Finish is recognised."""
