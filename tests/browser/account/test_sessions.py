"""Signing in and out in a real browser, and notices while it lasts."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.people.invitations import accept, choose_pin, invite, kit_on
from tests.support.people.people import Person
from tests.views.account.test_notices import give
from webapp.database import db
from webapp.models.signin.tab_key import TabKey


@pytest.fixture
def tab(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


def test_the_password_can_be_looked_at_while_it_is_typed(tab: Page, alice: Person) -> None:
    tab.goto("/sign-in?next=/settings")
    tab.get_by_label("Email address").fill(alice.email)
    password = tab.get_by_label("Password", exact=True)
    password.fill(alice.password)
    tab.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")
    tab.get_by_role("button", name="Sign in").click()
    expect(tab).to_have_url("/settings")


def test_signing_out_in_one_tab_locks_the_others(app: Flask, organisation: str, tab: Page) -> None:
    accept(tab, invite(app, organisation))
    choose_pin(tab)
    identity = kit_on(tab)
    with app.app_context():
        assert db.session.query(TabKey).where(TabKey.key != "").count() == 1
    other = tab.context.new_page()
    other.goto("/settings")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_text("You are signed out, and your vault is locked")).to_be_visible()
    tab.wait_for_url(re.compile("/(unlock|sign-in)"))  # whichever comes first: the lock, or the end of the session
    expect(tab.locator("html")).not_to_contain_text(identity)
    with app.app_context():
        assert db.session.query(TabKey).count() == 0


def test_a_notice_is_put_away_without_losing_what_is_typed(
    app: Flask, organisation: str, tab: Page, bob: Person
) -> None:
    give(bob, "restore_requested")
    tab.goto("/sign-in?next=/join/vault")
    tab.get_by_label("Email address").fill(bob.email)
    tab.get_by_label("Password", exact=True).fill(bob.password)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("button", name="Create My Vault")).to_be_enabled()  # the script is there
    tab.get_by_label("PIN", exact=True).fill("271828")
    tab.get_by_role("button", name="Dismiss").click()
    expect(tab.get_by_text("asks for a cloud backup")).to_have_count(0)
    expect(tab.get_by_label("PIN", exact=True)).to_have_value("271828")
