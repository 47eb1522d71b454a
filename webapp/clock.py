"""The one place that knows what time it is. Tests move it; nothing else asks the operating system."""

from datetime import UTC, datetime, timedelta

offset = timedelta(0)


def now() -> datetime:
    """The present, aware, in UTC, to the microsecond."""
    return datetime.now(UTC) + offset


def stamp(moment: datetime) -> str:
    """`2026-11-22T16:10:46Z`: how every document of ours writes a time (RFC 3339, whole seconds)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_stamp(text: str) -> datetime:
    """The inverse of stamp(). Raises ValueError for any other spelling."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
