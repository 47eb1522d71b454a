"""An invitation to join: a link of one use, handed over by a person, stored as a hash."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, String, func, select, tuple_, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.email_addresses import key_of, parse
from webapp.models.columns import Id, Name, key_of_row, new_id
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice


class InviteClosed(Exception):
    """The link was used, has expired, or was withdrawn."""


class AddressTaken(Exception):
    """Somebody has an account under this address already."""


class Invite(Base):
    """Who is invited, as what, and until when."""

    __tablename__ = "invite"
    __table_args__ = (Index("ix_invite_by_time", "organisation_id", "made_at", "id"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    email_key: Mapped[str] = mapped_column(String(254), index=True, default=key_of_row)
    name: Mapped[Name] = mapped_column(default="")
    role: Mapped[Role] = mapped_column(String(10), default=Role.MEMBER)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("user_account.id"))
    """None: the operator, at the command line."""
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()

    @staticmethod
    def make(
        organisation: Organisation,
        email: str,
        name: str,
        role: Role,
        by: User | None = None,
        life: timedelta = limits.INVITE_LIFE,
    ) -> tuple["Invite", str]:
        """(invite, token) in the caller’s transaction; an older open invite to the address is withdrawn. The token
        is only in the link. Raises NoAddress."""
        assert in_transaction()
        address = parse(email)
        earlier = select(Invite).where(Invite.email_key == address.key, Invite.used_at.is_(None))
        for older in db.session.scalars(earlier):
            older.withdrawn_at = older.withdrawn_at or now()
        token = secrets.token_urlsafe(24)
        invite = Invite(
            organisation_id=organisation.id,
            email=address.text,
            name=name,
            role=role,
            made_by=by.id if by else None,
            token_sha256=_hash(token),
            expires_at=now() + life,
        )
        db.session.add(invite)
        db.session.flush()
        return invite, token

    @staticmethod
    def by_token(token: str) -> "Invite | None":
        """The invite whose link this token is from, whatever its state."""
        return db.session.scalars(select(Invite).where(Invite.token_sha256 == _hash(token))).first()

    @staticmethod
    def open_ones(organisation_id: str, limit: int = 50, before: "Invite | None" = None) -> Sequence["Invite"]:
        """Invites that can still be used, newest first; `before`: those behind this one."""
        query = select(Invite).where(Invite.organisation_id == organisation_id, *_open())
        if before is not None:
            query = query.where(tuple_(Invite.made_at, Invite.id) < (before.made_at, before.id))
        return db.session.scalars(query.order_by(Invite.made_at.desc(), Invite.id.desc()).limit(limit)).all()

    @staticmethod
    def newest_open(organisation_id: str, limit: int) -> tuple[Sequence["Invite"], int]:
        """The newest that can still be used, and how many there are in all."""
        query = select(Invite, func.count().over()).where(Invite.organisation_id == organisation_id, *_open())
        rows = db.session.execute(query.order_by(Invite.made_at.desc(), Invite.id.desc()).limit(limit)).all()
        return [invite for invite, _ in rows], rows[0][1] if rows else 0

    @staticmethod
    def count_open(organisation_id: str) -> int:
        """How many there are."""
        return db.session.scalar(select(func.count()).where(Invite.organisation_id == organisation_id, *_open())) or 0

    @staticmethod
    def open_to(email: str) -> "Invite | None":
        """The invite to this address that can still be used."""
        query = select(Invite).where(Invite.email_key == key_of(email), Invite.used_at.is_(None))
        return db.session.scalars(query.where(Invite.withdrawn_at.is_(None), Invite.expires_at > now())).first()

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return self.used_at is None and self.withdrawn_at is None and self.expires_at > now()

    def use(self) -> None:
        """Spend the link, in the caller’s transaction. Raises InviteClosed."""
        assert in_transaction()
        db.session.refresh(self, with_for_update=True)
        if not self.is_open:
            raise InviteClosed
        self.used_at = now()

    def accept(self, name: str, password_hash: str) -> User:
        """Spend the link and make the account it is for, in the caller’s transaction; one more admin is announced to
        the others. Raises InviteClosed, AddressTaken (the link stays good then)."""
        self.use()
        if User.by_email(self.email):
            raise AddressTaken
        user = User(
            organisation_id=self.organisation_id,
            email=self.email,
            name=name,
            role=self.role,
            password_hash=password_hash,
        )
        db.session.add(user)
        db.session.flush()
        Event.append("user.joined", self.organisation_id, actor=user, subject=user, object_id=self.id, role=user.role)
        if user.is_admin:
            self._announce_admin(user)
        return user

    def _announce_admin(self, user: User) -> None:
        """The notice goes to the admin who invited them, too: somebody else may have done it in that admin’s
        session."""
        by = db.session.get(User, self.made_by) if self.made_by else None
        facts = {"member": user.name, "email": user.email, "member_id": user.id, "admin": by.name if by else ""}
        facts |= {"deed": "joined", "after": str(user.role)}
        Notice.give_admins(self.organisation_id, "account_changed_admin", but=user.id, **facts)

    @staticmethod
    def withdraw_those_of(maker: User, but: Collection[Role], by: User) -> None:
        """Withdraw the open invites that `maker` made, except to the roles in `but`, in the caller’s transaction. An
        admin who loses the right to invite to a role leaves no open link to it."""
        assert in_transaction()
        theirs = update(Invite).where(Invite.made_by == maker.id, Invite.role.not_in(list(but)), *_open())
        withdrawn = theirs.values(withdrawn_at=now()).returning(Invite.id, Invite.email)
        for invite_id, email in db.session.execute(withdrawn).all():
            Event.append("invite.withdrawn", maker.organisation_id, actor=by, object_id=invite_id, email=email)

    def withdraw(self) -> None:
        """Make the link useless, in the caller’s transaction. Raises InviteClosed."""
        assert in_transaction()
        db.session.refresh(self, with_for_update=True)
        if not self.is_open:
            raise InviteClosed
        self.withdrawn_at = now()


def _open() -> tuple[ColumnElement[bool], ...]:
    return Invite.used_at.is_(None), Invite.withdrawn_at.is_(None), Invite.expires_at > now()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
