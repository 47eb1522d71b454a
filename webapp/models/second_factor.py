"""The second factor of a sign-in: codes of an authenticator app (TOTP, RFC 6238), made and checked by pyotp.

It guards the sign-in, not the vault: the server knows the key, as it must to check a code.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import ForeignKey, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.one_time_code import OneTimeCode
from webapp.models.sign_in import SignIn
from webapp.models.user import User

if TYPE_CHECKING:
    from webapp.models.organisation import Organisation

DIGITS = 6


class NotTaken(Exception):
    """The code doesn’t count; `code` says why: `wrong_code`, `used_code`, or `no_set_up` (none is going on here)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def second_factor_context(user_id: str) -> str:
    """What the key is sealed for."""
    return f"spare-key/v1/second-factor {user_id}"


class SecondFactor(Base):
    """One a person. It counts once a first code has shown that the app has the key."""

    __tablename__ = "second_factor"

    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    """The key in base32, sealed."""
    made_in: Mapped[str] = mapped_column(String(64))
    """The session that sets it up: no other is shown the key, and none may confirm what another began."""
    made_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    """The time step (of 30 seconds) of the last code that was taken: only later ones are, so none is taken twice."""

    user: Mapped[User] = relationship()

    @staticmethod
    def of(user_id: str) -> "SecondFactor | None":
        """The person’s second factor, if it is on."""
        found = db.session.get(SecondFactor, user_id)
        return found if found and found.confirmed_at else None

    @staticmethod
    def those_of(organisation_id: str) -> set[str]:
        """The ids of everybody in the organisation whose second factor is on."""
        on = select(SecondFactor.user_id).join(User).where(User.organisation_id == organisation_id)
        return set(db.session.scalars(on.where(SecondFactor.confirmed_at.is_not(None))))

    @staticmethod
    def being_set_up(user_id: str, sign_in_id: str) -> "SecondFactor | None":
        """What this session began to set up a short while ago, and has not confirmed."""
        found = db.session.get(SecondFactor, user_id)
        if found is None or found.confirmed_at or found.made_in != sign_in_id:
            return None
        return found if now() - found.made_at < limits.SECOND_FACTOR_SET_UP else None

    @staticmethod
    def begin(user: User, sign_in_id: str) -> None:
        """A fresh key for this session to confirm, in the caller’s transaction with `user` locked. Changes nothing
        where it is on already."""
        assert in_transaction()
        if SecondFactor.of(user.id):
            return
        db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
        sealed = sealer().seal(pyotp.random_base32().encode(), second_factor_context(user.id))
        db.session.add(SecondFactor(user_id=user.id, secret=sealed, made_in=sign_in_id))

    @staticmethod
    def turn_on(user: User, sign_in_id: str, typed: str) -> list[str]:
        """It counts from now on, and every other session ends: they were begun without it. Returns the one-time codes,
        which stand nowhere else. In the caller’s transaction with `user` locked. Raises NotTaken."""
        assert in_transaction()
        found = SecondFactor.being_set_up(user.id, sign_in_id)
        if found is None:
            raise NotTaken("no_set_up")
        found.last_step, found.confirmed_at = found.step_of(typed), now()
        user.end_sessions(but=sign_in_id)
        SecondFactor.note(sign_in_id)
        Event.append("second_factor.turned_on", user.organisation_id, actor=user, subject=user)
        Notice.give(user, "second_factor_on", sign_in=SignIn.notice_name(sign_in_id))
        return OneTimeCode.make_all(user)

    @property
    def key(self) -> str:
        """The key in base32."""
        return sealer().unseal(self.secret, second_factor_context(self.user_id)).decode()

    def address(self, organisation: "Organisation") -> str:
        """What an authenticator app takes it from: `otpauth://totp/…`."""
        issuer = f"Spare Key {organisation.name}"
        return pyotp.TOTP(self.key).provisioning_uri(name=self.user.email, issuer_name=issuer)

    def step_of(self, typed: str) -> int:
        """The time step this code belongs to: the present one, or one before or after it, since clocks differ. Raises
        NotTaken."""
        try:
            return pyotp.TOTP(self.key).verify_and_get_timecode(typed, for_time=now(), valid_window=1)
        except pyotp.OTPVerificationError:
            raise NotTaken("wrong_code") from None

    @staticmethod
    def spend(user: User, typed: str) -> None:
        """Take a code of the app, or a one-time code, in the caller’s transaction. Raises NotTaken."""
        assert in_transaction()
        if not is_app_code(typed):
            if not OneTimeCode.use(user, typed):
                raise NotTaken("wrong_code")
            return
        found = SecondFactor.of(user.id)
        if found is None:
            raise NotTaken("wrong_code")
        step = found.step_of(typed)
        # Compared and set in one statement: of two who bring the same code at once, one is refused.
        taken = db.session.execute(
            update(SecondFactor)
            .where(SecondFactor.user_id == user.id, SecondFactor.last_step < step)
            .values(last_step=step)
            .returning(SecondFactor.user_id)
        ).first()
        if taken is None:
            raise NotTaken("used_code")

    @staticmethod
    def note(sign_in_id: str) -> None:
        """Remember in the session that a code was typed there now, in the caller’s transaction."""
        assert in_transaction()
        db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(second_factor_at=now()))

    @staticmethod
    def renew_codes(user: User, sign_in_id: str) -> list[str]:
        """Other one-time codes in the place of all there were, in the caller’s transaction with `user` locked."""
        Event.append("second_factor.codes_renewed", user.organisation_id, actor=user, subject=user)
        Notice.give(user, "one_time_codes_made", sign_in=SignIn.notice_name(sign_in_id))
        return OneTimeCode.make_all(user)

    @staticmethod
    def turn_off(user: User, sign_in_id: str) -> None:
        """The password alone signs in again, in the caller’s transaction with `user` locked."""
        SecondFactor.forget(user)
        Event.append("second_factor.turned_off", user.organisation_id, actor=user, subject=user)
        Notice.give(user, "second_factor_off", sign_in=SignIn.notice_name(sign_in_id))

    @staticmethod
    def tidy() -> None:
        """Remove keys that nobody confirmed in time, in the caller’s transaction."""
        late = SecondFactor.made_at <= now() - limits.SECOND_FACTOR_SET_UP
        db.session.execute(delete(SecondFactor).where(SecondFactor.confirmed_at.is_(None), late))

    @staticmethod
    def forget(user: User) -> None:
        """Remove the key and the one-time codes, in the caller’s transaction with `user` locked."""
        assert in_transaction()
        for table in (SecondFactor, OneTimeCode):
            db.session.execute(delete(table).where(table.user_id == user.id))


def without_blanks(typed: str) -> str:
    """What was typed, without what apps and people put between the figures."""
    return "".join(typed.split()).replace("-", "")


def is_app_code(typed: str) -> bool:
    """Whether it has the shape of an app’s code; anything else is tried as a one-time code."""
    return len(typed) == DIGITS and typed.isascii() and typed.isdigit()
