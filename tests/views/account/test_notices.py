"""Notices as banners, and putting them away."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.people import Person, enrolled
from tests.support.servers.mail_server import due
from webapp import limits
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice

POLL = re.compile(r'hx-get="(/notices\?version=[\w-]+)"')
FACTS = {
    "request": "ab" * 16,
    "number": "R-1",
    "member": "Alice <b>",
    "email": "a@b",
    "browser": "Firefox",
    "address": "::1",
}


def give(person: Person, kind: str = "restore_requested_by_you", **facts: str) -> str:
    """Tell the person something; the id of the notice."""
    with person.app.app_context(), transaction() as session:
        notice = Notice.give(session.get_one(User, person.user_id), kind, **{**FACTS, **facts})
        session.flush()
        return notice.id


def test_a_notice_is_on_every_page_of_its_reader(alice: Person, charlie: Person) -> None:
    give(alice)
    page = alice.get("/settings").text
    assert "Your account asked for a cloud backup to be restored" in page
    assert f'href="/recovery/requests/{FACTS["request"]}"' in page
    assert "asked for a cloud backup" not in charlie.get("/settings").text


def test_nothing_in_it_becomes_markup(bob: Person) -> None:
    give(bob, "restore_requested")
    page = bob.get("/settings").text
    assert "Alice &lt;b&gt; asks" in page
    assert "Alice <b>" not in page


def test_an_open_page_asks_whether_there_is_anything_new(app: Flask, alice: Person, client: FlaskClient) -> None:
    address = POLL.search(alice.get("/settings").text)
    assert address
    assert alice.get(address[1]).status_code == 204
    give(alice)
    fresh = alice.get(address[1])
    assert "Your account asked for a cloud backup to be restored" in fresh.text
    with app.app_context():
        assert db.session.scalars(select(Notice)).one().seen_at is None, "perhaps nobody looks at that tab"
    address = POLL.search(fresh.text)
    assert address
    assert alice.get(address[1]).status_code == 204
    assert client.get(address[1]).status_code == 204, "what is typed on a page whose session ended stays there"


def test_the_admin_portal_asks_for_itself(bob: Person) -> None:
    assert POLL.search(bob.get("/admin/users").text) is None


def test_dismissing_puts_one_away_and_shows_the_others(alice: Person) -> None:
    first, _ = give(alice), give(alice, "restore_cancelled", request="cd" * 16)
    answer = alice.post(f"/notices/{first}/dismissal")
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="notices"')
    assert "was cancelled" in answer.text
    assert "asked for" not in answer.text
    assert alice.post(f"/notices/{first}/dismissal").status_code == 200
    assert "asked for a cloud backup" not in alice.get("/settings").text


def test_a_dismissed_notice_is_mailed_all_the_same(app: Flask, alice: Person) -> None:
    notice = give(alice)
    alice.post(f"/notices/{notice}/dismissal")
    with app.app_context():
        assert due() == [notice]


@pytest.mark.parametrize("person", ["charlie", "bob"])
def test_nobody_puts_away_anothers(app: Flask, alice: Person, request: pytest.FixtureRequest, person: str) -> None:
    notice = give(alice)
    stranger = request.getfixturevalue(person)
    foreign, unknown = stranger.post(f"/notices/{notice}/dismissal"), stranger.post(f"/notices/{'0' * 32}/dismissal")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    with app.app_context():
        assert db.session.scalars(select(Notice.dismissed_at)).all() == [None]


def test_of_one_request_only_the_latest_is_shown_and_they_go_together(app: Flask, alice: Person) -> None:
    give(alice)
    latest = give(alice, "restore_cancelled")
    page = alice.get("/settings").text
    assert "was cancelled" in page
    assert "asked for a cloud backup" not in page
    assert "Dismiss" not in alice.post(f"/notices/{latest}/dismissal").text
    with app.app_context():
        assert all(db.session.scalars(select(Notice.dismissed_at)))


def test_only_the_newest_few_are_shown(alice: Person) -> None:
    for number in range(limits.NOTICES_SHOWN + 2):
        give(alice, "restore_cancelled", request=str(number))
    assert alice.get("/settings").text.count("Dismiss<span") == limits.NOTICES_SHOWN


def test_what_a_page_lists_itself_leaves_the_other_notices_in_sight(bob: Person) -> None:
    give(bob, "restore_released_admin", request="0" * 32)
    for number in range(5):
        give(bob, "restore_requested", request=f"{number + 1:032}")
    assert "0" * 32 in bob.get("/admin/users").text
    assert "5 more notices" in bob.get("/settings").text


def test_only_the_first_few_count_as_seen(app: Flask, alice: Person) -> None:
    """The others are behind “more notices”: a wait that is for one of them does not begin by that."""
    enrolled(alice)
    for number in range(5):
        give(alice, request=f"{number:032}")
    alice.look_at("/settings")
    with app.app_context():
        seen = [notice.seen_at is not None for notice in db.session.scalars(select(Notice).order_by(Notice.made_at))]
    assert seen == [False, False, True, True, True]
