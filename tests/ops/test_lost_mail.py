"""Mail that goes nowhere: it is tried no more, and the log, the admins and their pages say so."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.ops.test_mail_delivery import NEWS, deliver, notices
from tests.support.people.people import Person
from tests.support.people.person import add_person
from tests.support.run.clock import MovableClock
from tests.support.servers.mail_server import Postbox, due
from tests.views.account.test_notices import give
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    """A mail server, and the application set up to use it."""
    postbox = Postbox()
    app.config["SMTP"] = postbox.address
    yield postbox
    postbox.close()


def told(app: Flask, person: Person) -> list[dict[str, Any]]:
    """What the person is told of mail that failed."""
    with app.app_context():
        mine = select(Notice.details).where(Notice.kind == "mail_failed", Notice.user_id == person.user_id)
        return list(db.session.scalars(mine.order_by(Notice.made_at)))


@pytest.mark.databases
def test_what_is_refused_for_good_is_tried_no_more_and_admins_hear_of_a_warning(
    app: Flask, postbox: Postbox, alice: Person, bob: Person, olga: Person, caplog: pytest.LogCaptureFixture
) -> None:
    postbox.refused = {alice.email: "550 5.1.1 alice@example.org unknown"}
    notice = give(alice)
    with caplog.at_level(logging.ERROR):
        assert deliver(app) == 0
    found = next(each for each in notices(app) if each.id == notice)
    assert (found.tries, found.last_error, bool(found.failed_at)) == (1, "550 5.1.1 alice@example.org unknown", True)
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"mail {notice} (restore_requested_by_you) could not be delivered: 550"], "and no address"
    expected = {"names": "Alice", "others": 0, "member_id": alice.user_id}
    assert told(app, bob) == told(app, olga) == [expected]
    assert told(app, alice) == []
    assert deliver(app) == 2, "the notices to the admins"
    assert {sent["To"] for sent in postbox.taken} == {bob.email, olga.email}
    assert "did not arrive" in postbox.taken[0].get_content()


def test_of_one_person_they_hear_once_until_a_day_passes_without(
    app: Flask, postbox: Postbox, alice: Person, bob: Person, clock: MovableClock
) -> None:
    postbox.refused = {alice.email: "550 no"}
    for passed, number in ((0, 1), (20, 1), (20, 1), (25, 2)):
        clock.advance(hours=passed)
        give(alice)
        deliver(app)
        assert len(told(app, bob)) == number


def test_news_that_warns_of_nothing_is_only_written_down(
    app: Flask, postbox: Postbox, alice: Person, bob: Person
) -> None:
    postbox.refused = {alice.email: "550 no"}
    give(alice, NEWS, request="cd" * 16)
    deliver(app)
    assert [each.failed_at is not None for each in notices(app)] == [True]
    assert told(app, bob) == []


def test_that_a_notice_about_mail_does_not_arrive_makes_no_other(
    app: Flask, postbox: Postbox, alice: Person, bob: Person, olga: Person
) -> None:
    postbox.refused = dict.fromkeys((alice.email, bob.email, olga.email), "550 no")
    give(alice)
    while deliver(app) or due_now(app):
        pass
    assert len(told(app, bob)) == len(told(app, olga)) == 1


def due_now(app: Flask) -> list[str]:
    with app.app_context():
        return due()


@pytest.mark.databases
def test_what_no_server_took_in_three_days_is_given_up_and_told_once_for_all(
    app: Flask, organisation: str, postbox: Postbox, bob: Person, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    postbox.stop()
    people = [add_person(app, organisation, f"Person{number}") for number in range(5)]
    for person in people:
        give(person)
    with caplog.at_level(logging.ERROR):
        deliver(app)
        clock.advance(seconds=limits.MAIL_LIFE.total_seconds() + 60)
        deliver(app)
        deliver(app)
    assert [each.failed_at is not None for each in notices(app) if each.kind != "mail_failed"] == [True] * 5
    assert told(app, bob) == [{"names": "Person0, Person1, Person2", "others": 2, "member_id": ""}]
    assert sum("could not be delivered: ConnectionRefusedError" in line for line in caplog.text.splitlines()) == 5


def test_that_no_mail_goes_out_and_that_it_does_again_is_a_line_each(
    app: Flask, postbox: Postbox, alice: Person, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    postbox.stop()
    give(alice)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            deliver(app)
            clock.advance(hours=1)
        postbox.start()
        assert deliver(app) == 1
        give(alice)
        assert deliver(app) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "no mail goes out: ConnectionRefusedError",
        "mail goes out again",
    ]


def test_overview_and_the_persons_page_say_what_did_not_arrive_until_something_does(
    app: Flask, postbox: Postbox, alice: Person, bob: Person, clock: MovableClock
) -> None:
    postbox.refused = {alice.email: "550 <b>no</b> such user"}
    give(alice)
    deliver(app)
    for path in ("/admin/", f"/admin/users/{alice.user_id}"):
        page = bob.get(path).text
        assert "550 &lt;b&gt;no&lt;/b&gt; such user" in page, path
        assert "Your account asked for a cloud backup to be restored" in page, path
    assert "Doesn’t arrive" not in bob.get(f"/admin/users/{bob.user_id}").text
    postbox.refused = {}
    clock.advance(minutes=1)
    give(alice)
    assert deliver(app) >= 1
    for path in ("/admin/", f"/admin/users/{alice.user_id}"):
        assert "such user" not in bob.get(path).text, path


@pytest.mark.parametrize(("kind", "named"), [("no_such_text", "no such text"), ("mail_code", "mail code")])
def test_one_that_cannot_be_written_or_carries_a_secret_is_named_by_its_kind(
    app: Flask, alice: Person, bob: Person, kind: str, named: str
) -> None:
    with app.app_context(), transaction() as session:
        notice = Notice.give(session.get_one(User, alice.user_id), kind, code="cd" * 16)
        notice.failed_at = now()
    page = bob.get("/admin/").text
    assert f"“{named}”" in page
    assert "cd" * 16 not in page


def test_overview_says_that_mail_waits_and_why(app: Flask, postbox: Postbox, bob: Person, clock: MovableClock) -> None:
    postbox.stop()
    give(bob)
    deliver(app)
    assert "No mail goes out" not in bob.get("/admin/").text
    clock.advance(seconds=limits.OUTBOX_LATE.total_seconds() + 1)
    page = bob.get("/admin/").text
    assert "No mail goes out" in page
    assert "ConnectionRefusedError" in page
    postbox.start()
    deliver(app)
    assert "No mail goes out" not in bob.get("/admin/").text
