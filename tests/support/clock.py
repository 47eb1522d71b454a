"""Moving the time that webapp.clock tells, for every thread of this process."""

from datetime import datetime, timedelta

from webapp import clock


class MovableClock:
    """What the fixture `clock` gives: real time that a test pushes forward (or back)."""

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
