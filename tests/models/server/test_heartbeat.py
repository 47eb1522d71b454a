"""The row by which probes see whether a worker is at work."""

import signal
import threading
from datetime import timedelta

import pytest
from flask import Flask

from tests.support.run import patience
from tests.support.run.clock import MovableClock
from webapp import worker
from webapp.database import db
from webapp.models.server.heartbeat import Heartbeat


def age(app: Flask) -> timedelta | None:
    with app.app_context():
        return Heartbeat.age()


@pytest.mark.databases
def test_it_is_written_again_once_it_is_older_than_a_moment(app: Flask, clock: MovableClock) -> None:
    assert age(app) is None
    for seconds, after in ((0, 0), (5, 5), (30, 0)):
        clock.advance(seconds=seconds)
        with app.app_context():
            Heartbeat.beat()
            found = Heartbeat.age()
        assert found is not None
        assert round(found.total_seconds()) == after


def test_a_clock_that_was_ahead_does_not_stop_it(app: Flask, clock: MovableClock) -> None:
    clock.advance(days=1)
    with app.app_context():
        Heartbeat.beat()
    clock.reset()
    with app.app_context():
        Heartbeat.beat()
        assert Heartbeat.age() is not None
        assert abs(Heartbeat.age() or timedelta(days=1)) < timedelta(hours=1)


@pytest.mark.databases
def test_two_workers_write_one_row(app: Flask) -> None:
    def beat() -> None:
        with app.app_context():
            Heartbeat.beat()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience.HUNG)
    with app.app_context():
        assert db.session.query(Heartbeat).count() == 1


def test_the_worker_writes_it_each_round(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Once(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            """After the first round there is no second."""
            self.set()
            return True

    monkeypatch.setattr(threading, "Event", Once)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    worker.run(app)
    assert age(app) is not None
