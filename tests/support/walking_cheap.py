"""What makes a walk cheap: it is about what everybody may do, and not about what that costs."""

import gc
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest

from webapp import clock, throttle
from webapp.client import cpace, identities


def cheap(patch: pytest.MonkeyPatch) -> None:
    """What costs time and is no part of a walk: long scalars, throttles, which have tests of their own, and the
    spelling of the same keys again and again."""
    for spelling in ("_bech32", "_unbech32"):
        patch.setattr(identities, spelling, lru_cache(4096)(getattr(identities, spelling)))
    gc.freeze()  # nothing that is there by now will be garbage, and a walk makes none that matters
    gc.set_threshold(100_000, 20, 100)
    patch.setattr(cpace, "sample_scalar", lambda: 1 + secrets.randbits(16))
    patch.setattr(throttle, "spend", lambda *_: None)


@contextmanager
def made_cheap() -> Iterator[None]:
    """While a walk goes on; the clock is right afterwards."""
    usual = gc.get_threshold()
    with pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        yield
    gc.set_threshold(*usual)
    gc.unfreeze()
    clock.offset = clock.offset * 0
