"""The one place that knows what time it is. Tests move it; nothing else asks the operating system."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

offset = timedelta(0)
read: Callable[[], datetime] = partial(datetime.now, UTC)
"""Where time comes from. Tests put a clock here that stands still."""


def now() -> datetime:
    """The present, aware, in UTC, to the microsecond."""
    return read() + offset


def stamp(moment: datetime) -> str:
    """`2026-11-22T16:10:46Z`: how every document of ours writes a time (RFC 3339, whole seconds)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_stamp(text: str) -> datetime:
    """The inverse of stamp(). Raises ValueError for any other spelling."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def clock_time(moment: datetime) -> str:
    """`22 Nov 2026, 16:10 UTC`: the server doesn’t know anybody’s time zone."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def day(moment: datetime) -> str:
    """`22 Nov 2026`."""
    return f"{moment.day} {moment:%b %Y}"
