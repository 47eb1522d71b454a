"""Rate limits: how often something may be tried. Rows, so that all workers count together.

A try is taken before it is looked at, so that many at once are no more than allowed; one that was right gives back what
it took, and no more, so that nobody buys wrong tries with right ones. `.github/docs/limits.md` lists every limit.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, case, select, update
from sqlalchemy.orm import scoped_session

from webapp.clock import now
from webapp.database import insert_missing, transaction
from webapp.models.signin.rate_bucket import RateBucket

ROWS = cast("Table", RateBucket.__table__)
NOTE = (
    update(ROWS).where(ROWS.c.key == bindparam("whose")).values(tokens=bindparam("left"), filled_at=bindparam("moment"))
)


class RateLimited(Exception):
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

    def of(self, *whose: str) -> "Bucket":
        """The bucket of an account, an address, a link …"""
        return Bucket(self, "\n".join(whose))


@dataclass(frozen=True)
class Bucket:
    """What one of them has of one rate."""

    rate: Rate
    whose: str

    @property
    def key(self) -> str:
        """The row’s: it tells the rate, and nothing of whose it is."""
        return f"{self.rate.name}:{hashlib.sha256(self.whose.encode()).hexdigest()}"


@dataclass
class Taken:
    """Tries that were taken."""

    buckets: tuple[Bucket, ...]
    _is_back: bool = field(default=False, init=False)

    def give_back(self) -> None:
        """Return the tries, once: they were right, and only wrong ones count. In a transaction of its own."""
        if not self._is_back:
            self._is_back = True
            give_back(*self.buckets)


SIGN_IN_ACCOUNT = Rate("sign-in-account", 10, timedelta(minutes=2))
"""Wrong passwords of strangers at one account."""
SIGN_IN_BROWSER = Rate("sign-in-browser", 10, timedelta(minutes=2))
"""The same for one browser that the account’s owner signed in with: strangers can’t use it up."""
SIGN_IN_ADDRESS = Rate("sign-in-address", 50, timedelta(seconds=20))
SIGN_INS = Rate("sign-ins", 30, timedelta(minutes=2))
"""Right passwords: this stops no guessing, but somebody who knows one can’t make sessions and mails without end."""
PASSWORD_SHOWN = Rate("password-shown", 10, timedelta(minutes=2))
"""Wrong passwords of somebody who is signed in."""
FORGOT_ACCOUNT = Rate("forgot-account", 4, timedelta(minutes=15))
FORGOT_BROWSER = Rate("forgot-browser", 4, timedelta(minutes=15))
FORGOT_ADDRESS = Rate("forgot-address", 20, timedelta(minutes=1))
NEW_PASSWORDS = Rate("new-passwords", 20, timedelta(seconds=20))
JOINS = Rate("joins", 20, timedelta(seconds=20))
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
"""Counted apart: somebody who uses up the other tries still leaves the member a way in."""
GUESSED = Rate("guessed", 1, timedelta(days=1))
CHALLENGES = Rate("challenges", 120, timedelta(milliseconds=500))


def take(*buckets: Bucket) -> Taken:
    """Take one try from each bucket, in a transaction of its own. Raises RateLimited, and takes none, if a bucket is
    empty."""
    with transaction() as session:
        moment = now()
        wait = timedelta(0)
        left = []
        for key, bucket, row in _locked(session, {bucket.key: bucket for bucket in buckets}, moment):
            rate = bucket.rate
            gained = (moment - row.filled_at) / rate.every
            tokens = min(float(rate.burst), row.tokens + max(0.0, gained)) - 1
            left.append({"whose": key, "left": tokens, "moment": moment})
            wait = max(wait, -tokens * rate.every)
        if wait:
            raise RateLimited(int(wait.total_seconds()) + 1)
        if left:
            session.connection().execute(NOTE, left)
    return Taken(buckets)


def spend(rate: Rate, *whose: str) -> None:
    """Take one try for good: what is counted is that it was done. Raises RateLimited."""
    take(rate.of(*whose))


def give_back(*buckets: Bucket) -> None:
    """Return a try of each, where another request took it. In a transaction of its own."""
    if not buckets:
        return
    with transaction() as session:
        for bucket in sorted(buckets, key=lambda bucket: bucket.key):
            burst = float(bucket.rate.burst)
            more = RateBucket.tokens + 1
            row = update(RateBucket).where(RateBucket.key == bucket.key)
            row = row.execution_options(synchronize_session=False)
            session.execute(row.values(tokens=case((more > burst, burst), else_=more)))


def _locked(
    session: scoped_session[Any], buckets: Mapping[str, Bucket], moment: datetime
) -> Iterator[tuple[str, Bucket, "Row[Any, Any, Any]"]]:
    """The row of each, held until the transaction ends: first those that are missing are made, full, then all are held,
    either in one order, so that nobody waits for each other."""
    row = RateBucket
    query = select(row.key, row.tokens, row.filled_at).where(row.key.in_(buckets)).order_by(row.key).with_for_update()
    # One alone is held at once where it is there. Of several none may be held before those that are missing are made.
    held = session.execute(query).all() if len(buckets) == 1 else []
    if not held:
        there = set(session.scalars(select(row.key).where(row.key.in_(buckets)))) if len(buckets) > 1 else set()
        for key in sorted(buckets.keys() - there):
            insert_missing(row, key=key, tokens=float(buckets[key].rate.burst), filled_at=moment)
        held = session.execute(query).all()
    for found in held:
        yield found.key, buckets[found.key], found
