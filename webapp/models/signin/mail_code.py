"""Six digits that go to a member’s mailbox, to show an admin later that whoever asks reads that mail."""

import hmac
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.crypto import links
from webapp.database import Base, db, in_transaction, transaction
from webapp.models.columns import Id, new_id
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.signin.session import SignIn


class WrongCode(Exception):
    """It is another code; `tries_left` more may be made with the one that was sent (0: it is dead, send a new one)."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class MailCode(Base):
    """For one signed-in session; the digits are derived from the id and stand nowhere."""

    __tablename__ = "mail_code"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    sign_in_id: Mapped[str] = mapped_column(String(64), ForeignKey("sign_in.id"), unique=True)
    expires_at: Mapped[datetime]
    tries_left: Mapped[int] = mapped_column(default=limits.MAIL_CODE_TRIES)

    @staticmethod
    def of(sign_in_id: str) -> "MailCode | None":
        """The code of this session that can still be typed."""
        found = db.session.scalars(select(MailCode).where(MailCode.sign_in_id == sign_in_id)).first()
        return found if found and found.expires_at > now() and found.tries_left > 0 else None

    @staticmethod
    def send(user: User, sign_in_id: str) -> None:
        """Mail a new code in the place of an older one, in the caller’s transaction."""
        assert in_transaction()
        db.session.execute(delete(MailCode).where(MailCode.sign_in_id == sign_in_id))
        code = MailCode(sign_in_id=sign_in_id, expires_at=now() + limits.MAIL_CODE_LIFE)
        db.session.add(code)
        db.session.flush()
        Notice.give(user, "mail_code", code=code.id)

    @staticmethod
    def confirm(sign_in_id: str, typed: str) -> None:
        """Note in the session that the mail is read. A try is committed before it is compared. Raises WrongCode."""
        with transaction() as session:
            spent = session.execute(
                update(MailCode)
                .where(MailCode.sign_in_id == sign_in_id, MailCode.tries_left > 0, MailCode.expires_at > now())
                .values(tries_left=MailCode.tries_left - 1)
                .returning(MailCode.id, MailCode.tries_left)
            ).first()
        if spent is None:
            raise WrongCode(0)
        if not hmac.compare_digest(links.make_code(spent[0]).encode(), typed.encode()):
            raise WrongCode(spent[1])
        with transaction() as session:
            session.execute(delete(MailCode).where(MailCode.id == spent[0]))
            session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(mail_confirmed_at=now()))

    @staticmethod
    def tidy() -> None:
        """Remove the dead ones, in the caller’s transaction."""
        db.session.execute(delete(MailCode).where(MailCode.expires_at <= now()))
