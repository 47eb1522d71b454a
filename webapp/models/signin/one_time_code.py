"""One-time codes: in the place of an authenticator app that is lost. Ten on paper, each good once."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, ScalarSelect, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.crypto.fingerprints import base32, from_typed
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Sha256, new_id
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice

CODES = 10
CHARACTERS = 16
"""80 bits: nobody guesses one at the server, and whoever has the database finds none from its hash. (60 fall to a few
dozen graphics cards within days: the hash is a fast one, and any of ten will do.)"""


class OneTimeCode(Base):
    """SHA-256 of one, and whether it was used."""

    __tablename__ = "one_time_code"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_sha256: Mapped[Sha256]
    used_at: Mapped[datetime | None]

    @staticmethod
    def make_all(user: User) -> list[str]:
        """Ten fresh ones in the place of all there were, in the caller’s transaction with `user` locked. They are
        returned this once."""
        assert in_transaction()
        db.session.execute(delete(OneTimeCode).where(OneTimeCode.user_id == user.id))
        codes = [base32(secrets.token_bytes(10))[:CHARACTERS] for _ in range(CODES)]
        db.session.add_all(OneTimeCode(user_id=user.id, code_sha256=_hash(user.id, code)) for code in codes)
        return codes

    @staticmethod
    def use(user: User, typed: str) -> bool:
        """Whether it was one that nobody used, and is used now; the member is told. In the caller’s transaction."""
        assert in_transaction()
        used = db.session.execute(
            update(OneTimeCode)
            .where(OneTimeCode.user_id == user.id, OneTimeCode.code_sha256 == _hash(user.id, from_typed(typed)))
            .where(OneTimeCode.used_at.is_(None))
            .values(used_at=now())
            .returning(OneTimeCode.id)
        ).first()
        if used is None:
            return False
        left = OneTimeCode.left(user.id)
        Event.append("second_factor.code_used", user.organisation_id, actor=user, subject=user, left=left)
        Notice.give(user, "one_time_code_used", left=left)
        return True

    @staticmethod
    def left(user_id: str) -> int:
        """How many the person can still use."""
        return db.session.scalar(select(OneTimeCode.counted_for(user_id))) or 0

    @staticmethod
    def counted_for(user_id: str | Mapped[str]) -> ScalarSelect[int]:
        """The same as a part of a statement."""
        query = select(func.count()).select_from(OneTimeCode)
        usable = query.where(OneTimeCode.user_id == user_id, OneTimeCode.used_at.is_(None))
        return usable.correlate_except(OneTimeCode).scalar_subquery()


def _hash(user_id: str, code: str) -> str:
    return hashlib.sha256(f"{user_id} {code}".encode()).hexdigest()
