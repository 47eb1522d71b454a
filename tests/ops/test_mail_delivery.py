"""The outbox: each mail goes out once, late rather than never, and one that goes nowhere is seen."""

import threading
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import Person
from tests.support.people.person import add_person
from tests.support.run.clock import MovableClock
from tests.support.servers.mail_server import Postbox, due
from tests.support.servers.races import race
from tests.views.account.test_notices import FACTS, give
from webapp.clock import now
from webapp.config import MailServer
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.outbox.counts import Outbox
from webapp.models.outbox.delivery import BATCH, CLAIM, Delivery
from webapp.ops import mail_delivery
from webapp.ops.mail_server import Patience

NEWS = "restore_cancelled"
"""A kind of notice that warns of nothing."""


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    """A mail server, and the application set up to use it."""
    postbox = Postbox()
    app.config["SMTP"] = postbox.address
    yield postbox
    postbox.close()


def deliver(app: Flask) -> int:
    with app.app_context():
        return mail_delivery.deliver_due()


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
    assert abs((parsedate_to_datetime(sent["Date"]) - now()).total_seconds()) < 5
    assert "http://localhost/recovery/requests/" in sent.get_content()
    assert deliver(app) == 0
    assert notices(app)[0].mailed_at


def test_addresses_go_over_the_wire_in_ascii(app: Flask, organisation: str, postbox: Postbox) -> None:
    app.config["MAIL_FROM"] = "Schlüssel <keys@bücher.example>"
    give(add_person(app, organisation, "Zoe"))
    with app.app_context(), transaction() as session:
        session.scalars(select(User)).one().email = "zoe@bücher.example"
    assert deliver(app) == 1
    assert "mail FROM:<keys@xn--bcher-kva.example>" in " ".join(postbox.commands)
    assert "rcpt TO:<zoe@xn--bcher-kva.example>" in postbox.commands
    (sent,) = postbox.taken
    assert (sent["To"], sent["From"]) == ("zoe@xn--bcher-kva.example", "Schlüssel <keys@xn--bcher-kva.example>")


def test_what_is_due_is_one_conversation(app: Flask, postbox: Postbox, alice: Person, bob: Person) -> None:
    for person in (alice, bob, alice, bob):
        give(person)
    assert deliver(app) == 4
    assert postbox.conversations == 1
    assert deliver(app) == 0
    assert postbox.conversations == 1, "where nothing is due, nobody is asked"


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


@pytest.mark.databases
def test_workers_that_claim_at_once_share_what_is_due(app: Flask, alice: Person) -> None:
    made = {give(alice) for _ in range(20)}
    outcomes = race(app, *[Delivery.claim] * 6)
    claimed = [notice for _, found in outcomes for notice in found]
    assert len({name for name, _ in outcomes}) == 6
    assert sorted(claimed) == sorted(made), "each by one of them"


@pytest.mark.databases
def test_what_is_claimed_is_due_for_nobody_else_until_it_is_released(app: Flask, alice: Person) -> None:
    give(alice)
    with app.app_context():
        first, found = Delivery.claim()
        assert (len(found), Delivery.claim()[1]) == (1, [])
        Delivery.release(found, first)
        assert len(due()) == 1
        db.session.remove()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_where_another_is_claiming_at_this_moment_nobody_waits(app: Flask, alice: Person) -> None:
    """SQLite has one writer at a time, so there the other has done before this one begins."""
    first, second = give(alice), give(alice)
    with app.app_context(), db.engine.connect() as other:
        other.execute(select(Notice.id).where(Notice.id == first).with_for_update())
        ((_, found),) = race(app, Delivery.claim)
        assert list(found) == [second]
        other.rollback()
        assert due() == [first]


@pytest.mark.databases
def test_a_claim_that_ran_out_while_its_worker_stood_still_is_anothers(
    app: Flask, alice: Person, clock: MovableClock
) -> None:
    notice = give(alice)
    with app.app_context():
        slow, _ = Delivery.claim()
        clock.advance(seconds=CLAIM.total_seconds() + 1)
        other, found = Delivery.claim()
        assert list(found) == [notice]
        assert [Delivery.begin(notice, slow), Delivery.begin(notice, other)] == [False, True]
        Delivery.put_off(notice, slow, "too late to say so")
        Delivery.release([notice], slow)
        assert db.session.get_one(Notice, notice).claim == other, "and the slow one changes nothing of it"
        db.session.remove()


@pytest.mark.databases
def test_no_two_workers_begin_one_mail(app: Flask, alice: Person) -> None:
    notice = give(alice)
    with app.app_context():
        claim, _ = Delivery.claim()
        db.session.remove()
    outcomes = race(app, *[lambda: Delivery.begin(notice, claim), lambda: Delivery.begin(notice, "another")] * 3)
    assert [outcomes[place] for place in (1, 3, 5)] == [False] * 3
    assert all(outcomes[place] is True for place in (0, 2, 4)), "whoever has the claim may begin again"


@pytest.mark.parametrize("trouble", ["down", "refusing"])
def test_it_tries_again_later_and_later(
    app: Flask, postbox: Postbox, alice: Person, clock: MovableClock, trouble: str
) -> None:
    postbox.refuses = "451 not now" if trouble == "refusing" else ""
    if trouble == "down":
        postbox.stop()
    give(alice)
    for tries, wait in enumerate([30, 300, 3600, 3600], start=1):
        assert deliver(app) == 0
        (notice,) = notices(app)
        assert (notice.tries, notice.mailed_at, notice.claim) == (tries, None, None)
        assert notice.last_error in ("ConnectionRefusedError", "451 not now")
        assert abs((notice.next_try_at - now()).total_seconds() - wait) < 5
        assert deliver(app) == 0, "not before its time"
        clock.advance(seconds=wait)
    postbox.refuses = ""
    if trouble == "down":
        postbox.start()
    assert deliver(app) == 1
    assert len(postbox.taken) == 1
    assert notices(app)[0].last_error == ""


def test_a_server_that_falls_silent_costs_the_mail_it_fell_silent_over_a_try(
    app: Flask, postbox: Postbox, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = [give(alice) for _ in range(3)]
    postbox.silent_at = {"MAIL"}
    monkeypatch.setattr(mail_delivery, "MAILED", Patience(answer=0.05, whole=3_600))
    with app.app_context():
        assert mail_delivery.deliver_due() == 0
        assert due() == others
        assert [db.session.get_one(Notice, each).tries for each in (first, *others)] == [1, 0, 0]
        db.session.remove()


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
        patch.setattr(mail_delivery, "_message", dies)
        with pytest.raises(Crash):
            deliver(app)
    assert deliver(app) == 0, "claimed, until the claim has run out"
    clock.advance(minutes=2, seconds=1)
    assert deliver(app) == 1


def test_a_worker_that_dies_after_sending_sends_the_same_message_again(
    app: Flask, postbox: Postbox, alice: Person, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(alice)
    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "arrived", staticmethod(dies))
        with pytest.raises(Crash):
            deliver(app)
    assert len(postbox.taken) == 1
    clock.advance(minutes=3)
    assert deliver(app) == 1
    assert len({sent["Message-ID"] for sent in postbox.taken}) == 1


def test_one_that_cannot_be_written_holds_up_no_other(app: Flask, postbox: Postbox, alice: Person) -> None:
    give(alice, "no_such_text")
    give(alice)
    assert deliver(app) == 1
    assert notices(app)[0].last_error == "TemplatesNotFound"


def test_where_no_mail_is_sent_it_waits(app: Flask, alice: Person) -> None:
    give(alice)
    assert deliver(app) == 0
    assert notices(app)[0].tries == 0
    with app.app_context():
        assert Outbox.present() == Outbox()


def test_a_server_that_speaks_no_tls_gets_nothing(app: Flask, postbox: Postbox, alice: Person) -> None:
    server = postbox.address
    app.config["SMTP"] = MailServer(server.host, server.port, "starttls")
    give(alice)
    assert deliver(app) == 0
    assert notices(app)[0].last_error == "STARTTLS is not offered"
    assert postbox.taken == []


def test_a_batch_is_bounded_and_the_rest_follows(app: Flask, postbox: Postbox, alice: Person) -> None:
    with app.app_context(), transaction() as session:
        user = session.get_one(User, alice.user_id)
        for _ in range(BATCH + 3):
            Notice.give(user, NEWS, **FACTS)
    assert [deliver(app), deliver(app), deliver(app)] == [BATCH, 3, 0]
