"""A token bucket as a row, so that every worker counts in the same place."""

from datetime import datetime, timedelta

from sqlalchemy import Float, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.database import Base, db


class RateBucket(Base):
    """`tokens` as of `filled_at`; `key` says whose and for what."""

    __tablename__ = "throttle_bucket"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    filled_at: Mapped[datetime] = mapped_column(index=True)

    @staticmethod
    def tidy() -> None:
        """Remove buckets that are surely full again, in the caller’s transaction."""
        db.session.execute(delete(RateBucket).where(RateBucket.filled_at < now() - timedelta(days=2)))
