"""The worker: mail goes out once, late rather than never, and what is over is tidied away."""

import logging
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from tests.support.servers.mail_server import Postbox, due
from tests.views.account.test_notices import give
from webapp import limits, worker
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.challenge import Challenge
from webapp.models.signin.rate_bucket import RateBucket
from webapp.models.signin.session import SignIn


def tidy(app: Flask) -> None:
    with app.app_context():
        worker.tidy()


def test_dead_challenges_are_tidied_away(app: Flask, alice: Person, clock: MovableClock) -> None:
    assert alice.post("/devices/challenge").status_code == 200
    clock.advance(minutes=3)
    tidy(app)
    with app.app_context():
        assert not db.session.scalars(select(Challenge)).all()
        assert len(db.session.scalars(select(SignIn)).all()) == 1


def test_full_buckets_are_tidied_away(app: Flask, alice: Person, clock: MovableClock) -> None:
    assert alice.client
    tidy(app)
    with app.app_context():
        assert db.session.scalars(select(RateBucket)).all()
    clock.advance(days=8)
    tidy(app)
    with app.app_context():
        assert not db.session.scalars(select(RateBucket)).all()


@pytest.mark.databases
def test_an_overdue_request_expires_with_a_notice(
    app: Flask, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    waiting_request(alice, organisation_key)
    clock.advance(days=7, seconds=1)
    tidy(app)
    tidy(app)
    with app.app_context():
        assert db.session.scalars(select(RestoreRequest.stored_state)).one() == "expired"
        assert Notice.shown_to(db.session.get_one(User, alice.user_id))[0].kind == "restore_expired"
        db.session.remove()


def test_the_share_of_an_unpaired_device_is_destroyed_when_nothing_can_be_undone(
    app: Flask, alice: Person, clock: MovableClock
) -> None:
    device = enrolled(alice)
    with app.app_context(), transaction() as session:
        session.get_one(Device, device.id).unpair(None, 2, now() + limits.UNDO_WINDOW)
    clock.advance(days=6)
    tidy(app)
    with app.app_context():
        assert db.session.scalars(select(DeviceLock)).all()
    clock.advance(days=1, seconds=1)
    tidy(app)
    with app.app_context():
        assert not db.session.scalars(select(DeviceLock)).all()


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Ends the worker, as its signal does."""
    handlers: list[Callable[..., object]] = []
    monkeypatch.setattr("webapp.worker.signal.signal", lambda _number, handler: handlers.append(handler))
    monkeypatch.setattr("webapp.worker.PAUSE_SECONDS", 0.01)

    def end() -> None:
        handlers[-1]()

    return end


@pytest.mark.parametrize("what", ["mail_delivery.deliver_due", "PasswordResetRequest.answer_all"])
def test_a_failing_round_is_not_the_last(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    stop: Callable[[], None],
    what: str,
) -> None:
    rounds: list[int] = []
    caplog.set_level(logging.INFO, "webapp")

    def failing(*_: object) -> int:
        rounds.append(1)
        if len(rounds) == 3:
            stop()
        raise RuntimeError("a round went wrong")

    monkeypatch.setattr(f"webapp.worker.{what}", failing)
    worker.run(app)
    assert len(rounds) == 3
    assert caplog.messages[0] == "worker started"


def test_a_mail_server_that_never_answers_holds_up_no_tidying(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch, stop: Callable[[], None]
) -> None:
    """The mail is being handed over from before the first tidying until the worker has ended."""
    postbox, tidied = Postbox(), threading.Event()
    app.config["SMTP"] = postbox.address
    postbox.silent_at = {"."}
    give(alice)
    original = worker.tidy

    def tidies() -> None:
        postbox.asked.wait()
        original()
        tidied.set()
        stop()

    monkeypatch.setattr(worker, "tidy", tidies)
    monkeypatch.setattr(worker, "LAST_MAIL_SECONDS", 0)
    worker.run(app)
    assert tidied.is_set()
    assert postbox.taken == []
    postbox.close()


def test_a_worker_that_ends_hands_over_what_it_has_in_hand_and_begins_no_other(
    app: Flask, alice: Person, stop: Callable[[], None]
) -> None:
    postbox = Postbox()
    app.config["SMTP"] = postbox.address
    for _ in range(3):
        give(alice)
    postbox.when_taken = stop
    worker.run(app)
    assert len(postbox.taken) == 1
    with app.app_context():
        assert len(due()) == 2, "the others are anybody’s at once"
    postbox.close()
