"""The time that webapp.clock tells, for every thread of this process: standing still, and moved by tests."""

import itertools
import os
from datetime import UTC, datetime, timedelta

from webapp import clock

STARTS_AT = os.environ.get("CLOCK_AT")
"""When every test begins whose clock stands still, like 2028-02-29T23:59:59Z; not given: now."""
TICK = timedelta(microseconds=1)


class StandingClock:
    """Goes on by a microsecond whenever somebody looks, so that rows keep their order, and by nothing else: neither a
    busy machine nor midnight makes anything older than a test says."""

    def __init__(self) -> None:
        self._begun = clock.parse_stamp(STARTS_AT) if STARTS_AT else datetime.now(UTC)
        self._looks = itertools.count()

    def __call__(self) -> datetime:
        """The present, for `webapp.clock.read`."""
        return self._begun + next(self._looks) * TICK


class MovableClock:
    """What the fixture `clock` gives: time that a test pushes forward (or back). Beside a server it runs on, too."""

    def advance(self, **amount: float) -> datetime:
        """Let time pass: `clock.advance(days=7, seconds=1)`. Returns the new present."""
        clock.offset += timedelta(**amount)
        return clock.now()

    def move_to(self, moment: datetime) -> datetime:
        """Make it `moment`, an aware datetime; time runs on from there."""
        clock.offset += moment - clock.now()
        return clock.now()

    def now(self) -> datetime:
        """The present, as the application sees it."""
        return clock.now()

    def reset(self) -> None:
        """Back to the real time."""
        clock.offset = timedelta(0)
