"""Warnings come to a page that is open already."""

from typing import Any

from playwright.sync_api import expect
from sqlalchemy import select

from tests.support.pages.open_pages import Contexts, enter_open
from tests.support.people.people import Person, enrolled
from tests.views.account.test_notices import give
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice

ASKED = "A browser asks to be paired with your account"


def test_a_warning_comes_to_an_open_vault(alice: Person, live_server: object, new_context: Contexts) -> None:
    """While there is time to say no; an item that is being typed stays."""
    enrolled(alice)
    page = enter_open(new_context(), alice)
    page.goto("/vault")
    page.get_by_role("button", name="Add login").click()
    page.get_by_label("Title").fill("Half of it")
    with alice.app.app_context(), transaction() as session:
        facts = {"pairing": "ab" * 16, "browser": "Safari on iPhone", "address": "192.0.2.1"}
        Notice.give(session.get_one(User, alice.user_id), "pairing_opened", **facts)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("link", name=ASKED, exact=True)).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Half of it")
    assert seen(alice) == [False], "perhaps nobody looks at that tab"


def test_a_page_confirms_the_warnings_that_it_shows(alice: Person, live_server: Any, new_context: Contexts) -> None:
    enrolled(alice)
    page = enter_open(new_context(), alice)
    give(alice)
    with page.expect_response("**/notices/receipt") as confirmed:
        page.goto("/settings")
    assert confirmed.value.status == 204
    assert seen(alice) == [True]
    expect(page.get_by_role("button", name="Dismiss")).to_be_visible()


def seen(person: Person) -> list[bool]:
    with person.app.app_context():
        return [notice.seen_at is not None for notice in db.session.scalars(select(Notice))]
