"""How a process logs is one for all applications in it: no test finds what that of another test has set."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """As if no application had run for real in this process."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    root, ours = logging.getLogger(), logging.getLogger("webapp")
    for handler in root.handlers[:]:
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(handler)
    ours.handlers = []
    ours.setLevel(logging.NOTSET)
