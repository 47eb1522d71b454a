"""A random value that a device signs once, to prove that it holds its key now."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, transaction


class Challenge(Base):
    """Bound to one signed-in session (or to none, on the sign-in page), good for two minutes and one use."""

    __tablename__ = "challenge"

    value: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    sign_in_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("sign_in.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)

    @staticmethod
    def issue(sign_in_id: str | None) -> bytes:
        """32 fresh bytes for this session (None: for whoever is not signed in)."""
        value = secrets.token_bytes(32)
        with transaction() as session:
            session.add(Challenge(value=value, sign_in_id=sign_in_id, expires_at=now() + limits.CHALLENGE_LIFE))
        return value

    @staticmethod
    def spend(value: bytes, sign_in_id: str | None) -> bool:
        """Whether it was this session’s, alive and unspent; it is spent now. In a transaction of its own, so that
        whatever fails afterwards can’t give it back."""
        with transaction() as session:
            spent = session.execute(
                delete(Challenge)
                .where(Challenge.value == value, Challenge.sign_in_id == sign_in_id)
                .returning(Challenge.expires_at)
            ).scalar()
        return spent is not None and spent > now()

    @staticmethod
    def tidy() -> None:
        """Remove the dead ones, in the caller’s transaction."""
        db.session.execute(delete(Challenge).where(Challenge.expires_at <= now()))
