"""What makes a walk cheap: it is about what everybody may do, and not about what that costs."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest

from tests.walks.stage.between import MOST
from tests.walks.stage.chance import Chance
from webapp import clock
from webapp.client.crypto import cpace, identities
from webapp.client.transport.http import Browser
from webapp.crypto import passwords
from webapp.web import rate_limits


def cheap(patch: pytest.MonkeyPatch) -> None:
    """What costs time and is no part of a walk: long scalars, throttles, which have tests of their own, and the
    spelling of the same keys again and again."""
    for spelling in ("_bech32", "_unbech32"):
        patch.setattr(identities, spelling, lru_cache(4096)(getattr(identities, spelling)))
    patch.setattr(cpace, "sample_scalar", lambda: 1 + secrets.randbits(16))
    patch.setattr(rate_limits, "take", lambda *_: rate_limits.Taken(()))
    passwords.matches("", None)  # what it makes once a process is made before anything is drawn for a walk


@contextmanager
def made_cheap() -> Iterator[Chance]:
    """While a walk goes on, with all that chance has in it; the clock is right afterwards. Where no answer came, what
    was signed goes again without a pause."""
    with pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        patch.setattr(Browser, "repeats", MOST)
        yield Chance(patch)
    clock.offset = clock.offset * 0
