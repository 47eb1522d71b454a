"""Account Recovery in a real browser: from the reason to the open vault, with every screen on the way."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.search import waiting_requests

NewContext = Callable[..., BrowserContext]
PIN = "305817"


@pytest.fixture
def page(live_server: object, new_context: NewContext, alice: Person, bob: Person, organisation_key: ActiveKey) -> Page:
    """Alice, who has a vault with two items and a cloud backup, signed in with a browser that has no key."""
    enrolled(alice, [login("Bank"), login("Mail")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    return page


def deny(app: Flask, by: Person) -> None:
    with app.app_context():
        [waiting] = waiting_requests(by.organisation_id)
        request_id, user_id = waiting.id, waiting.user_id
        with transaction() as session:
            User.locked(user_id)
            session.get_one(RestoreRequest, request_id).deny(session.get_one(User, by.user_id), "I could not reach you")


def test_the_whole_way_back(
    app: Flask, page: Page, alice: Person, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    backed_up(alice, organisation_key)
    expect(page.get_by_text("This browser has no key to your vault yet.")).to_be_visible()
    screen(page, "account-recovery")
    page.get_by_role("link", name="Recover From Backup").click()
    expect(heading(page, "Choose Your Backup Type")).to_be_focused()
    screen(page, "choose-your-backup-type")
    page.get_by_role("link", name="Cloud Backup").click()
    expect(heading(page, "Restore from Cloud Backup")).to_be_focused()
    expect(page).to_have_title(re.compile("^Restore from Cloud Backup"))
    page.get_by_role("button", name="Continue With Account Recovery").click()
    expect(page.get_by_text("Tick the box to go on")).to_be_visible()
    screen(page, "restore-from-cloud-backup")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Continue With Account Recovery").click()
    expect(page.get_by_role("radio").first).to_be_checked()
    screen(page, "choose-a-cloud-backup")
    page.get_by_role("button", name="Request Account Restore").click()
    expect(heading(page, "Waiting for Approval")).to_be_visible()
    expect(page.get_by_text("Fingerprint to read out")).to_be_visible()
    screen(page, "waiting-for-approval")
    digits = approve_shown(bob, organisation_key, page.locator("#fingerprint").inner_text())
    expect(heading(page, "Create a New PIN")).to_be_focused()
    expect(page).to_have_url(re.compile("/restore$"))
    expect(page).to_have_title(re.compile("^Create a New PIN"))
    screen(page, "create-a-new-pin-without-digits")
    tell(page, digits)
    screen(page, "create-a-new-pin")
    try_weak_pins(page)
    type_pin(page, PIN)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Now the selected backup is restored.")).to_be_visible()
    expect(page.get_by_text("2 items")).to_be_visible()
    expect(page.get_by_text("Kit number 2")).to_be_visible()
    expect(page.get_by_role("heading", name="Spare Key Recovery Kit")).to_be_visible()
    screen(page, "done")
    page.get_by_role("link", name="Open Vault").click()
    expect(page.get_by_text("Bank")).to_be_visible()


def try_weak_pins(page: Page) -> None:
    for pin, again, words in (
        ("12345", "12345", "This PIN is too short"),
        ("123456", "123456", "This PIN is a row of digits"),
        ("707070", "707070", "This PIN repeats itself"),
        (PIN, "305818", "The two PINs are not the same"),
    ):
        type_pin(page, pin, again)
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()


def type_pin(page: Page, pin: str, again: str | None = None) -> None:
    page.get_by_label("New PIN", exact=True).fill(pin)
    page.get_by_label("New PIN, once more", exact=True).fill(pin if again is None else again)
    page.get_by_role("button", name="Create PIN And Restore").click()


def test_back_and_reload_are_ordinary(page: Page) -> None:
    page.get_by_role("link", name="Recover From Backup").click()
    page.get_by_role("link", name="Cloud Backup").click()
    expect(heading(page, "Restore from Cloud Backup")).to_be_visible()
    page.go_back()
    expect(heading(page, "Choose Your Backup Type")).to_be_visible()
    page.reload()
    expect(heading(page, "Choose Your Backup Type")).to_be_visible()
    page.get_by_role("link", name="Account Recovery").click()
    expect(heading(page, "Account Recovery")).to_be_visible()
    expect(page).to_have_url(re.compile("/recovery$"))


def test_a_denial_comes_by_itself_with_its_reason(app: Flask, page: Page, bob: Person, screen: Screens) -> None:
    ask(page)
    deny(app, bob)
    expect(heading(page, "Request Denied")).to_be_visible()
    expect(page.get_by_text("I could not reach you")).to_be_visible()
    expect(page.get_by_role("link", name="Write to your IT admin about request")).to_be_visible()
    screen(page, "request-denied")
    page.get_by_role("link", name="Ask Again").click()
    expect(page.get_by_role("button", name="Request Account Restore")).to_be_visible()


def test_a_cancelled_request_makes_room_for_another(page: Page, screen: Screens) -> None:
    first = ask(page)
    page.get_by_role("button", name="Cancel Request").click()
    expect(heading(page, "Request Cancelled")).to_be_visible()
    screen(page, "request-cancelled")
    page.get_by_role("link", name="Ask Again").click()
    page.get_by_role("button", name="Request Account Restore").click()
    expect(heading(page, "Waiting for Approval")).to_be_visible()
    expect(page.locator("#fingerprint")).not_to_have_text(first)


def test_an_expired_request_says_so(page: Page, clock: MovableClock, screen: Screens) -> None:
    ask(page)
    clock.advance(days=7, seconds=1)
    page.reload()
    expect(heading(page, "Request Expired")).to_be_visible()
    screen(page, "request-expired")


def test_a_closed_tab_and_another_day_lead_back_to_the_waiting(
    app: Flask, page: Page, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    fingerprint = ask(page)
    address, context = page.url, page.context
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.close()
    page = context.new_page()
    sign_in(page, alice.email, alice.password)
    expect(heading(page, "Waiting for Approval")).to_be_visible()
    expect(page.locator("#fingerprint")).to_have_text(fingerprint)
    assert page.url == address
    digits = approve_shown(bob, organisation_key, fingerprint)
    expect(heading(page, "Create a New PIN")).to_be_visible()
    page.goto(address)
    expect(heading(page, "Create a New PIN")).to_be_visible()
    tell(page, digits)
    type_pin(page, PIN)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)


def test_another_browser_is_told_and_can_start_there(
    page: Page, alice: Person, new_context: NewContext, screen: Screens
) -> None:
    ask(page)
    other = new_context().new_page()
    sign_in(other, alice.email, alice.password)
    expect(
        other.get_by_text(re.compile(r"You asked from Chrome on Linux at \d\d:\d\d( on \d.+)?: continue there"))
    ).to_be_visible()
    screen(other, "asked-elsewhere")
    other.get_by_role("button", name="Cancel That Request And Start Here").click()
    expect(heading(other, "Account Recovery")).to_be_visible()
    expect(other.get_by_text("The other request is cancelled.")).to_be_visible()
    expect(heading(page, "Request Cancelled")).to_be_visible()
    ask(other)
