"""Throttles: how often something may be tried. Rows, so that all workers count together."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from webapp.clock import now
from webapp.database import insert_missing, transaction
from webapp.models.throttle_bucket import ThrottleBucket


class Throttled(Exception):
    """Too many tries; `retry_after` says in seconds when one is free again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Rate:
    """`burst` tries at once, and one more each `every`."""

    name: str
    burst: int
    every: timedelta


SIGN_IN_ACCOUNT = Rate("sign-in-account", 10, timedelta(minutes=2))
SIGN_IN_ADDRESS = Rate("sign-in-address", 50, timedelta(seconds=20))
FORGOT_ACCOUNT = Rate("forgot-account", 4, timedelta(minutes=15))
FORGOT_ADDRESS = Rate("forgot-address", 20, timedelta(minutes=1))
NEW_PASSWORDS = Rate("new-passwords", 20, timedelta(seconds=20))
JOIN_ADDRESS = Rate("join-address", 30, timedelta(minutes=1))
BACKUPS = Rate("backups", 20, timedelta(minutes=30))
KIT_CHANGES = Rate("kit-changes", 10, timedelta(minutes=10))
MAIL_CODES = Rate("mail-codes", 5, timedelta(minutes=20))
OWN_RECOVERIES = Rate("own-recoveries", 20, timedelta(minutes=5))
PAIRINGS = Rate("pairings", 10, timedelta(minutes=10))
RESTORE_REQUESTS = Rate("restore-requests", 6, timedelta(hours=4))
VETO_LINKS = Rate("veto-links", 10, timedelta(minutes=6))
SECOND_FACTOR = Rate("second-factor", 10, timedelta(minutes=30))
"""Codes of six digits that were wrong, of one account: 58 on the first day, of which each hits with 3 in 1,000,000."""
ONE_TIME_CODES = Rate("one-time-codes", 10, timedelta(minutes=5))
"""Counted apart, so that whoever uses the other tries up leaves the member a way in."""
GUESSED = Rate("guessed", 1, timedelta(days=1))
CHALLENGES = Rate("challenges", 120, timedelta(milliseconds=500))


def network(address: str) -> str:
    """Whose address it is: an IPv6 host has a whole /64 to itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else address


def spend(rate: Rate, whose: str) -> None:
    """Take one try of `whose` (an account, an address), in a transaction of its own. Raises Throttled."""
    key = _key(rate, whose)
    with transaction() as session:
        moment = now()
        insert_missing(ThrottleBucket, key=key, tokens=float(rate.burst), filled_at=moment)
        bucket = session.get_one(ThrottleBucket, key, with_for_update=True, populate_existing=True)
        gained = (moment - bucket.filled_at) / rate.every
        bucket.tokens = min(float(rate.burst), bucket.tokens + max(0.0, gained))
        bucket.filled_at = moment
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return
        missing = (1 - bucket.tokens) * rate.every
    raise Throttled(int(missing.total_seconds()) + 1)


def give_back(rate: Rate, whose: str) -> None:
    """Return the try that was just spent: it was right, and only wrong ones count. In a transaction of its own."""
    with transaction() as session:
        bucket = session.get(ThrottleBucket, _key(rate, whose), with_for_update=True, populate_existing=True)
        if bucket:
            bucket.tokens = min(float(rate.burst), bucket.tokens + 1)


def _key(rate: Rate, whose: str) -> str:
    return f"{rate.name}:{hashlib.sha256(whose.encode()).hexdigest()}"
