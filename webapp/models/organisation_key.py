"""The public half of an organisation recovery key. Its file is with an admin and never comes here."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.crypto.fingerprints import groups
from webapp.database import Base, db
from webapp.models.columns import Id, Name


class KeyState(StrEnum):
    """Generated: its file was not yet chosen again. Active: new backups use it. Disabled: opens older ones."""

    GENERATED = "generated"
    ACTIVE = "active"
    DISABLED = "disabled"


class OrganisationKey(Base):
    """A named key with its epoch, its age recipient and its Ed25519 key."""

    __tablename__ = "organisation_key"
    __table_args__ = (
        Index(
            "uq_organisation_key_active",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[Name]
    epoch: Mapped[int]
    recipient: Mapped[Name]
    sign_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    fingerprint: Mapped[str] = mapped_column(String(52), index=True)
    state: Mapped[KeyState] = mapped_column(String(10), default=KeyState.GENERATED)
    made_by: Mapped[Id] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    activated_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]
    """When somebody last showed that the key file is still there."""
    disabled_at: Mapped[datetime | None]

    @staticmethod
    def active(organisation_id: str) -> "OrganisationKey | None":
        """The key that new backups use; None: cloud backups are not enabled."""
        return db.session.scalars(
            select(OrganisationKey).where(
                OrganisationKey.organisation_id == organisation_id, OrganisationKey.state == KeyState.ACTIVE
            )
        ).first()

    @staticmethod
    def all_of(organisation_id: str) -> Sequence["OrganisationKey"]:
        """Every key whose ceremony was completed or is under way, newest first."""
        return db.session.scalars(
            select(OrganisationKey)
            .where(OrganisationKey.organisation_id == organisation_id)
            .order_by(OrganisationKey.epoch.desc(), OrganisationKey.made_at.desc())
        ).all()

    @staticmethod
    def next_epoch(organisation_id: str) -> int:
        """The epoch that the next ceremony is for: one more than the newest activated key’s."""
        newest = db.session.scalar(
            select(func.max(OrganisationKey.epoch)).where(
                OrganisationKey.organisation_id == organisation_id, OrganisationKey.state != KeyState.GENERATED
            )
        )
        return (newest or 0) + 1

    @property
    def shown_fingerprint(self) -> str:
        """The 16 characters a person types, in groups of four."""
        return groups(self.fingerprint[:16])
