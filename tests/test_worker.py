"""The worker: mail goes out once, late rather than never, and what is over is tidied away."""

import smtplib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import MovableClock
from tests.support.mail_server import Postbox
from tests.support.people import ActiveKey, Person, enrolled
from tests.support.restores import waiting_request
from tests.views.test_notices import give
from webapp import limits, mail, worker
from webapp.clock import now
from webapp.config import MailServer
from webapp.database import db, transaction
from webapp.models import (
    Challenge,
    Device,
    DeviceLock,
    Notice,
    RestoreRequest,
    SignIn,
    ThrottleBucket,
    User,
)


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    """A mail server, and the application set up to use it."""
    postbox = Postbox()
    app.config["SMTP"] = postbox.address
    yield postbox
    postbox.stop()


def deliver(app: Flask) -> int:
    with app.app_context():
        return mail.deliver_due()


def notices(app: Flask) -> list[Notice]:
    with app.app_context():
        return list(db.session.scalars(select(Notice).order_by(Notice.made_at)))


def test_a_notice_becomes_a_mail(app: Flask, postbox: Postbox, alice: Person) -> None:
    notice = give(alice)
    assert deliver(app) == 1
    (sent,) = postbox.taken
    assert sent["To"] == "alice@example.org"
    assert sent["Subject"] == "Your account asked for a cloud backup to be restored"
    assert sent["From"] == app.config["MAIL_FROM"]
    assert sent["Message-ID"] == f"<{notice}@localhost>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert "http://localhost/recovery/requests/" in sent.get_content()
    assert deliver(app) == 0
    assert notices(app)[0].mailed_at


@pytest.mark.databases
def test_many_workers_send_each_mail_once(app: Flask, postbox: Postbox, alice: Person, bob: Person) -> None:
    made = {give(person) for person in (alice, bob) for _ in range(5)}
    counts: list[int] = []

    def work() -> None:
        for _ in range(3):
            counts.append(deliver(app))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == len(postbox.taken) == 10
    assert {sent["Message-ID"] for sent in postbox.taken} == {f"<{notice}@localhost>" for notice in made}


@pytest.mark.parametrize("trouble", ["down", "refusing"])
def test_it_tries_again_later_and_later(
    app: Flask, postbox: Postbox, alice: Person, clock: MovableClock, trouble: str
) -> None:
    postbox.refuses = trouble == "refusing"
    if trouble == "down":
        postbox.stop()
    give(alice)
    for tries, wait in enumerate([30, 300, 3600, 3600], start=1):
        assert deliver(app) == 0
        (notice,) = notices(app)
        assert (notice.tries, notice.mailed_at) == (tries, None)
        assert notice.last_error in ("ConnectionRefusedError", "SMTPDataError")
        assert abs((notice.next_try_at - now()).total_seconds() - wait) < 5
        assert deliver(app) == 0, "not before its time"
        clock.advance(seconds=wait)
    postbox.refuses = False
    if trouble == "down":
        postbox.start()
    assert deliver(app) == 1
    assert len(postbox.taken) == 1


class Crash(BaseException):
    """The worker’s process is gone."""


def dies(*_: Any) -> None:
    raise Crash


@pytest.mark.databases
def test_a_worker_that_dies_before_sending_loses_no_mail(
    app: Flask, postbox: Postbox, alice: Person, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(alice)
    with monkeypatch.context() as patch:
        patch.setattr(mail, "_send", dies)
        with pytest.raises(Crash):
            deliver(app)
    assert deliver(app) == 0, "claimed, until the claim has run out"
    clock.advance(minutes=2, seconds=1)
    assert deliver(app) == 1


def test_a_worker_that_dies_after_sending_sends_the_same_message_again(
    app: Flask, postbox: Postbox, alice: Person, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(alice)
    original: Callable[..., None] = mail._send

    def sends_and_dies(*arguments: Any) -> None:
        original(*arguments)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(mail, "_send", sends_and_dies)
        with pytest.raises(Crash):
            deliver(app)
    clock.advance(minutes=3)
    assert deliver(app) == 1
    assert len({sent["Message-ID"] for sent in postbox.taken}) == 1


def test_one_that_cannot_be_written_holds_up_no_other(app: Flask, postbox: Postbox, alice: Person) -> None:
    give(alice, "no_such_text")
    give(alice)
    assert deliver(app) == 1
    assert notices(app)[0].last_error == "TemplateNotFound"


def test_where_no_mail_is_sent_it_waits(app: Flask, alice: Person) -> None:
    give(alice)
    assert deliver(app) == 0
    assert notices(app)[0].tries == 0


def test_a_server_that_speaks_no_tls_gets_nothing(app: Flask, postbox: Postbox, alice: Person) -> None:
    server = postbox.address
    app.config["SMTP"] = MailServer(server.host, server.port, "starttls")
    give(alice)
    assert deliver(app) == 0
    assert notices(app)[0].last_error == smtplib.SMTPNotSupportedError.__name__
    assert postbox.taken == []


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
        assert db.session.scalars(select(ThrottleBucket)).all()
    clock.advance(days=8)
    tidy(app)
    with app.app_context():
        assert not db.session.scalars(select(ThrottleBucket)).all()


@pytest.mark.databases
def test_an_overdue_request_expires_with_a_notice(
    app: Flask, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    waiting_request(alice, organisation_key)
    clock.advance(days=7, seconds=1)
    tidy(app)
    tidy(app)
    with app.app_context():
        assert db.session.scalars(select(RestoreRequest.state)).one() == "expired"
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


def test_a_failing_round_is_not_the_last(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def failing() -> int:
        rounds.append(1)
        if len(rounds) == 3:
            signal_handlers[-1]()
        raise RuntimeError("a round went wrong")

    signal_handlers: list[Callable[..., object]] = []
    monkeypatch.setattr("webapp.worker.signal.signal", lambda _number, handler: signal_handlers.append(handler))
    monkeypatch.setattr("webapp.worker.PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(mail, "deliver_due", failing)
    worker.run(app)
    assert len(rounds) == 3
