"""What would differ from one walk of a seed to the next: the time of day, and everything that is drawn. Both are made
to follow from how far the walk is, so that what a walk does depends on its seed alone.

What age draws when it seals can't be reached from here; no rule and no law looks at it.
"""

import random
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from webapp import clock

BEGIN = datetime(2026, 12, 1, 9, 30, 7, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
"""How much later it is each time that somebody asks: what happens later has the later moment."""


class Chance:
    """The clock that stands still unless it is asked, and the dice that fall the same way."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        dice = random.Random()
        for name in ("_sysrand", "randbits", "choice"):
            patch.setattr(secrets, name, {"randbits": dice.getrandbits, "choice": dice.choice}.get(name, dice))
        # hypothesis likes numbers that stand in the modules which happen to be loaded, and keeps what it found.
        patch.setattr(providers, "_get_local_constants", Constants)
        patch.setattr(providers, "CONSTANTS_CACHE", LRUCache(1024))
        patch.setattr(clock, "read", self.now)
        self._dice = dice
        self.begin("")

    def begin(self, what: str) -> None:
        """It is the beginning, again."""
        self._dice.seed(what)
        self._asked = 0
        clock.offset = timedelta(0)

    def now(self) -> datetime:
        """A moment later than before."""
        self._asked += 1
        return BEGIN + self._asked * TICK
