"""Warnings come to a page that is open already."""

from playwright.sync_api import expect

from tests.support.entering import Contexts, enter_open
from tests.support.people import Person, enrolled
from webapp.database import transaction
from webapp.models import Notice, User

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
