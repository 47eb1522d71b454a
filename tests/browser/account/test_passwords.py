"""Forgot password, links, Change Password and sessions, in a real browser and screen by screen."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, give_keys
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.people.password_links import NEW, asked, reset
from tests.support.people.people import Person, be_at, enrolled
from tests.support.vault.devices import login
from webapp.clock import now
from webapp.config import Mode
from webapp.database import transaction
from webapp.models.accounts.password_reset_request import PasswordResetRequest
from webapp.models.directory.user import User


@pytest.fixture
def tab(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


def choose(page: Page, password: str = NEW) -> None:
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_role("button", name="Set New Password").click()


def change(page: Page, present: str, new: str = NEW) -> None:
    page.get_by_label("Present password", exact=True).fill(present)
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_role("button", name="Change Password").click()


def test_from_forgot_password_to_account_recovery(
    app: Flask, tab: Page, alice: Person, olga: Person, screen: Screens
) -> None:
    """By the mailbox page of a server that sends no mail."""
    app.config["MODE"] = Mode.DEVELOPMENT
    enrolled(alice)
    tab.goto("/sign-in")
    give_keys(tab, alice.device)  # type: ignore[arg-type]
    tab.get_by_role("link", name="Forgot password").click()
    expect(tab.get_by_label("Email address")).to_be_visible()
    screen(tab, "forgot-password")
    tab.get_by_label("Email address").fill(alice.email)
    tab.get_by_role("button", name="Mail Me a Link").click()
    expect(tab.get_by_role("heading", name="Look in your mailbox")).to_be_visible()
    screen(tab, "forgot-password-sent")
    with app.app_context():
        PasswordResetRequest.answer_all()
    tab.get_by_role("link", name="mailbox").click()
    tab.locator("article").first.get_by_role("link", name="/password/").click()
    expect(tab.get_by_role("heading", name="Choose a new password")).to_be_visible()
    screen(tab, "password-link")
    choose(tab, "alice@example.org")
    expect(tab.get_by_text("mostly your own name or address")).to_be_visible()
    screen(tab, "password-link-refused")
    choose(tab)
    tab.wait_for_url("**/recovery", timeout=SLOW)
    expect(tab.get_by_text("You reset your password")).to_be_visible()


def test_no_request_names_the_link(tab: Page, alice: Person) -> None:
    """Not in a Referer; and the form’s post still says where it comes from."""
    link = asked(alice)
    heard: list[str] = []
    origins: list[str | None] = []

    def hear(request: object) -> None:
        headers = request.all_headers()  # type: ignore[attr-defined]
        heard.append(headers.get("referer", ""))
        if request.method == "POST":  # type: ignore[attr-defined]
            origins.append(headers.get("origin"))

    tab.context.on("requestfinished", hear)
    tab.goto(link)
    choose(tab)
    tab.wait_for_url("**/join/vault")
    expect(tab.get_by_role("button", name="Create My Vault")).to_be_enabled()  # the scripts are there
    assert len(heard) > 3
    assert not [referer for referer in heard if "password" in referer]
    assert origins[:1] == [alice.app.config["ORIGIN"]]


def test_links_screen_by_screen(
    app: Flask, tab: Page, alice: Person, bob: Person, charlie: Person, olga: Person, screen: Screens
) -> None:
    enrolled(alice)
    tab.goto("/forgot-password")
    screen(tab, "forgot-password-no-mail")
    app.config["MODE"] = Mode.DEVELOPMENT
    tab.goto("/forgot-password")
    tab.locator("form").evaluate("form => { form.noValidate = true; }")
    tab.get_by_label("Email address").fill("alice at work")
    tab.get_by_role("button", name="Mail Me a Link").click()
    expect(tab.get_by_text("no whole email address")).to_be_visible()
    screen(tab, "forgot-password-malformed")
    for _ in range(4):
        app.test_client().post("/forgot-password", data={"email": alice.email})
    tab.get_by_label("Email address").fill(alice.email)
    tab.get_by_role("button", name="Mail Me a Link").click()
    expect(tab.get_by_text("asked for too often")).to_be_visible()
    screen(tab, "forgot-password-throttled")
    tab.goto("/password/cut-off")
    screen(tab, "password-link-closed")
    page = enter(tab.context, charlie)
    link = reset(alice, bob)
    page.goto(link)
    expect(page.get_by_text(f"signed in as {charlie.email}")).to_be_visible()
    screen(page, "password-link-for-somebody-else")
    with app.app_context(), transaction():
        User.locked(alice.user_id).disabled_at = now()
    page.goto(link)
    screen(page, "password-link-disabled")


def test_changing_the_password_where_the_vault_is_open(
    alice: Person, live_server: object, new_context: Contexts, screen: Screens
) -> None:
    enrolled(alice, [login()])
    page = enter_open(new_context(), alice)
    page.goto("/settings")
    change(page, "not this one")
    expect(page.get_by_text("That is not your present password")).to_be_visible()
    screen(page, "settings-password-refused")
    change(page, alice.password)
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    screen(page, "settings-password-changed")
    page.goto("/vault")
    page.locator("item-list").wait_for(timeout=SLOW)
    assert page.url.endswith("/vault"), "the vault is still open"


def test_settings_with_the_vault_locked(
    alice: Person, live_server: object, new_context: Contexts, screen: Screens
) -> None:
    page = enter(new_context(), alice, enrolled(alice))
    be_at(alice, alice.device, locked=True)
    page.goto("/settings")
    expect(page.get_by_text("unlock your vault in this browser first")).to_be_visible()
    screen(page, "settings-locked")


def test_ending_a_session_locks_the_vault_there(
    alice: Person, live_server: object, new_context: Contexts, screen: Screens
) -> None:
    enrolled(alice, [login()])
    page = enter_open(new_context(), alice)
    agent = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0 Mobile Safari/537.36"
    other = new_context(user_agent=agent).new_page()
    other.goto("/sign-in?next=/sessions")
    other.get_by_label("Email address").fill(alice.email)
    other.get_by_label("Password", exact=True).fill(alice.password)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Sessions")).to_be_visible()
    expect(other.get_by_text("signed in to from a new browser")).to_have_count(0)
    screen(other, "sessions")
    other.get_by_role("button", name="End Session").click()
    expect(other.get_by_text("is signed out. What is open there closes within 15 seconds")).to_be_visible()
    screen(other, "sessions-one")
    page.reload()
    page.wait_for_url("**/sign-in?**")
