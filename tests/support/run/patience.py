"""How long tests wait for what has to come before they take it for lost: many times what a busy machine needs, since
the wait ends as soon as it is there. No test waits so long for what must not come: it waits for what comes instead."""

import time
from collections.abc import Callable

AT_ONCE = 120_000
"""Milliseconds for what a page does at once."""
DERIVED = 240_000
"""Milliseconds for what derives keys, or has thousands of rows."""
HUNG = 600
"""Seconds for a thread, a process or a connection."""
PAUSE = 0.02
"""Seconds between two looks at another process."""


def wait_until(is_there: Callable[[], bool], what: str) -> None:
    """For what another process does, which nobody is told of: look again and again."""
    end = time.monotonic() + HUNG
    while not is_there():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(PAUSE)


def time_is_up(seconds: float) -> Callable[[], bool]:
    """Whether so many have passed, for what goes on as long as somebody asked it to."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end
