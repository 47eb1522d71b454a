"""Five minutes without a word of the server close whatever shows or holds a secret, not an open vault alone."""

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.page.test_session_ends import silence
from tests.support.pages.browser_devices import use_session
from tests.support.pages.chromium import Complaints
from tests.support.pages.file_choice import choose
from tests.support.people.factors import Factor
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.self_service_pages import kit_file, kit_known, open_kit
from tests.support.vault.devices import login

Contexts = Callable[..., BrowserContext]
SECONDS = 1_000


@pytest.fixture
def page(live_server: object, new_context: Contexts) -> Page:
    """Its own clock stands still until it is told to run."""
    page = new_context().new_page()
    page.clock.install()
    return page


def expect_closed(page: Page, complaints: Complaints, *secrets: str) -> None:
    """In silence; and that the page comes back, without them."""
    silence(page)
    expect(page.get_by_role("heading", name="This page is closed for now")).to_be_focused()
    for secret in secrets:
        expect(page.locator(secret)).to_have_count(0)
    with page.expect_navigation():
        page.context.set_offline(False)
        page.clock.run_for(15 * SECONDS)
    complaints.forgive()


def test_it_comes_back_once_whatever_says_that_the_server_is_there(
    page: Page, bob: Person, complaints: Complaints
) -> None:
    use_session(page.context, bob, bob.client)
    page.goto("/settings/second-factor")
    page.get_by_label("Your sign-in password", exact=True).fill(bob.password)
    page.get_by_role("button", name="Set Up Second Factor").click()
    expect(page.get_by_role("link", name="open it there")).to_be_visible()
    silence(page)
    expect(page.get_by_role("heading", name="This page is closed for now")).to_be_focused()
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    with page.expect_navigation():
        page.context.set_offline(False)
        page.evaluate("() => { for (let n = 0; n < 5; n++) dispatchEvent(new Event('online')); }")
    expect(page.get_by_role("heading", name="Second Factor").first).to_be_visible()
    assert len(loads) == 1
    complaints.forgive()


def test_an_opened_key_file_is_dropped(
    page: Page, bob: Person, organisation_key: ActiveKey, key_file: Path, complaints: Complaints
) -> None:
    use_session(page.context, bob, bob.client)
    page.goto("/admin/settings")
    choose(page, key_file)
    expect(page.locator("key-file [data-state=ready]")).to_have_count(1)
    expect_closed(page, complaints, "key-file")
    expect(page.locator("key-file").first).to_be_attached()
    expect(page.locator("key-file [data-state=ready]")).to_have_count(0)


@pytest.mark.parametrize("is_on", [False, True])
def test_the_key_of_a_second_factor_and_its_codes_go(
    page: Page, bob: Person, complaints: Complaints, is_on: bool
) -> None:
    use_session(page.context, bob, bob.client)
    page.goto("/settings/second-factor")
    page.get_by_label("Your sign-in password", exact=True).fill(bob.password)
    page.get_by_role("button", name="Set Up Second Factor").click()
    address = page.get_by_role("link", name="open it there").get_attribute("href")
    if is_on:
        page.get_by_label("Code", exact=True).fill(Factor(bob, pyotp.parse_uri(address or "").secret).code())
        page.get_by_role("button", name="Turn On", exact=True).click()
        expect(page.locator("[data-one-time-code]")).to_have_count(10)
    expect_closed(page, complaints, ".factor-key", "[data-one-time-code]")
    expect(page.get_by_role("heading", name="Second Factor").first).to_be_visible()
    expect(page.locator("[data-one-time-code]")).to_have_count(0)


def test_what_a_recovery_opened_goes(page: Page, alice: Person, complaints: Complaints) -> None:
    device = enrolled(alice, [login()], here=False)
    kit_known(alice)
    use_session(page.context, alice, alice.client)
    open_kit(page, kit_file(alice, device.kit))
    expect_closed(page, complaints, "recovery-preview")
    expect(page.get_by_label("File of your Recovery Kit")).to_be_visible()


def test_a_page_without_secrets_stays_as_it_is(page: Page, bob: Person, complaints: Complaints) -> None:
    use_session(page.context, bob, bob.client)
    page.goto("/settings")
    silence(page)
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    complaints.forgive()
