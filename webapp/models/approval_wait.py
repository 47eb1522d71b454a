"""The wait of an approval that no other admin could have given: it begins when the member’s notice has arrived."""

from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.flows.restore_request import State


class ApprovalWaits(Exception):
    """It is approved, but the wait in which the member can object is not over."""


class ApprovalWait:
    """What a restore request keeps of its wait."""

    state: Mapped[State]
    version: Mapped[int]
    expires_at: Mapped[datetime]
    wait_hours: Mapped[int] = mapped_column(default=limits.APPROVAL_WAIT_HOURS[1])
    """The organisation’s wait as it was when this was asked: making it shorter afterwards changes nothing here."""
    usable_at: Mapped[datetime | None]
    """From when an approval counts. None while it is approved: the wait has not begun."""
    waits_for: Mapped[str | None] = mapped_column(String(32), index=True)
    """The notice whose arrival begins the wait."""

    @property
    def is_usable(self) -> bool:
        """Whether its approval counts by now."""
        return self.usable_at is not None and self.usable_at <= now()

    def begin_wait(self) -> None:
        """The member’s notice has arrived: the approval counts after the wait, and lives its time from then on. In the
        caller’s transaction; again changes nothing."""
        assert in_transaction()
        if self.state == State.APPROVED and self.usable_at is None:
            self.usable_at = now() + timedelta(hours=self.wait_hours)
            self.expires_at = self.usable_at + limits.APPROVAL_LIFE
            self.version += 1

    @classmethod
    def notice_arrived(cls, notice_id: str) -> None:
        """Begin the wait of the request that waits for this notice, in the caller’s transaction."""
        for request in db.session.scalars(select(cls).where(cls.waits_for == notice_id).with_for_update()):
            request.begin_wait()
