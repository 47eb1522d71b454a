"""Things done at the same moment, each in a thread with an application context and a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.support.run import patience
from webapp.database import db

Outcome = Any
"""What the work returned, or the exception it raised."""


def race(app: Flask, *works: Callable[[], Any]) -> list[Outcome]:
    """Begin all at once; their outcomes in the order given."""
    barrier, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                outcomes[place] = work()
            except Exception as error:
                outcomes[place] = error  # type: ignore[call-overload]
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience.HUNG)
    assert not any(thread.is_alive() for thread in threads), "two transactions wait for each other"
    return outcomes


def won(outcomes: list[Outcome]) -> int:
    """How many succeeded."""
    return sum(not isinstance(outcome, Exception) for outcome in outcomes)
