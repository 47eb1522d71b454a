"""A person of the organisation. Member, admin or owner: everyone may have a vault."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, LargeBinary, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from webapp.clock import now
from webapp.database import Base, db, in_transaction, read_once
from webapp.email_addresses import key_of, spelled
from webapp.models.columns import Id, Name, key_of_row, new_id
from webapp.models.directory.organisation import Organisation


class Role(StrEnum):
    """What a person may do. An owner may do all that an admin may."""

    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"


class User(UserMixin, Base):  # type: ignore[misc]
    """Sign-in, role, and which epoch of the vault is current (0: no vault yet)."""

    __tablename__ = "user_account"
    __table_args__ = (
        Index("ix_user_account_by_name", "organisation_id", text("lower(name)"), "id"),
        Index(
            "ix_user_account_unconfirmed",
            "organisation_id",
            "key_unconfirmed_at",
            sqlite_where=text("key_unconfirmed_at is not null"),
            postgresql_where=text("key_unconfirmed_at is not null"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """As it was typed when the invite was made. Cloud backups name it as it is: no other spelling takes its place."""
    email_key: Mapped[str] = mapped_column(String(254), unique=True, index=True, default=key_of_row)
    """By what it is found, however it is spelled (`webapp.email_addresses`)."""
    name: Mapped[Name]
    role: Mapped[Role] = mapped_column(String(10), default=Role.MEMBER)
    password_hash: Mapped[Name]
    session_epoch: Mapped[int] = mapped_column(default=1)
    epoch: Mapped[int] = mapped_column(default=0)
    kit_number: Mapped[int] = mapped_column(default=0)
    kit_confirmed_at: Mapped[datetime | None]
    kit_verify_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """Ed25519 key derived from the Recovery Kit: shows later that somebody holds the kit, and tells nothing of it."""
    cloud_backups_at: Mapped[datetime | None]
    """When the member switched cloud backups on, having seen the organisation key's fingerprint."""
    cloud_backups_fingerprint: Mapped[str | None] = mapped_column(String(52))
    key_unconfirmed_at: Mapped[datetime | None]
    """Since when the vault has no recovery key on record that anybody compared, though they had switched cloud backups
    on: they recovered without. No backup is made until they do."""
    local_copy_at: Mapped[datetime | None]
    """When a browser of theirs last put a copy of the vault outside of itself: into a folder, or as a download."""
    local_copy_epoch: Mapped[int | None]
    """Of the vault in that copy."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    joined_at: Mapped[datetime | None]
    """When the last step of joining was done, or put off by the member."""
    disabled_at: Mapped[datetime | None]
    pairing_codes: Mapped[int] = mapped_column(default=0)
    """Pairing codes that were shown since the last success, or since a day passed without any."""
    pairing_codes_at: Mapped[datetime | None]
    """When the last of them was shown."""
    pairing_locked_until: Mapped[datetime | None]
    """No code is shown before then: three in a day came to nothing."""
    reset_at: Mapped[datetime | None]
    """When the password was last reset: every device of then has to be brought back."""
    reset_reason: Mapped[str] = mapped_column(String(60), default="")
    """Which reset it was: a `webapp.models.recovery.reasons.Reason`."""
    reset_by: Mapped[str] = mapped_column(String(200), default="")
    """The name of the admin who did it, as it was then; empty for the member or the operator."""

    organisation: Mapped[Organisation] = relationship()

    @validates("email")
    def _find_by(self, _name: str, email: str) -> str:
        self.email_key = key_of(email)
        return email

    @property
    def pairing_is_locked(self) -> bool:
        """Whether no code is shown for a while."""
        return self.pairing_locked_until is not None and self.pairing_locked_until > now()

    @property
    def is_admin(self) -> bool:
        """Whether the Admin Portal is theirs to use."""
        return self.role in (Role.ADMIN, Role.OWNER)

    @property
    def has_joined(self) -> bool:
        """Whether nothing of joining is left to be offered."""
        return self.joined_at is not None or self.cloud_backups_at is not None

    @property
    def is_enabled(self) -> bool:
        """Whether they may sign in."""
        return self.disabled_at is None

    @property
    def current_local_copy_at(self) -> datetime | None:
        """When they last made a copy outside of a browser, if it is of the vault as it is since the last recovery."""
        return self.local_copy_at if self.local_copy_epoch == self.epoch else None

    @property
    def has_password(self) -> bool:
        """Whether a password opens the account; none does between a reset and the choice of a new one."""
        return bool(self.password_hash)

    @staticmethod
    def by_email(email: str) -> "User | None":
        """The user with this address, however it is spelled. Where two old accounts differ by spelling only, the one
        with this spelling."""
        own = spelled(email)
        found = db.session.scalars(select(User).where(User.email_key.in_({own, key_of(email)})))
        return min(found, key=lambda user: user.email_key != own, default=None)

    @staticmethod
    def searched_names() -> Sequence[Any]:
        """What a person is found by, in lower case: conditions for a query."""
        return func.lower(User.name), func.lower(User.email), User.email_key

    @staticmethod
    def twins() -> Sequence[tuple["User", "User"]]:
        """Pairs of old accounts whose addresses now count as one: (the account that any spelling finds, the account
        that only its own spelling finds)."""
        others = db.session.scalars(select(User).order_by(User.created_at, User.id))
        apart = [user for user in others if user.email_key != key_of(user.email)]
        leads = {user.email_key: user for user in db.session.scalars(select(User))} if apart else {}
        return [(leads[key_of(user.email)], user) for user in apart if key_of(user.email) in leads]

    @staticmethod
    @read_once
    def admins(organisation_id: str) -> Sequence["User"]:
        """Everyone enabled who may decide requests, by name."""
        return db.session.scalars(
            select(User)
            .where(User.organisation_id == organisation_id, User.disabled_at.is_(None))
            .where(User.role.in_([Role.ADMIN, Role.OWNER]))
            .order_by(func.lower(User.name), User.id)
        ).all()

    @staticmethod
    def locked(user_id: str) -> "User":
        """The user, with the row held until the transaction ends: whatever changes a member’s vault, devices or
        requests starts here, so two such changes never interleave.

        The lock blocks other changes, but no rows that refer to the user (FOR NO KEY UPDATE). Else two admins who
        record events about each other would deadlock.
        """
        assert in_transaction()
        user = db.session.get(User, user_id, with_for_update={"key_share": True}, populate_existing=True)
        assert user is not None
        return user

    def note_local_copy(self, epoch: int) -> None:
        """Record that a copy outside of a browser exists now. A copy of an earlier vault doesn’t replace one of a
        later."""
        assert in_transaction()
        if epoch == self.epoch or self.local_copy_epoch != self.epoch:
            self.local_copy_at = now()
            self.local_copy_epoch = epoch
