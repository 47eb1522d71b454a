"""Credentials that a person types: a try is counted before it is compared, and given back if it was right."""

from webapp import limits
from webapp.crypto import passwords
from webapp.crypto.sealing import SealingFailed
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.signin.second_factor import NotTaken, SecondFactor, is_app_code, without_blanks
from webapp.web import rate_limits
from webapp.web.access import current_sign_in
from webapp.web.attempts import by_account
from webapp.web.rate_limits import (
    GUESSED,
    ONE_TIME_CODES,
    PASSWORD_SHOWN,
    SECOND_FACTOR,
    SIGN_IN_ACCOUNT,
    SIGN_IN_ADDRESS,
    SIGN_IN_BROWSER,
    SIGN_INS,
    RateLimited,
)


def take_code(user: User, typed: str) -> None:
    """Spend a code of the person’s app, or a one-time code. Raises NotTaken, RateLimited; SealingFailed, and then
    nothing was counted."""
    typed = without_blanks(typed[: limits.CODE_CHARACTERS])
    user_id = user.id
    if not typed:
        raise NotTaken("wrong_code")
    SecondFactor.require_key(user_id, typed)
    rate = SECOND_FACTOR if is_app_code(typed) else ONE_TIME_CODES
    try:
        taken = rate_limits.take(rate.of(user_id))
    except RateLimited:
        _tell_of_guessing(user_id)
        raise
    try:
        with transaction():
            SecondFactor.spend(User.locked(user_id), typed)
    except SealingFailed:
        taken.give_back()
        raise
    taken.give_back()


def who_signs_in(email: str, typed: str) -> tuple[User, int] | None:
    """The user with this address and password, and their session epoch. The same work is done where there is none.
    Raises RateLimited."""
    buckets = by_account(email, SIGN_IN_ACCOUNT, SIGN_IN_BROWSER, SIGN_IN_ADDRESS)
    taken = rate_limits.take(*buckets)
    user = User.by_email(email)
    known = user.password_hash if user and user.is_enabled else None
    if not passwords.matches(typed, known or None):
        return None
    assert user
    seen_epoch = user.session_epoch
    taken.give_back()
    rate_limits.spend(SIGN_INS, buckets[0].whose)
    return user, seen_epoch


def is_password(user: User, typed: str) -> bool:
    """Whether it is the sign-in password of the person who is signed in. Raises RateLimited."""
    taken = rate_limits.take(PASSWORD_SHOWN.of(current_sign_in().id))
    is_right = passwords.matches(typed, user.password_hash or None)
    if is_right:
        taken.give_back()
    return is_right


def _tell_of_guessing(user_id: str) -> None:
    """Once a day: whoever gets that far knows the password, or sits at a browser that is signed in."""
    try:
        rate_limits.spend(GUESSED, user_id)
    except RateLimited:
        return
    with transaction():
        user = User.locked(user_id)
        Event.append("second_factor.guessed", user.organisation_id, subject=user)
        Notice.give(user, "second_factor_guessed")
