"""Share A of a backup as it was before a re-wrap, kept for a while: a bad upload loses nothing."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Octets, new_id
from webapp.models.vaults.cloud_backup import CloudBackup


class FormerShare(Base):
    """The file sealed to a former key. It goes with its backup, with that key, or when its time is up."""

    __tablename__ = "former_share"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    backup_id: Mapped[Id] = mapped_column(String(32), ForeignKey("cloud_backup.id", ondelete="CASCADE"), index=True)
    organisation_key_id: Mapped[Id] = mapped_column(ForeignKey("organisation_key.id"), index=True)
    share_a: Mapped[Octets] = mapped_column(LargeBinary)
    kept_until: Mapped[datetime]

    @staticmethod
    def keep(backup: CloudBackup) -> None:
        """Keep what the backup has now, in the caller’s transaction."""
        assert in_transaction()
        row = FormerShare(backup_id=backup.id, organisation_key_id=backup.organisation_key_id, share_a=backup.share_a)
        row.kept_until = now() + limits.FORMER_SHARE_LIFE
        db.session.add(row)

    @staticmethod
    def tidy() -> None:
        """Remove what was kept long enough."""
        assert in_transaction()
        db.session.execute(delete(FormerShare).where(FormerShare.kept_until <= now()))
