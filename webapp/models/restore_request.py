"""A member’s request to have a cloud backup released to a new device.

Each verb is one move of `webapp.flows.restore_request`, made by `restore_moves.advance()` in the caller’s transaction
with the member locked, and gives out what it announces, so no view can forget it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, Select, select, text
from sqlalchemy.orm import Mapped, joinedload, relationship

from webapp import limits
from webapp.clock import now
from webapp.crypto.fingerprints import restore_request_fingerprint
from webapp.database import Base, db, in_transaction, transaction
from webapp.flows.restore_request import OPEN, Move, State
from webapp.models import restore_moves as moves
from webapp.models.approval_wait import ApprovalWait, ApprovalWaits
from webapp.models.approvers import Standing, standing
from webapp.models.asked_and_decided import AskedAndDecided, StopReason
from webapp.models.cloud_backup import CloudBackup
from webapp.models.hold import Hold, OnHold
from webapp.models.notice import Notice
from webapp.models.organisation import Organisation
from webapp.models.user import User

_OPEN_SQL = "state in ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN)))


class AlreadyOpen(Exception):
    """The member has an open request: it goes on, or is cancelled first."""


class RestoreRequest(AskedAndDecided, ApprovalWait, Base):
    """The exact signed request, the device it is for, and what was decided."""

    __tablename__ = "restore_request"
    __table_args__ = (
        Index(
            "uq_restore_request_open",
            "user_id",
            unique=True,
            sqlite_where=text(_OPEN_SQL),
            postgresql_where=text(_OPEN_SQL),
        ),
        Index("ix_restore_request_state", "organisation_id", "state"),
    )

    user: Mapped[User] = relationship(foreign_keys="RestoreRequest.user_id")
    decider: Mapped[User | None] = relationship(foreign_keys="RestoreRequest.decided_by")
    backup: Mapped[CloudBackup | None] = relationship()

    @property
    def fingerprint(self) -> str:
        """The 16 characters over the whole request, as the server computes them."""
        return restore_request_fingerprint(self.exact)

    @property
    def number(self) -> str:
        """What people call it when they write to each other: the first eight characters of its id."""
        return self.id[:8]

    @property
    def is_open(self) -> bool:
        """Whether something can still happen to it (its expiry may still be due: see `by_id`)."""
        return self.state in OPEN

    @property
    def is_due(self) -> bool:
        """Whether it is open and its time is up, so that nothing but expiry can happen to it."""
        return self.is_open and self.expires_at <= now()

    @staticmethod
    def by_id(request_id: str) -> "RestoreRequest | None":
        """The request, expired first if its time is up: expiry is checked here, in every handler."""
        query = select(RestoreRequest).where(RestoreRequest.id == request_id)
        found = db.session.scalars(query.options(joinedload(RestoreRequest.user))).first()
        return found and found.expire_if_due()

    @staticmethod
    def open_of(user_id: str) -> "RestoreRequest | None":
        """The member’s open request, if any."""
        found = db.session.scalars(_open_ones(user_id)).first()
        return found if found and found.expire_if_due().is_open else None

    @staticmethod
    def latest_of(user_id: str) -> "RestoreRequest | None":
        """The member’s last request, whatever became of it."""
        query = select(RestoreRequest).where(RestoreRequest.user_id == user_id)
        return db.session.scalars(query.order_by(RestoreRequest.made_at.desc()).limit(1)).first()

    @staticmethod
    def waiting(organisation_id: str, limit: int = 50) -> Sequence["RestoreRequest"]:
        """Requests an admin has to decide, the oldest first."""
        query = select(RestoreRequest).where(RestoreRequest.organisation_id == organisation_id)
        query = query.where(RestoreRequest.state == State.REQUESTED, RestoreRequest.expires_at > now())
        query = query.options(joinedload(RestoreRequest.user), joinedload(RestoreRequest.backup))
        return db.session.scalars(query.order_by(RestoreRequest.made_at).limit(limit)).all()

    def ask(self) -> None:
        """Open it, in the caller’s transaction with the member locked. Raises AlreadyOpen, OnHold, WayOff."""
        assert in_transaction()
        moves.demand_allowed(self)
        if Hold.of(self.user_id):
            raise OnHold
        already = db.session.scalars(_open_ones(self.user_id)).first()
        if already and not already.is_due:
            raise AlreadyOpen
        if already:
            already.expire()
        self.expires_at = now() + limits.REQUEST_LIFE
        self.wait_hours = db.session.get_one(Organisation, self.organisation_id).approval_wait_hours
        db.session.add(self)
        db.session.flush()
        moves.announce_asking(self, db.session.get_one(User, self.user_id))

    def approve(self, by: User, approval: str, signature: bytes, wrapped: bytes) -> None:
        """Keep what the admin’s browser signed and wrapped; `webapp.models.restore_approval` verified it.

        Where no other admin could have decided, it counts only after a wait that begins with the member’s notice.
        """
        waits = standing(by, self.user_id) == Standing.WAITS
        hours = max(self.wait_hours, db.session.get_one(Organisation, self.organisation_id).approval_wait_hours)
        signed: dict[str, Any] = {"approval": approval, "approval_signature": signature, "wrapped": wrapped}
        decided: dict[str, Any] = {"decided_at": now(), "decided_by": by.id, "wait_hours": hours}
        until: dict[str, Any] = {} if waits else {"usable_at": now(), "expires_at": now() + limits.APPROVAL_LIFE}
        moves.advance(self, Move.APPROVE, by, **signed, **decided, **until)
        if not waits:
            moves.tell_member(self, "restore_approved", admin=by.name)
            return
        notice = moves.tell_member(self, "restore_approved_waiting", admin=by.name, hours=hours)
        db.session.flush()
        self.waits_for = notice.id
        if not Notice.goes_by_mail():
            self.begin_wait()

    def deny(self, by: User, reason: str) -> None:
        """Refuse it, with the reason the member will read."""
        moves.advance(self, Move.DENY, by, denial_reason=reason, decided_at=now(), decided_by=by.id)
        moves.tell_member(self, "restore_denied", admin=by.name, reason=reason)

    def cancel(self, by: User) -> None:
        """Withdraw it: the member’s own move, from any browser."""
        moves.advance(self, Move.CANCEL, by)
        moves.tell_member(self, "restore_cancelled")

    def release(self, by: User) -> None:
        """Note that the shares go out now. Repeating it is no new release. Raises ApprovalWaits, WayOff."""
        if self.state == State.RELEASED and not self.is_due:
            return
        if self.state == State.APPROVED and not self.is_usable:
            raise ApprovalWaits
        moves.advance(self, Move.RELEASE, by, proves_device=True, released_at=now())
        moves.tell_member(self, "restore_released")
        moves.tell_admins(self, "restore_released_admin")

    def finish(self, by: User, finished_sha256: str) -> None:
        """Close it: the member has a vault again. Part of `webapp.models.finish.finish_restore`. Raises WayOff."""
        moves.advance(self, Move.FINISH, by, proves_device=True, finished_sha256=finished_sha256)
        moves.tell_member(self, "restore_completed")
        moves.tell_admins(self, "restore_completed_admin")

    def stop(self, reason: StopReason) -> None:
        """End it because of what befell the account: nothing more is released."""
        moves.advance(self, Move.STOP, None, stop_reason=str(reason))
        moves.tell_member(self, "restore_stopped", reason=str(reason))

    @staticmethod
    def stop_open(user: User, reason: StopReason) -> None:
        """Stop the open request of the member, if there is one, in the caller’s transaction with the member locked."""
        assert in_transaction()
        found = db.session.scalars(_open_ones(user.id)).first()
        if found is None:
            return
        if found.is_due:
            found.expire()
        else:
            found.stop(reason)

    def expire(self) -> None:
        """The clock’s move, in the caller’s transaction."""
        moves.advance(self, Move.EXPIRE, None)
        moves.tell_member(self, "restore_expired")

    def expire_if_due(self) -> "RestoreRequest":
        """Let the clock make its move when the time is up, in a transaction of its own."""
        if not self.is_due:
            return self
        request_id, user_id = self.id, self.user_id
        with transaction():
            User.locked(user_id)
            request = db.session.get_one(RestoreRequest, request_id)
            if request.is_due:
                request.expire()
        return db.session.get_one(RestoreRequest, request_id)


def _open_ones(user_id: str) -> Select[RestoreRequest]:
    return select(RestoreRequest).where(RestoreRequest.user_id == user_id, RestoreRequest.state.in_(OPEN))
