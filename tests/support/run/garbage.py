"""Garbage is looked for less often: what collection made stays to the end, and a search goes through all of it."""

import gc

import pytest

THRESHOLD = 50_000
"""So many new objects until the youngest are gone through; Python’s own number is 700."""


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """In every worker: nothing that is there by now will be garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(THRESHOLD, 20, 20)
