"""“This wasn’t me” about a recovery that nobody had to approve: its page says which it was, and from where."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.clock import MovableClock
from tests.support.owning import recovered
from tests.support.people import Person, enrolled
from tests.support.vetoing import veto_path
from webapp.database import db
from webapp.models import Link, Notice, Way

WORDS = {
    Way.LOCAL_BACKUP: "With a local backup",
    Way.RECOVERY_KIT: "With your recovery kit",
    Way.NEW_ACCOUNT: "By creating a new account",
}


@pytest.mark.parametrize("way", WORDS)
def test_the_page_names_the_way_the_browser_and_the_address(
    app: Flask, client: FlaskClient, alice: Person, bob: Person, way: Way
) -> None:
    enrolled(alice)
    recovered(alice, way)
    page = client.get(veto_path(alice)).text
    assert WORDS[way].lower() in page.lower()
    assert "192.0.2.7" in page


@pytest.mark.parametrize("way", WORDS)
def test_an_admin_reads_it_on_the_page_of_the_person(alice: Person, bob: Person, way: Way) -> None:
    enrolled(alice)
    recovered(alice, way)
    page = bob.client.get(f"/admin/users/{alice.user_id}").text
    assert WORDS[way].lower().replace("your", "the") in page.lower()


@pytest.mark.parametrize(("way", "days"), [(Way.RECOVERY_KIT, 14), (Way.NEW_ACCOUNT, 30)])
def test_the_link_in_the_mail_works_at_least_as_long_as_there_is_something_to_undo(
    app: Flask, alice: Person, clock: MovableClock, way: Way, days: int
) -> None:
    enrolled(alice)
    recovered(alice, way)
    with app.app_context():
        notice = db.session.scalars(select(Notice).where(Notice.kind == "own_recovery_completed")).one()
        link = db.session.get_one(Link, notice.details["veto"])
        clock.advance(days=days, seconds=-60)
        assert link.is_open
        clock.advance(seconds=120)
        assert not link.is_open
