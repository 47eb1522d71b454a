"""A hold: a member said “This wasn’t me”, so no recovery of theirs goes on before an admin has looked into it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from webapp.clock import now
from webapp.database import Base, db, in_transaction, read_once
from webapp.models.approval.approvers import ApprovalStanding, approval_standing
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.columns import Id, Name, new_id
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.link import Link, Purpose
from webapp.models.notices.notice import Notice
from webapp.models.refusals import Refused


class OnHold(Exception):
    """No recovery begins while the account is on hold."""


class NotLifted(Refused):
    """The hold stays: there is none any more, or `code` says why this admin may not lift it."""


class Hold(Base):
    """One incident of one member; open until an admin, or the operator, lifts it."""

    __tablename__ = "hold"
    __table_args__ = (
        Index(
            "uq_hold_open",
            "user_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    said_with: Mapped[Name]
    """Where the member said it: "a link from a mail", or the name of the device."""
    made_at: Mapped[datetime] = mapped_column(default=now)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("user_account.id"))
    """None while it stands, and where the operator lifted it."""

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    lifter: Mapped[User | None] = relationship(foreign_keys=[lifted_by])

    @staticmethod
    def of(user_id: str) -> "Hold | None":
        """The member’s open hold."""
        return next((hold for hold in Hold.all_of(user_id) if hold.lifted_at is None), None)

    @staticmethod
    @read_once
    def all_of(user_id: str) -> Sequence["Hold"]:
        """The member’s latest holds: the one that stands, then the newest first."""
        query = select(Hold).where(Hold.user_id == user_id).options(joinedload(Hold.lifter))
        stands_first = Hold.lifted_at.is_not(None), Hold.made_at.desc(), Hold.id
        return db.session.scalars(query.order_by(*stands_first).limit(10)).all()

    @staticmethod
    def open_ones(organisation_id: str, limit: int = 50) -> Sequence["Hold"]:
        """Open holds of the organisation, the oldest first."""
        query = select(Hold).where(Hold.organisation_id == organisation_id, Hold.lifted_at.is_(None))
        return db.session.scalars(query.options(joinedload(Hold.user)).order_by(Hold.made_at).limit(limit)).all()

    @staticmethod
    def begin(user: User, said_with: str) -> None:
        """Hold the account and tell everybody concerned, in the caller’s transaction with `user` locked; again changes
        nothing."""
        assert in_transaction()
        if Hold.of(user.id):
            return
        hold = Hold(organisation_id=user.organisation_id, user_id=user.id, said_with=said_with)
        db.session.add(hold)
        db.session.flush()
        facts = {"member": user.name, "email": user.email, "member_id": user.id, "said_with": said_with}
        Event.append("hold.begun", user.organisation_id, subject=user, object_id=hold.id, said_with=said_with)
        Notice.give_admins(user.organisation_id, "hold_begun_admin", but=user.id, **facts)
        Notice.give(user, "hold_begun", said_with=said_with)

    def may_lift(self, admin: User) -> str | None:
        """None if this admin may; else the code of the sentence that says why not."""
        if admin.id == self.user_id:
            return "own_hold"
        return None if approval_standing(admin, self.user_id) == ApprovalStanding.FREE else "marked_hold"

    def lift(self, by: User | None) -> None:
        """Let recoveries go on, in the caller’s transaction with the member locked; `by` None: the operator. Marks the
        admin. Raises NotLifted."""
        assert in_transaction()
        db.session.refresh(self)
        if self.lifted_at:
            raise NotLifted("hold_lifted")
        code = self.may_lift(by) if by else None
        if code:
            raise NotLifted(code)
        self.lifted_at = now()
        self.lifted_by = by.id if by else None
        member = db.session.get_one(User, self.user_id)
        if by:
            ConflictMark.put(by, member, ConflictKind.LIFTED_HOLD)
        name = by.name if by else ""
        Event.append("hold.lifted", self.organisation_id, actor=by, subject=member, object_id=self.id)
        Link.close_all(member.id, Purpose.VETO)  # somebody may have read the mails of before; new ones carry new links
        Notice.settle("hold_begun_admin", member.id)
        Notice.give(member, "hold_lifted", admin=name)
        facts = {"member": member.name, "email": member.email, "member_id": member.id, "admin": name}
        Notice.give_admins(self.organisation_id, "hold_lifted_admin", but=by.id if by else None, **facts)
