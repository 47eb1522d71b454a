"""Account Recovery in a real browser: from the reason to the open vault, and everything that can come between."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.browser import Screens
from tests.support.devices import login
from tests.support.people import ActiveKey, Person, backed_up, enrolled
from tests.support.restoring import approve_shown

NewContext = Callable[..., BrowserContext]
PIN = "305817"


@pytest.fixture
def recovering(live_server: object, new_context: NewContext, alice: Person, organisation_key: ActiveKey) -> Page:
    """Alice, who has a vault with two items and a cloud backup, signed in with a browser that has no key."""
    enrolled(alice, [login("Bank"), login("Mail")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice)
    return page


def sign_in(page: Page, person: Person) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/(recovery|unlock|admin|join)"))


def ask(page: Page) -> None:
    """From Account Recovery to Waiting for Approval."""
    page.get_by_role("link", name="Recover From Backup").click()
    expect(heading(page, "Choose Your Backup Type")).to_be_visible()
    page.get_by_role("link", name="Cloud Backup").click()
    expect(heading(page, "Restore from Cloud Backup")).to_be_visible()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Continue With Account Recovery").click()
    page.get_by_role("button", name="Request Account Restore").click()
    expect(heading(page, "Waiting for Approval")).to_be_visible()


def type_pin(page: Page, pin: str, again: str | None = None) -> None:
    page.get_by_label("New PIN", exact=True).fill(pin)
    page.get_by_label("New PIN, once more", exact=True).fill(pin if again is None else again)
    page.get_by_role("button", name="Create PIN And Restore").click()


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name, exact=True)


def test_the_whole_way_back(
    app: Flask, recovering: Page, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    page = recovering
    expect(heading(page, "Account Recovery")).to_be_visible()
    expect(page.get_by_text("This browser has no key to your vault yet.")).to_be_visible()
    screen(page, "account-recovery")
    ask(page)
    expect(page.get_by_text("Fingerprint to read out")).to_be_visible()
    screen(page, "waiting-for-approval")
    fingerprint = page.locator("#fingerprint").inner_text()
    approve_shown(app, bob, organisation_key, fingerprint)
    expect(heading(page, "Create a New PIN")).to_be_visible()
    expect(page).to_have_url(re.compile("/restore$"))
    expect(page).to_have_title(re.compile("^Create a New PIN"))
    screen(page, "create-a-new-pin")
    type_pin(page, PIN)
    expect(heading(page, "Done")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Now the selected backup is restored.")).to_be_visible()
    expect(page.get_by_text("2 items")).to_be_visible()
    expect(page.get_by_text("Spare Key Recovery Kit")).to_be_visible()
    screen(page, "done")
    page.get_by_role("link", name="Open Vault").click()
    expect(page.get_by_text("Bank")).to_be_visible()
