"""How many pairing codes of a member were shown and typed in vain, and what that locks.

Each code that is typed tells whoever reads the answer whether one guess was right. One that runs out tells nobody
anything, so more of them are allowed.
"""

from datetime import datetime

from webapp import limits
from webapp.clock import now
from webapp.models.directory.user import User


class PairingLocked(Exception):
    """Too many codes came to nothing within a day; `until` says when pairing works again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def require_unlocked(user: User) -> None:
    """Raises PairingLocked while too many codes that came to nothing are less than a day old."""
    if user.pairing_is_locked and user.pairing_locked_until:
        raise PairingLocked(user.pairing_locked_until)


def require_codes_left(user: User) -> None:
    """Raises PairingLocked while the day’s last code is still shown or compared: no other pairing may begin."""
    require_unlocked(user)
    if is_used_up(user):
        raise PairingLocked(now() + limits.PAIRING_LOCK)


def count_code(user: User) -> None:
    """A code is shown: it counts until a pairing succeeds, or no code was shown for a day."""
    if user.pairing_codes_at is None or now() - user.pairing_codes_at > limits.PAIRING_LOCK:
        forget_codes(user)
    user.pairing_codes = user.pairing_codes + 1
    user.pairing_codes_at = now()


def count_answer(user: User) -> None:
    """A code was typed: whoever reads the answer learns whether one guess was right."""
    user.pairing_answers = user.pairing_answers + 1


def is_used_up(user: User) -> bool:
    """Whether no code is left for the day once the present one has come to nothing: so many were typed, or shown."""
    return user.pairing_answers >= limits.PAIRING_TRIES or user.pairing_codes >= limits.PAIRING_CODES


def forget_codes(user: User) -> None:
    """They led to a pairing, or locked it, or are a day old."""
    user.pairing_codes = user.pairing_answers = 0
    user.pairing_codes_at = None
