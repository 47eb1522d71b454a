"""A request of Forgot password: one row for any address, so that the answer never tells whether an account exists."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction, transaction
from webapp.models.accounts.password_reset import send_link
from webapp.models.columns import Id, Name, new_id
from webapp.models.directory.user import User


class PasswordResetRequest(Base):
    """Waits for the worker, which looks the address up when nobody is waiting for an answer any more."""

    __tablename__ = "reset_ask"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254))
    browser: Mapped[Name]
    address: Mapped[str] = mapped_column(String(45))
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)

    @staticmethod
    def ask(email: str, browser: str, address: str) -> None:
        """Note it, in the caller’s transaction."""
        assert in_transaction()
        db.session.add(PasswordResetRequest(email=email, browser=browser, address=address))

    @staticmethod
    def answer_all() -> int:
        """Mail a link to each address that has an account, and delete all requests. Returns how many there were."""
        waiting = list(
            db.session.scalars(select(PasswordResetRequest.id).order_by(PasswordResetRequest.made_at).limit(50))
        )
        for ask_id in waiting:
            _answer(ask_id)
        return len(waiting)


def _answer(ask_id: str) -> None:
    with transaction() as session:
        ask = session.get(PasswordResetRequest, ask_id, with_for_update=True)
        if ask is None:
            return  # another worker was quicker
        session.delete(ask)
        user = User.by_email(ask.email)
        if user and user.is_enabled and now() - ask.made_at < limits.LINK_LIFE:
            send_link(User.locked(user.id), ask.browser, ask.address)
