"""What a waiting page asks again, and when. The address carries what it shows, so most answers are “nothing new”."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import request

from webapp.clock import now
from webapp.web.polling import PACES, Pace

AT_LEAST = timedelta(days=1)


@dataclass(frozen=True)
class Poll:
    """For the fragment: the query it asks with next time, and after how many milliseconds."""

    version: str
    since: int
    """When this page began to wait, in seconds: how often it asks depends on it."""
    due: int
    """When what it shows will be different even if nothing happens: an age in words, an expiry, the pace."""
    every: int


def shows(version: str) -> bool:
    """Whether the page that asks shows this version, and nothing on it is due."""
    return request.args.get("version") == version and _number("due") > now().timestamp()


def next_poll(version: str, changes: Iterable[datetime] = ()) -> Poll:
    """How the fragment that is rendered now goes on asking; whatever is new makes it ask quickly again."""
    moment = now()
    asked_since = datetime.fromtimestamp(_number("since"), UTC)
    since = min(asked_since, moment) if request.args.get("version") == version else moment
    changes = [*changes, *(since + after for after in PACES), moment + AT_LEAST]
    due = min(change for change in changes if change > moment)
    return Poll(version, int(since.timestamp()), math.ceil(due.timestamp()), Pace.since(since).milliseconds)


def _number(name: str) -> int:
    """A time in seconds from the query; anything else is 0."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 11 else 0
