"""A cloud backup: a file nobody here can open, share A sealed to the organisation key, share S sealed by the server."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, undefer

from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import Base, db, read_once
from webapp.models.columns import Exact, Id, Octets, Sha256
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.server.sealing_key import SealingKey, seals
from webapp.models.vaults.retention import Retention


class CloudBackup(Base):
    """What a member’s device uploaded; the exact signed metadata beside the two shares."""

    __tablename__ = "cloud_backup"
    __table_args__ = (Index("ix_cloud_backup_by_time", "user_id", "epoch", "made_at"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_key_id: Mapped[Id] = mapped_column(ForeignKey("organisation_key.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(32))
    device_name: Mapped[str] = mapped_column(String(200))
    epoch: Mapped[int]
    counter: Mapped[int] = mapped_column(BigInteger)
    items: Mapped[int]
    kit: Mapped[int]
    meta: Mapped[Exact] = mapped_column(Text)
    meta_signature: Mapped[Octets] = mapped_column(LargeBinary)
    file: Mapped[Octets] = mapped_column(LargeBinary, deferred=True)
    file_sha256: Mapped[Sha256]
    size: Mapped[int]
    share_a: Mapped[Octets] = mapped_column(LargeBinary)
    share_s: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(default=now)
    tried_at: Mapped[datetime | None]
    """When the member last opened it with their Recovery Kit, to see that they could."""

    organisation_key: Mapped[OrganisationKey] = relationship()

    @staticmethod
    @read_once
    def of(user_id: str) -> Sequence["CloudBackup"]:
        """The member’s backups, newest first."""
        return db.session.scalars(
            select(CloudBackup)
            .where(CloudBackup.user_id == user_id)
            .options(joinedload(CloudBackup.organisation_key))
            .order_by(*_NEWEST_FIRST)
        ).all()

    @staticmethod
    def newest(user_id: str) -> "CloudBackup | None":
        """The member’s newest backup."""
        query = select(CloudBackup).where(CloudBackup.user_id == user_id).order_by(*_NEWEST_FIRST).limit(1)
        return db.session.scalars(query).first()

    @staticmethod
    def count(user_id: str) -> int:
        """How many backups the member has."""
        return db.session.scalar(select(func.count()).where(CloudBackup.user_id == user_id)) or 0

    @staticmethod
    def with_file(backup_id: str) -> "CloudBackup | None":
        """The backup with its file loaded."""
        return db.session.get(CloudBackup, backup_id, options=[undefer(CloudBackup.file)], populate_existing=True)

    def seal_share_s(self, share: bytes) -> None:
        """Keep share S sealed, for this backup alone, in the caller’s transaction. Raises WrongSealingKey."""
        self.share_s = SealingKey.seal(share, share_s_context(self.id))

    def open_share_s(self) -> bytes:
        """Share S; useless without share A. Raises SealingFailed."""
        return sealer().unseal(self.share_s, share_s_context(self.id))

    @staticmethod
    def push_out(user: User, needed: set[str], rule: Retention) -> int:
        """Apply retention in the caller’s transaction: how many went. `needed` are ids that stay whatever the rule is.

        It is applied to those of the present vault by themselves, too: what an undo took back counts for none of them.
        """
        backups = CloudBackup.of(user.id)
        keep = set(needed)
        for some in (backups, [backup for backup in backups if backup.epoch == user.epoch]):
            keep |= rule.kept([(backup.id, backup.made_at) for backup in some], now())
        gone = [backup for backup in backups if backup.id not in keep]
        for backup in gone:
            db.session.delete(backup)
        return len(gone)


_NEWEST_FIRST = (CloudBackup.made_at.desc(), CloudBackup.counter.desc(), CloudBackup.id)


def share_s_context(backup_id: str) -> str:
    """What share S is sealed for."""
    return f"share-s/{backup_id}"


seals(CloudBackup.share_s, lambda backup: share_s_context(backup.id))
