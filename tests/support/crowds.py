"""Many at once: real threads, each with a database session of its own, that start together."""

import threading
from collections.abc import Callable
from typing import TypeVar

from flask import Flask

Answer = TypeVar("Answer")


def at_once(app: Flask, works: list[Callable[[], Answer]]) -> list[Answer | Exception]:
    """What each work returned or raised, in their order."""
    answers: list[Answer | Exception | None] = [None] * len(works)
    ready = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Answer]) -> None:
        with app.app_context():
            ready.wait()
            try:
                answers[place] = work()
            except Exception as error:
                answers[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer is not None]
