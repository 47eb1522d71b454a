"""A signed-in session of one browser: a row, so that it can be ended from elsewhere."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db
from webapp.models.columns import Id, Name
from webapp.models.user import User


class SignIn(Base):
    """Who, from where, since when, and which device this browser has proved to be.

    The id is SHA-256 of the token in the cookie: a database thief can’t sign in with it.
    """

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    session_epoch: Mapped[int]
    browser: Mapped[Name]
    address: Mapped[str] = mapped_column(String(45))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_active_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    """When this browser last looked for a key of its own; None: it has not yet."""
    device_id: Mapped[str | None] = mapped_column(String(32))
    """The device this browser proved to be: a row of `device`, or the device of an open restore request."""

    user: Mapped[User] = relationship()

    @staticmethod
    def alive(sign_in_id: str) -> "SignIn | None":
        """The session with this id with its user loaded, if nothing has ended it."""
        found = db.session.get(SignIn, sign_in_id, options=[joinedload(SignIn.user)])
        return found if found and found.is_alive else None

    @property
    def is_alive(self) -> bool:
        """Not ended, not outlived, of the user's present session epoch, and the user is enabled."""
        return (
            self.ended_at is None
            and self.session_epoch == self.user.session_epoch
            and self.user.is_enabled
            and now() - self.created_at < limits.SESSION_LIFE
        )
