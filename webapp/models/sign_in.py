"""A signed-in session of one browser: a row, so that it can be ended from elsewhere."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Name
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.user import User


class SignIn(Base):
    """Who, from where, since when, and which device this browser has proved to be.

    The id is SHA-256 of the token in the cookie: a database thief can’t sign in with it.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_by_time", "user_id", "created_at"),)

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
    last_device_id: Mapped[str | None] = mapped_column(String(32))
    """The device it last proved to be, or opened, whatever this browser says of itself since."""
    browser_id: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the cookie by which a browser is known again after signing out; empty: from before there was one."""
    password_at: Mapped[datetime | None]
    """When the sign-in password was last typed again here, after signing in."""
    second_factor_at: Mapped[datetime | None]
    """When a code of the second factor was last typed here, signing in or later."""
    mail_confirmed_at: Mapped[datetime | None]
    """When a code that was mailed to the member was typed here."""

    user: Mapped[User] = relationship()

    @staticmethod
    def begin(user: User, sign_in_id: str, browser: str, address: str, browser_id: str) -> "SignIn":
        """A new session, in the caller’s transaction with `user` locked; a browser that is new to them is announced."""
        assert in_transaction()
        is_new, facts = SignIn.is_new_browser(user.id, browser_id), {"browser": browser, "address": address}
        row = SignIn(id=sign_in_id, user_id=user.id, session_epoch=user.session_epoch, browser_id=browser_id, **facts)
        db.session.add(row)
        Event.append("user.signed_in", user.organisation_id, actor=user, subject=user, **facts)
        if is_new:
            Notice.give(user, "new_sign_in", sign_in=row.notice_id, **facts)
        return row

    @staticmethod
    def alive(sign_in_id: str) -> "SignIn | None":
        """The session with this id with its user loaded, if nothing has ended it."""
        found = db.session.get(SignIn, sign_in_id, options=[joinedload(SignIn.user)])
        return found if found and found.is_alive else None

    @staticmethod
    def alive_of(user: User) -> Sequence["SignIn"]:
        """Where the user is signed in, the one used last first."""
        query = select(SignIn).where(SignIn.user_id == user.id, SignIn.session_epoch == user.session_epoch)
        query = query.where(SignIn.ended_at.is_(None), SignIn.created_at > now() - limits.SESSION_LIFE)
        return db.session.scalars(query.order_by(SignIn.last_active_at.desc(), SignIn.id)).all()

    @staticmethod
    def is_new_browser(user_id: str, browser_id: str) -> bool:
        """Whether the user signed in before, but never in this browser."""
        mine = select(SignIn.browser_id).where(SignIn.user_id == user_id).distinct()
        known = set(db.session.scalars(mine))
        return bool(known) and browser_id not in known

    @staticmethod
    def forget_browsers(user_id: str) -> None:
        """Announce the next sign-in whatever browser it is from, in the caller’s transaction: one of them may not have
        been the member’s."""
        assert in_transaction()
        db.session.execute(update(SignIn).where(SignIn.user_id == user_id).values(browser_id=""))

    @property
    def notice_id(self) -> str:
        """How notices name this session, so that it shows none about itself: one more hash, and of no other use."""
        return SignIn.notice_name(self.id)

    @staticmethod
    def notice_name(sign_in_id: str) -> str:
        """The same for a session of which only the id is at hand."""
        return hashlib.sha256(sign_in_id.encode()).hexdigest()

    def end(self) -> None:
        """End it, and lock the tabs it has open, in the caller’s transaction."""
        from webapp.models.tab_key import TabKey

        assert in_transaction()
        TabKey.forget(sign_in_id=self.id)
        self.ended_at = self.ended_at or now()

    @staticmethod
    def end_some(user: User, which: Callable[["SignIn"], bool]) -> int:
        """End those of the user’s sessions, in the caller’s transaction with `user` locked; how many were alive."""
        ended = [found for found in SignIn.alive_of(user) if which(found)]
        for found in ended:
            found.end()
        if ended:
            organisation = user.organisation_id
            Event.append("user.sessions_ended", organisation, actor=user, subject=user, number=len(ended))
        return len(ended)

    @staticmethod
    def end_those_of(user: User, device_id: str, but: str) -> int:
        """End the sessions in which this device was the browser’s, whatever that says of itself since; not those of the
        device `but`, whose browser may have been both."""

        def is_one(session: SignIn) -> bool:
            return session.device_id != but and device_id in (session.device_id, session.last_device_id)

        return SignIn.end_some(user, is_one)

    @property
    def is_mail_confirmed(self) -> bool:
        """Whether whoever is signed in here has shown lately that they read the member’s mail."""
        return self.mail_confirmed_at is not None and now() - self.mail_confirmed_at < limits.MAIL_CONFIRMED

    @property
    def has_shown_password(self) -> bool:
        """Whether whoever is signed in here has lately typed the password: a stolen cookie has not."""
        return now() - (self.password_at or self.created_at) < limits.PASSWORD_SHOWN

    def has_shown_again(self, *, has_second_factor: bool) -> bool:
        """Whether whoever is signed in here has shown within minutes that it is them: by a code where the person has a
        second factor, else by the password. Signing in counts."""
        shown_at = self.second_factor_at if has_second_factor else self.password_at or self.created_at
        return shown_at is not None and now() - shown_at < limits.ASKED_AGAIN

    @property
    def is_alive(self) -> bool:
        """Not ended, not outlived, of the user's present session epoch, and the user is enabled."""
        return (
            self.ended_at is None
            and self.session_epoch == self.user.session_epoch
            and self.user.is_enabled
            and now() - self.created_at < limits.SESSION_LIFE
        )
