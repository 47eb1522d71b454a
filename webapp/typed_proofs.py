"""What a person types to show that it is them: counted before it is compared, and given back where it was right."""

from webapp import limits, throttle
from webapp.crypto import passwords
from webapp.database import transaction
from webapp.models import Event, Notice, NotTaken, SecondFactor, User
from webapp.models.second_factor import is_app_code, without_blanks
from webapp.security import address
from webapp.throttle import GUESSED, ONE_TIME_CODES, SECOND_FACTOR, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, Throttled


def take_code(user: User, typed: str) -> None:
    """Spend a code of the person’s app, or a one-time code. Raises NotTaken, Throttled."""
    typed, user_id = without_blanks(typed[: limits.CODE_CHARACTERS]), user.id
    if not typed:
        raise NotTaken("wrong_code")
    rate = SECOND_FACTOR if is_app_code(typed) else ONE_TIME_CODES
    try:
        throttle.spend(rate, user_id)
    except Throttled:
        _tell_of_guessing(user_id)
        raise
    with transaction():
        SecondFactor.spend(User.locked(user_id), typed)
    throttle.give_back(rate, user_id)


def is_password(user: User, typed: str) -> bool:
    """Whether it is the person’s sign-in password. Raises Throttled."""
    throttle.spend(SIGN_IN_ADDRESS, throttle.network(address()))
    throttle.spend(SIGN_IN_ACCOUNT, user.email)
    return passwords.matches(typed, user.password_hash or None)


def _tell_of_guessing(user_id: str) -> None:
    """Once a day: whoever gets that far knows the password, or sits at a browser that is signed in."""
    try:
        throttle.spend(GUESSED, user_id)
    except Throttled:
        return
    with transaction():
        user = User.locked(user_id)
        Event.append("second_factor.guessed", user.organisation_id, subject=user)
        Notice.give(user, "second_factor_guessed")
