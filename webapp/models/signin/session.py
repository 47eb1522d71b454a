"""A signed-in session of one browser: a row, so that it can be ended from elsewhere."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.interfaces import ORMOption

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.email_addresses import keys_of
from webapp.models.columns import Id, Name
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice


class Ended(StrEnum):
    """What ended a session; `templates/account/sessions/endings.html` has a sentence for each, with `by` and time."""

    UNSAID = ""
    """Nobody said."""
    SIGNED_OUT = "signed_out"
    """The member did, in this very browser."""
    FROM_LIST = "from_list"
    """The member did, on the page that lists their sessions; by: the browser they did it in."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    """By: the browser it was changed in."""
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105
    """After a reset."""
    ADMIN_RESET = "admin_reset"
    OPERATOR_RESET = "operator_reset"
    OWN_RESET = "own_reset"
    FACTOR_ON = "factor_on"
    """By: the browser in which the second factor was turned on."""
    FACTOR_RESET = "factor_reset"
    OPERATOR_FACTOR_RESET = "operator_factor_reset"
    SIGNED_OUT_BY_ADMIN = "signed_out_by_admin"
    DISABLED = "disabled"
    RECOVERED = "recovered"
    """By: the browser that recovered the account."""
    UNDONE = "undone"
    """“This wasn’t me” took a finished recovery back."""
    VETOED = "vetoed"
    """“This wasn’t me” without one."""
    UNPAIRED = "unpaired"
    """By: the device that unpaired the one of this session."""
    TAKEN = "taken"
    """The same; by: the admin."""
    EXPIRED = "expired"
    """It was older than a session gets."""


class Locked(StrEnum):
    """What locked the tabs of a session that goes on."""

    BY_HAND = "by_hand"
    IDLE = "idle"
    DEVICE = "device"
    """The device is not what it was: unpaired, reset, or its lock is destroyed. Account Recovery says which."""


@dataclass(frozen=True)
class Ending:
    """Why a session is over, to be told in the browser that had it."""

    why: Ended
    by: str
    at: datetime | None

    @property
    def sentence(self) -> str:
        """The code of the sentence that says it."""
        return self.why or "unsaid"


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
    ended_why: Mapped[str] = mapped_column(String(30), default=Ended.UNSAID)
    ended_by: Mapped[Name] = mapped_column(default="")
    """Who or what did it, by the name it had then."""
    locked_why: Mapped[str] = mapped_column(String(30), default="")
    """A `Locked`, since its tabs were locked; empty while they are open, or none ever was."""
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
        is_new = SignIn.is_new_browser(user.id, browser_id)
        facts = {"browser": browser, "address": address}
        row = SignIn(id=sign_in_id, user_id=user.id, session_epoch=user.session_epoch, browser_id=browser_id, **facts)
        db.session.add(row)
        Event.append("user.signed_in", user.organisation_id, actor=user, subject=user, **facts)
        if is_new:
            Notice.give(user, "new_sign_in", sign_in=row.notice_id, **facts)
        return row

    @staticmethod
    def alive(sign_in_id: str) -> "SignIn | None":
        """The session with this id with its user loaded, if nothing has ended it."""
        sign_in = db.session.get(SignIn, sign_in_id, options=[joinedload(SignIn.user)])
        return sign_in if sign_in and sign_in.is_alive else None

    @staticmethod
    def asking(sign_in_id: str, *further: ORMOption) -> "SignIn | None":
        """The same for the session that makes a request, with the organisation, too, and what else is named: nearly
        every page needs them, and has them from this one statement."""
        all_three = joinedload(SignIn.user).joinedload(User.organisation)
        sign_in = db.session.get(SignIn, sign_in_id, options=[all_three, *further])
        return sign_in if sign_in and sign_in.is_alive else None

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
    def seen_in(email: str, browser_id: str) -> bool | None:
        """Whether the person with this address has signed in with this browser: True, since the last sign-out
        everywhere; False, only before; None, never (or nobody has this address)."""
        if not browser_id:
            return None
        query = select(SignIn.session_epoch == User.session_epoch).join(User)
        query = query.where(User.email_key.in_(keys_of(email)), SignIn.browser_id == browser_id)
        found = db.session.scalars(query).all()
        return any(found) if found else None

    @staticmethod
    def forget_browsers(user_id: str) -> None:
        """Forget every known browser, in the caller’s transaction, so that the next sign-in is announced from any: one
        of them may have been an attacker’s."""
        assert in_transaction()
        db.session.execute(update(SignIn).where(SignIn.user_id == user_id).values(browser_id=""))

    @property
    def notice_id(self) -> str:
        """The name of this session in notices, so that it shows none about itself: one more hash of the token, with no
        other use."""
        return SignIn.notice_name(self.id)

    @staticmethod
    def notice_name(sign_in_id: str) -> str:
        """The same for a session of which only the id is at hand."""
        return hashlib.sha256(sign_in_id.encode()).hexdigest()

    @staticmethod
    def end_every(user: User, but: str | None = None, *, why: str = "", by: str = "") -> None:
        """End every session of the user (but the one with this id), at once: the epoch is part of each session, so one
        that begins meanwhile is dead, too. By: who or what did it, else the browser of the session that stays. In the
        caller’s transaction with `user` locked."""
        kept = db.session.get(SignIn, but) if but else None
        SignIn.end_all(user, Ended(why), by or (kept.browser if kept else ""), but=but)
        user.session_epoch += 1
        if but:
            db.session.execute(update(SignIn).where(SignIn.id == but).values(session_epoch=user.session_epoch))

    @staticmethod
    def end_all(user: User, why: Ended, by: str, *, but: str | None) -> None:
        """End every session of the user’s present session epoch (but the one with this id), which is about to change:
        in the caller’s transaction with `user` locked."""
        alive = update(SignIn).where(SignIn.user_id == user.id, SignIn.session_epoch == user.session_epoch)
        alive = alive.where(SignIn.ended_at.is_(None), SignIn.id != (but or ""))
        db.session.execute(alive.values(ended_at=now(), ended_why=why, ended_by=by))

    @staticmethod
    def explain(user: User, why: Ended, by: str) -> None:
        """Set the reason of ended sessions of the user that have none yet, in the caller’s transaction."""
        unsaid = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_not(None))
        db.session.execute(unsaid.where(SignIn.ended_why == Ended.UNSAID).values(ended_why=why, ended_by=by))

    @staticmethod
    def ending_of(sign_in_id: str) -> Ending | None:
        """Why the session with this id is over; None where it is not, or there never was one."""
        sign_in = db.session.get(SignIn, sign_in_id, options=[joinedload(SignIn.user)])
        if sign_in is None or sign_in.is_alive:
            return None
        if sign_in.ended_at:
            return Ending(Ended(sign_in.ended_why), sign_in.ended_by, sign_in.ended_at)
        is_old = now() - sign_in.created_at >= limits.SESSION_LIFE
        return Ending(Ended.EXPIRED if is_old else Ended.UNSAID, "", None)

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
