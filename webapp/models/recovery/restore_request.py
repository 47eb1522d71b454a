"""A member’s request to have a cloud backup released to a new device.

Each verb is one move of `webapp.flows.restore_request`, made by `advance()` in the caller’s transaction with the
member locked, and gives out what it announces, so no view can forget it.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, String, Text, select, text, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.crypto.fingerprints import restore_request_fingerprint
from webapp.database import Base, db, in_transaction, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import MAY, OPEN, IllegalMove, Move, NotYours, State, StopReason, Who, target
from webapp.models.approval.approvers import approval_standing
from webapp.models.approval.hold import Hold, OnHold
from webapp.models.columns import Exact, Id, Name, Octets
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.method_policy import require_method
from webapp.models.vaults.cloud_backup import CloudBackup

FORWARD = {Move.APPROVE, Move.RELEASE, Move.FINISH}
"""Not while the organisation has switched cloud backups off as a way back."""
ENDING = {Move.DENY, Move.CANCEL, Move.EXPIRE, Move.FINISH, Move.STOP}
OPEN_SQL = "state in ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN)))


class AlreadyOpen(Exception):
    """The member has an open request: it goes on, or is cancelled first."""


class ApprovalWaits(Exception):
    """It is approved, but the wait in which the member can object is not over."""


class RestoreRequest(Base):
    """The exact signed request, the device it is for, and what was decided."""

    __tablename__ = "restore_request"
    __table_args__ = (
        Index(
            "uq_restore_request_open",
            "user_id",
            unique=True,
            sqlite_where=text(OPEN_SQL),
            postgresql_where=text(OPEN_SQL),
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
    """Why the member is recovering: a `webapp.models.recovery.reasons.Reason`."""
    stored_state: Mapped[State] = mapped_column("state", String(10), default=State.REQUESTED)
    """Where the last move led, for queries. Where it stands now, `state` says."""
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
    key_warned_at: Mapped[datetime | None]
    """When an admin’s page first saw that the member’s browser was shown another recovery key than the admin has."""
    stop_reason: Mapped[str] = mapped_column(String(20), default="")
    """Why it was stopped: a `StopReason`."""
    finished_sha256: Mapped[str] = mapped_column(String(64), default="")
    """The first vault file of the new epoch, so that a repeated Finish is recognised."""
    wait_hours: Mapped[int] = mapped_column(default=limits.APPROVAL_WAIT_HOURS[1])
    """The organisation’s wait as it was when this was asked: making it shorter afterwards changes nothing here."""
    usable_at: Mapped[datetime | None]
    """From when an approval counts. None while it is approved: the wait has not begun."""
    waits_for: Mapped[str | None] = mapped_column(String(32), index=True)
    """The notice whose arrival begins the wait."""

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    decider: Mapped[User | None] = relationship(foreign_keys=[decided_by])
    backup: Mapped[CloudBackup | None] = relationship()

    @property
    def fingerprint(self) -> str:
        """The 16 characters over the whole request, as the server computes them."""
        return restore_request_fingerprint(self.exact)

    @property
    def named_key(self) -> str:
        """Fingerprint of the recovery key that the member’s browser was told; "" in one from before they named it."""
        return str(json.loads(self.exact).get("organisation_key", ""))

    @property
    def number(self) -> str:
        """What people call it when they write to each other: the first eight characters of its id."""
        return self.id[:8]

    @property
    def state(self) -> State:
        """Where it stands by the clock: expired once its time is up, whether or not that move was made already."""
        return State.EXPIRED if self.is_due else State(self.stored_state)

    @property
    def is_open(self) -> bool:
        """Whether something can still happen to it."""
        return self.state in OPEN

    @property
    def is_due(self) -> bool:
        """Whether its time is up, and the clock has not moved it: nothing but expiry can happen to it."""
        return self.stored_state in OPEN and self.expires_at <= now()

    @staticmethod
    def by_id(request_id: str) -> "RestoreRequest | None":
        """The request, with its member."""
        query = select(RestoreRequest).where(RestoreRequest.id == request_id)
        return db.session.scalars(query.options(joinedload(RestoreRequest.user))).first()

    @staticmethod
    def open_of(user_id: str) -> "RestoreRequest | None":
        """The member’s open request, if any."""
        found = db.session.scalars(_stored_open(user_id)).first()
        return found if found and found.is_open else None

    @staticmethod
    def latest_of(user_id: str) -> "RestoreRequest | None":
        """The member’s last request, whatever became of it."""
        query = select(RestoreRequest).where(RestoreRequest.user_id == user_id)
        return db.session.scalars(query.order_by(RestoreRequest.made_at.desc()).limit(1)).first()

    def ask(self) -> None:
        """Open it, in the caller’s transaction with the member locked. Raises AlreadyOpen, OnHold, MethodOff."""
        assert in_transaction()
        require_method(self.organisation_id, RecoveryMethod.CLOUD_BACKUP)
        if Hold.of(self.user_id):
            raise OnHold
        already = db.session.scalars(_stored_open(self.user_id)).first()
        if already and not already.is_due:
            raise AlreadyOpen
        if already:
            already.expire()
        self.expires_at = now() + limits.REQUEST_LIFE
        self.wait_hours = db.session.get_one(Organisation, self.organisation_id).approval_wait_hours
        db.session.add(self)
        db.session.flush()
        announce_asking(self, db.session.get_one(User, self.user_id))

    def approve(self, by: User, approval: str, signature: bytes, wrapped: bytes, *, waits: bool) -> None:
        """Keep what the admin’s browser signed and wrapped; `webapp.models.recovery.approval` verified it.

        `waits`, where no other admin could have decided: it counts only after a wait that begins with the member’s
        notice.
        """
        hours = max(self.wait_hours, db.session.get_one(Organisation, self.organisation_id).approval_wait_hours)
        signed: dict[str, Any] = {"approval": approval, "approval_signature": signature, "wrapped": wrapped}
        decided: dict[str, Any] = {"decided_at": now(), "decided_by": by.id, "wait_hours": hours}
        until: dict[str, Any] = {} if waits else {"usable_at": now(), "expires_at": now() + limits.APPROVAL_LIFE}
        advance(self, Move.APPROVE, by, **signed, **decided, **until)
        if not waits:
            tell_member(self, "restore_approved", admin=by.name)
            return
        notice = tell_member(self, "restore_approved_waiting", admin=by.name, hours=hours)
        db.session.flush()
        self.waits_for = notice.id
        if not Notice.goes_by_mail():
            self.begin_wait()

    def deny(self, by: User, reason: str) -> None:
        """Refuse it, with the reason the member will read. The same again, whose answer got lost, changes nothing."""
        if self.state == State.DENIED and (self.decided_by, self.denial_reason) == (by.id, reason):
            return
        advance(self, Move.DENY, by, denial_reason=reason, decided_at=now(), decided_by=by.id)
        tell_member(self, "restore_denied", admin=by.name, reason=reason)

    def cancel(self, by: User) -> None:
        """Withdraw it: the member’s own move, from any browser."""
        advance(self, Move.CANCEL, by)
        tell_member(self, "restore_cancelled")

    def release(self, by: User) -> None:
        """Note that the shares go out now. Repeating it is none. Raises ApprovalWaits, IllegalMove, MethodOff."""
        self.require_releasable()
        if self.state == State.RELEASED:
            return
        advance(self, Move.RELEASE, by, proves_device=True, released_at=now())
        tell_member(self, "restore_released")
        tell_admins(self, "restore_released_admin")

    def finish(self, by: User, finished_sha256: str) -> None:
        """Close it: the member has a vault again. A part of `finish_restore`. Raises MethodOff."""
        advance(self, Move.FINISH, by, proves_device=True, finished_sha256=finished_sha256)
        tell_member(self, "restore_completed")
        tell_admins(self, "restore_completed_admin")

    def warn_of_key(self, by: User, fingerprint: str) -> None:
        """An admin’s page opened a key file whose fingerprint is not the one that the request names: the event, once,
        and a notice to the owners; in the caller’s transaction with the member locked. Raises NotYours."""
        if not may(self, Who.ADMIN, by, proves_device=False) and not approval_standing(by, self.user_id).may_approve:
            raise NotYours(Move.APPROVE)
        if self.key_warned_at is None:
            self.key_warned_at = now()
            warn_owners(self, by, "key_differs", fingerprint=fingerprint)

    def fail_check(self, by: User) -> None:
        """The member’s browser was told wrong digits five times, and has stopped: whoever answered holds another
        key."""
        self.stop(StopReason.CHECK)
        warn_owners(self, by, "check_failed")

    def stop(self, reason: StopReason) -> None:
        """End it because of what befell the account: nothing more is released."""
        advance(self, Move.STOP, None, stop_reason=str(reason))
        tell_member(self, "restore_stopped", reason=str(reason))

    @staticmethod
    def stop_open(user: User, reason: StopReason) -> None:
        """Stop the open request of the member, if there is one, in the caller’s transaction with the member locked."""
        assert in_transaction()
        found = db.session.scalars(_stored_open(user.id)).first()
        if found and found.is_due:
            found.expire()
        elif found:
            found.stop(reason)

    def expire(self) -> None:
        """The clock’s move, in the caller’s transaction."""
        advance(self, Move.EXPIRE, None)
        tell_member(self, "restore_expired")

    def expire_if_due(self) -> "RestoreRequest":
        """Let the clock make its move when the time is up, in a transaction of its own. No page does."""
        if not self.is_due:
            return self
        request_id, user_id = self.id, self.user_id
        with transaction():
            User.locked(user_id)
            request = db.session.get_one(RestoreRequest, request_id)
            if request.is_due:
                request.expire()
        return db.session.get_one(RestoreRequest, request_id)

    @property
    def is_releasable(self) -> bool:
        """Whether the shares may go out now, or went out and may again."""
        return self.state == State.RELEASED or (self.state == State.APPROVED and self.is_usable)

    def require_releasable(self) -> None:
        """Raises ApprovalWaits, or IllegalMove, where they may not."""
        if not self.is_releasable:
            raise ApprovalWaits if self.state == State.APPROVED else IllegalMove(State(self.state), Move.RELEASE)

    def require_released(self) -> None:
        """Raises IllegalMove unless the shares went out, so that the recovery can be finished."""
        if self.state != State.RELEASED:
            raise IllegalMove(State(self.state), Move.FINISH)

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

    @staticmethod
    def notice_arrived(notice_id: str) -> None:
        """Begin the wait of the request that waits for this notice, in the caller’s transaction."""
        for request in db.session.scalars(
            select(RestoreRequest).where(RestoreRequest.waits_for == notice_id).with_for_update()
        ):
            request.begin_wait()


def _stored_open(user_id: str) -> Select[RestoreRequest]:
    return select(RestoreRequest).where(RestoreRequest.user_id == user_id, RestoreRequest.stored_state.in_(OPEN))


def advance(
    request: RestoreRequest, move: Move, actor: User | None, *, proves_device: bool = False, **values: Any
) -> None:
    """Make one move: compare-and-set on the state, then the event. Raises IllegalMove, NotYours, MethodOff.

    Among two moves at once exactly one finds the state it expects; the other raises with the state it lost to.
    """
    assert in_transaction()
    if not may(request, MAY[move], actor, proves_device):
        raise NotYours(move)
    if move != Move.EXPIRE and request.is_due:
        raise IllegalMove(State.EXPIRED, move)
    if move in FORWARD:
        require_method(request.organisation_id, RecoveryMethod.CLOUD_BACKUP)
    before = State(request.stored_state)
    after = target(before, move)
    if move in ENDING:
        values["ended_at"] = now()
    table = RestoreRequest
    moving = update(table).where(table.id == request.id, table.stored_state == before).returning(table)
    moving = moving.values(stored_state=after, version=table.version + 1, **values)
    moved = db.session.scalar(moving, execution_options={"synchronize_session": False, "populate_existing": True})
    if moved is None:
        db.session.refresh(request)
        raise IllegalMove(request.state, move)
    _record(request, actor, reason=values.get("denial_reason", "") or values.get("stop_reason", ""))
    if before == State.REQUESTED:
        Notice.settle("restore_requested", request.id)


def may(request: RestoreRequest, who: Who, actor: User | None, proves_device: bool) -> bool:
    """Whether `actor` (None: the clock, or what befell the account) has that part in this request."""
    if who in (Who.CLOCK, Who.ACCOUNT):
        return actor is None
    if actor is None or not actor.is_enabled or actor.organisation_id != request.organisation_id:
        return False
    if who == Who.APPROVER:
        return actor.is_admin and approval_standing(actor, request.user_id).may_approve
    if who == Who.ADMIN:
        return actor.is_admin and actor.id != request.user_id
    return actor.id == request.user_id and (who == Who.MEMBER or proves_device)


def announce_asking(request: RestoreRequest, member: User) -> None:
    """A new request: the event, and a notice to its member and to everybody who may decide."""
    asked = {"backup": request.backup_id, "browser": request.browser, "address": request.address}
    _record(request, member, **asked, reason=request.reason)
    tell_admins(request, "restore_requested")
    tell_member(request, "restore_requested_by_you")


def tell_member(request: RestoreRequest, kind: str, **details: Any) -> Notice:
    """A notice to the member whose request it is; returns it."""
    member = _member(request)
    return Notice.give(member, kind, **details, **_facts(request, member))


def tell_admins(request: RestoreRequest, kind: str) -> None:
    """A notice to every enabled admin but the member."""
    member = _member(request)
    Notice.give_admins(request.organisation_id, kind, but=member.id, **_facts(request, member))


def warn_owners(request: RestoreRequest, actor: User, kind: str, **details: Any) -> None:
    """Somebody saw that the member’s browser, or whoever answered them, holds another recovery key: the event, and a
    notice to every owner."""
    member = _member(request)
    Event.append(
        f"restore_request.{kind}", request.organisation_id, actor=actor, subject=member, object_id=request.id, **details
    )
    facts = {**_facts(request, member), "reason": kind, "admin": actor.name}
    for owner in User.admins(request.organisation_id):
        if owner.role == Role.OWNER:
            Notice.give(owner, "restore_key_warning", **facts)


def _record(request: RestoreRequest, actor: User | None, **details: Any) -> None:
    kind, member = f"restore_request.{request.stored_state}", _member(request)
    Event.append(kind, request.organisation_id, actor=actor, subject=member, object_id=request.id, **details)
    Organisation.touch_requests(request.organisation_id)


def _member(request: RestoreRequest) -> User:
    return db.session.get_one(User, request.user_id)


def _facts(request: RestoreRequest, member: User) -> dict[str, Any]:
    """What every notice of this request may say."""
    return {
        "request": request.id,
        "number": request.number,
        "member": member.name,
        "email": member.email,
        "browser": request.browser,
        "address": request.address,
    }
