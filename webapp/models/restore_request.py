"""A member’s request to have a cloud backup released to a new device.

Each verb is one move of `webapp.flows.restore_request`, made by `_advance()` alone: a compare-and-set UPDATE and the
event, in the caller’s transaction. What the moves announce is given out here too, so no view can forget it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, select, text, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.crypto.fingerprints import restore_request_fingerprint
from webapp.database import Base, db, in_transaction
from webapp.flows.restore_request import MAY, OPEN, IllegalMove, Move, NotYours, State, Who, target
from webapp.models.cloud_backup import CloudBackup
from webapp.models.columns import Exact, Id, Name, Octets
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.organisation import Organisation
from webapp.models.user import User

_OPEN_SQL = "state in ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN)))
_ENDED_BY = {Move.DENY, Move.CANCEL, Move.EXPIRE, Move.FINISH}


class AlreadyOpen(Exception):
    """The member has an open request; `request` is it."""

    def __init__(self, request: "RestoreRequest") -> None:
        super().__init__(request.id)
        self.request = request


class RestoreRequest(Base):
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
    """Why the member is recovering: a name from `webapp.views.recovery`’s reasons."""
    state: Mapped[State] = mapped_column(String(10), default=State.REQUESTED)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("user_account.id"))
    denial_reason: Mapped[str] = mapped_column(String(500), default="")
    approval: Mapped[Exact] = mapped_column(Text, default="")
    approval_signature: Mapped[Octets] = mapped_column(LargeBinary, default=b"")
    wrapped: Mapped[Octets] = mapped_column(LargeBinary, default=b"")
    released_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    finished_sha256: Mapped[str] = mapped_column(String(64), default="")
    """The first vault file of the new epoch, so that a repeated Finish is recognised."""

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    decider: Mapped[User | None] = relationship(foreign_keys=[decided_by])
    backup: Mapped[CloudBackup | None] = relationship()

    @property
    def fingerprint(self) -> str:
        """The 16 characters over the whole request, as the server computes them."""
        return restore_request_fingerprint(self.exact)

    @property
    def is_open(self) -> bool:
        """Whether something can still happen to it (its expiry may still be due: see `by_id`)."""
        return self.state in OPEN

    @staticmethod
    def by_id(request_id: str) -> "RestoreRequest | None":
        """The request, expired first if its time is up: expiry is checked here, in every handler."""
        query = select(RestoreRequest).where(RestoreRequest.id == request_id)
        found = db.session.scalars(query.options(joinedload(RestoreRequest.user))).first()
        return found and found.expire_if_due()

    @staticmethod
    def open_of(user_id: str) -> "RestoreRequest | None":
        """The member’s open request, if any."""
        query = select(RestoreRequest).where(RestoreRequest.user_id == user_id, RestoreRequest.state.in_(OPEN))
        found = db.session.scalars(query).first()
        if found:
            found = found.expire_if_due()
        return found if found and found.is_open else None

    @staticmethod
    def latest_of(user_id: str) -> "RestoreRequest | None":
        """The member’s last request, whatever became of it."""
        query = select(RestoreRequest).where(RestoreRequest.user_id == user_id)
        return db.session.scalars(query.order_by(RestoreRequest.made_at.desc()).limit(1)).first()

    @staticmethod
    def waiting(organisation_id: str) -> Sequence["RestoreRequest"]:
        """Requests an admin has to decide, the oldest first."""
        return db.session.scalars(
            select(RestoreRequest)
            .where(RestoreRequest.organisation_id == organisation_id, RestoreRequest.state == State.REQUESTED)
            .where(RestoreRequest.expires_at > now())
            .options(joinedload(RestoreRequest.user), joinedload(RestoreRequest.backup))
            .order_by(RestoreRequest.made_at)
        ).all()

    def ask(self) -> None:
        """Open it, in the caller’s transaction with the member locked. Raises AlreadyOpen."""
        assert in_transaction()
        already = db.session.scalars(
            select(RestoreRequest).where(RestoreRequest.user_id == self.user_id, RestoreRequest.state.in_(OPEN))
        ).first()
        if already and already.expires_at <= now():
            already._advance(Move.EXPIRE, None)
        elif already:
            raise AlreadyOpen(already)
        self.expires_at = now() + limits.REQUEST_LIFE
        db.session.add(self)
        db.session.flush()
        member = db.session.get_one(User, self.user_id)
        Event.append(
            "restore_request.requested",
            self.organisation_id,
            actor=member,
            subject=member,
            object_id=self.id,
            backup=self.backup_id,
            browser=self.browser,
            address=self.address,
            reason=self.reason,
        )
        Organisation.touch_requests(self.organisation_id)
        Notice.give_admins(self.organisation_id, "restore_requested", but=member.id, **self._facts(member))
        Notice.give(member, "restore_requested_by_you", **self._facts(member))

    def approve(self, by: User, approval: str, signature: bytes, wrapped: bytes) -> None:
        """Keep what the admin’s browser signed and wrapped; `webapp.views.admin.requests` verified it."""
        self._advance(
            Move.APPROVE,
            by,
            approval=approval,
            approval_signature=signature,
            wrapped=wrapped,
            decided_at=now(),
            decided_by=by.id,
            expires_at=now() + limits.APPROVAL_LIFE,
        )
        Notice.give(self.user, "restore_approved", admin=by.name, **self._facts(self.user))

    def deny(self, by: User, reason: str) -> None:
        """Refuse it, with the reason the member will read."""
        self._advance(Move.DENY, by, denial_reason=reason, decided_at=now(), decided_by=by.id)
        Notice.give(self.user, "restore_denied", admin=by.name, reason=reason, **self._facts(self.user))

    def cancel(self, by: User) -> None:
        """Withdraw it: the member’s own move, from any browser."""
        self._advance(Move.CANCEL, by)
        Notice.give(self.user, "restore_cancelled", **self._facts(self.user))

    def release(self, by: User) -> None:
        """Note that the shares go out now. Repeating it is no new release."""
        if self.state == State.RELEASED:
            return
        self._advance(Move.RELEASE, by, proves_device=True, released_at=now())
        Notice.give(self.user, "restore_released", **self._facts(self.user))
        Notice.give_admins(self.organisation_id, "restore_released_admin", but=self.user_id, **self._facts(self.user))

    def finish(self, by: User, finished_sha256: str) -> None:
        """Close it: the member has a vault again. Part of `webapp.models.finish.finish_restore`."""
        self._advance(Move.FINISH, by, proves_device=True, finished_sha256=finished_sha256)
        Notice.give(self.user, "restore_completed", **self._facts(self.user))
        Notice.give_admins(self.organisation_id, "restore_completed_admin", but=self.user_id, **self._facts(self.user))

    def expire_if_due(self) -> "RestoreRequest":
        """Let the clock make its move when the time is up, in a transaction of its own."""
        from webapp.database import transaction

        if not (self.is_open and self.expires_at <= now()):
            return self
        request_id, user_id = self.id, self.user_id
        with transaction():
            User.locked(user_id)
            request = db.session.get_one(RestoreRequest, request_id)
            if request.is_open and request.expires_at <= now():
                request._advance(Move.EXPIRE, None)
                Notice.give(request.user, "restore_expired", **request._facts(request.user))
        return db.session.get_one(RestoreRequest, request_id)

    def _facts(self, member: User) -> dict[str, Any]:
        """What every notice of this request may say."""
        return {
            "request": self.id,
            "member": member.name,
            "email": member.email,
            "browser": self.browser,
            "address": self.address,
        }

    def _advance(self, move: Move, actor: User | None, *, proves_device: bool = False, **values: Any) -> None:
        """Make one move: compare-and-set on the state, then the event. Raises IllegalMove, NotYours.

        Among two moves at once exactly one finds the state it expects; the other raises with the state it lost to.
        """
        assert in_transaction()
        if not self._may(MAY[move], actor, proves_device):
            raise NotYours(move)
        before, after = self.state, target(State(self.state), move)
        if move != Move.EXPIRE and self.expires_at <= now():
            raise IllegalMove(State.EXPIRED, move)
        if move in _ENDED_BY:
            values["ended_at"] = now()
        moved = db.session.execute(
            update(RestoreRequest)
            .where(RestoreRequest.id == self.id, RestoreRequest.state == before)
            .values(state=after, version=RestoreRequest.version + 1, **values)
            .returning(RestoreRequest.id)
            .execution_options(synchronize_session=False)
        ).scalar()
        db.session.refresh(self)
        if moved is None:
            raise IllegalMove(State(self.state), move)
        Event.append(
            f"restore_request.{after}",
            self.organisation_id,
            actor=actor,
            subject=self.user,
            object_id=self.id,
            reason=values.get("denial_reason", ""),
        )
        Organisation.touch_requests(self.organisation_id)

    def _may(self, who: Who, actor: User | None, proves_device: bool) -> bool:
        if who == Who.CLOCK:
            return actor is None
        if actor is None or not actor.is_enabled or actor.organisation_id != self.organisation_id:
            return False
        if who == Who.ADMIN:
            return actor.is_admin and actor.id != self.user_id
        return actor.id == self.user_id and (who == Who.MEMBER or proves_device)


def poll_pace(since: datetime, moment: datetime) -> int:
    """Seconds until a waiting page asks again: 2 for a minute, then 5, after ten minutes 15."""
    waited = moment - since
    if waited < timedelta(minutes=1):
        return 2
    return 5 if waited < timedelta(minutes=10) else 15
