"""The second factor of a sign-in: codes of an authenticator app (TOTP, RFC 6238), made and checked by pyotp.

It guards the sign-in, not the vault: the server knows the key, as it must to check a code.
"""

from datetime import datetime

import pyotp
from sqlalchemy import ForeignKey, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, backref, column_property, joinedload, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import Base, db, in_transaction, read_once
from webapp.models.columns import Id
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.refusals import Refused
from webapp.models.server.sealing_key import SealingKey, seals
from webapp.models.signin.one_time_code import OneTimeCode
from webapp.models.signin.session import Ended, SignIn

DIGITS = 6


class NotTaken(Refused):
    """The code doesn’t count; `code` says why: `wrong_code`, `used_code`, or `no_set_up` (none is going on here)."""


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

    user: Mapped[User] = relationship(backref=backref("second_factor", uselist=False, viewonly=True))
    codes_left: Mapped[int] = column_property(OneTimeCode.counted_for(user_id))
    """How many one-time codes the person can still use."""

    @staticmethod
    def of(user_id: str) -> "SecondFactor | None":
        """The person’s second factor, if it is on."""
        found = _row_of(user_id)
        return found if found and found.confirmed_at else None

    @staticmethod
    def those_of(organisation_id: str) -> set[str]:
        """The ids of everybody in the organisation whose second factor is on."""
        on = select(SecondFactor.user_id).join(User).where(User.organisation_id == organisation_id)
        return set(db.session.scalars(on.where(SecondFactor.confirmed_at.is_not(None))))

    @staticmethod
    def being_set_up(user_id: str, sign_in_id: str) -> "SecondFactor | None":
        """What this session began to set up a short while ago, and has not confirmed."""
        found = _row_of(user_id)
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
        sealed = SealingKey.seal(pyotp.random_base32().encode(), second_factor_context(user.id))
        db.session.add(SecondFactor(user_id=user.id, secret=sealed, made_in=sign_in_id))

    @staticmethod
    def turn_on(user: User, sign_in_id: str, typed: str) -> list[str]:
        """It counts from now on, and every other session ends: they were begun without it. Returns the one-time codes,
        which stand nowhere else. In the caller’s transaction with `user` locked. Raises NotTaken."""
        assert in_transaction()
        second_factor = SecondFactor.being_set_up(user.id, sign_in_id)
        if second_factor is None:
            raise NotTaken("no_set_up")
        second_factor.last_step = second_factor.step_of(typed)
        second_factor.confirmed_at = now()
        SignIn.end_every(user, but=sign_in_id, why=Ended.FACTOR_ON)
        SecondFactor.note(sign_in_id)
        Event.append("second_factor.turned_on", user.organisation_id, actor=user, subject=user)
        Notice.give(user, "second_factor_on", sign_in=SignIn.notice_name(sign_in_id))
        return OneTimeCode.make_all(user)

    @staticmethod
    def require_key(user_id: str, typed: str) -> None:
        """Open the key that this code is to be held against, before anything is counted. Raises SealingFailed."""
        second_factor = SecondFactor.of(user_id) if is_app_code(without_blanks(typed)) else None
        if second_factor:
            sealer().unseal(second_factor.secret, second_factor_context(user_id))

    @property
    def key(self) -> str:
        """The key in base32. Raises SealingFailed."""
        return sealer().unseal(self.secret, second_factor_context(self.user_id)).decode()

    def address(self, organisation: Organisation) -> str:
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
        second_factor = SecondFactor.of(user.id)
        if second_factor is None:
            raise NotTaken("wrong_code")
        step = second_factor.step_of(typed)
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


@read_once
def _row_of(user_id: str) -> SecondFactor | None:
    if in_transaction():
        return db.session.get(SecondFactor, user_id)
    user = db.session.get(User, user_id)
    return user.second_factor if user else None


def asking(sign_in_id: str) -> SignIn | None:
    """The session that makes a request, if nothing has ended it, with its user, their organisation and their second
    factor."""
    return SignIn.asking(sign_in_id, joinedload(SignIn.user).joinedload(User.second_factor))


def without_blanks(typed: str) -> str:
    """What was typed, without what apps and people put between the figures."""
    return "".join(typed.split()).replace("-", "")


def is_app_code(typed: str) -> bool:
    """Whether it has the shape of an app’s code; anything else is tried as a one-time code."""
    return len(typed) == DIGITS and typed.isascii() and typed.isdigit()


seals(SecondFactor.secret, lambda factor: second_factor_context(factor.user_id))
