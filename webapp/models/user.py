"""A person of the organisation. Member, admin or owner: everyone may have a vault."""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, LargeBinary, String, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Name, new_id
from webapp.models.organisation import Organisation

EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


class Role(StrEnum):
    """What a person may do. An owner may do all that an admin may."""

    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"


class OtherKit(Exception):
    """A vault file is saved for a Recovery Kit that is neither the present one nor the next."""


class User(UserMixin, Base):  # type: ignore[misc]
    """Sign-in, role, and which epoch of the vault is current (0: no vault yet)."""

    __tablename__ = "user_account"
    __table_args__ = (Index("ix_user_account_by_name", "organisation_id", text("lower(name)"), "id"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(String(254), unique=True)
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
    """Which reset it was: a `webapp.models.recovery_reason.Reason`."""
    reset_by: Mapped[str] = mapped_column(String(200), default="")
    """The name of the admin who did it, as it was then; empty for the member or the operator."""

    organisation: Mapped[Organisation] = relationship()

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
    def normalised_email(text: str) -> str:
        """One spelling an address is kept and looked up by."""
        return text.strip().lower()

    @staticmethod
    def is_email(text: str) -> bool:
        """Whether it could be an address; only a mail that arrives shows that it is one. None has an invisible
        character in it: two would look the same."""
        fits = len(User.normalised_email(text)) <= limits.EMAIL_CHARACTERS
        return EMAIL.fullmatch(text) is not None and text.isprintable() and fits

    @staticmethod
    def by_email(email: str) -> "User | None":
        """The user with this address, in any case."""
        return db.session.scalars(select(User).where(User.email == User.normalised_email(email))).first()

    @staticmethod
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

        Held against other changes, not against rows that name the user (FOR NO KEY UPDATE): an event that two admins
        write about each other would otherwise wait for the other’s transaction, and both for ever.
        """
        assert in_transaction()
        user = db.session.get(User, user_id, with_for_update={"key_share": True}, populate_existing=True)
        assert user is not None
        return user

    def note_local_copy(self, epoch: int) -> None:
        """Remember that there is a copy outside of a browser now; one of an earlier vault hides none of a later."""
        assert in_transaction()
        if epoch == self.epoch or self.local_copy_epoch != self.epoch:
            self.local_copy_at, self.local_copy_epoch = now(), epoch

    def keep_kit(self, number: int, verify_key: bytes | None, device: str) -> None:
        """What was just saved with `device` opens with Recovery Kit `number`: the present one, or a later one, which
        takes its place and is confirmed, and whose key comes with it. The next, unless this server was restored from an
        older state than the vault. In the caller’s transaction with the member locked; again changes nothing. Raises
        OtherKit."""
        from webapp.models.event import Event
        from webapp.models.notice import Notice

        assert in_transaction()
        if number == self.kit_number:
            return
        if verify_key is None or not 0 < number - self.kit_number <= limits.KIT_LEAP:
            raise OtherKit
        self.kit_number, self.kit_verify_key, self.kit_confirmed_at = number, verify_key, now()
        Event.append("kit.changed", self.organisation_id, actor=self, subject=self, number=number)
        Notice.give(self, "kit_changed", number=number, device=device)

    def end_sessions(self, but: str | None = None) -> None:
        """End every signed-in session (but the one with this id), at once: the epoch is part of each session."""
        from webapp.models.sign_in import SignIn

        self.session_epoch += 1
        if but:
            db.session.execute(update(SignIn).where(SignIn.id == but).values(session_epoch=self.session_epoch))
