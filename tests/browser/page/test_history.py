"""Back and Forward, as fast as somebody can press: the address and the page always agree."""

import random
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.support.pages.held_requests import HeldRequests
from tests.support.pages.tour import heading, sign_in
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled

NewContext = Callable[..., BrowserContext]
STEPS = {
    "/recovery": "Account Recovery",
    "/recovery/backup-type": "Choose Your Backup Type",
    "/recovery/cloud": "Restore from Cloud Backup",
}
AGREE = """(steps) => {
  const heading = document.querySelector('main h1');
  return document.readyState === 'complete' && heading?.textContent.trim() === steps[location.pathname];
}"""

WITHOUT_SCRIPTS = """(path) => location.pathname === path && document.querySelector('main h1')
  && !customElements.get('vault-keys')"""


@pytest.fixture
def page(live_server: object, new_context: NewContext, alice: Person, organisation_key: ActiveKey) -> Page:
    """Three steps into a recovery, each of which htmx has swapped in."""
    enrolled(alice, here=False)
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    expect(heading(page, STEPS["/recovery"])).to_be_visible()
    page.get_by_role("link", name="Recover From Backup", exact=True).click()
    expect(heading(page, STEPS["/recovery/backup-type"])).to_be_visible()
    page.get_by_role("link", name="Cloud Backup", exact=True).click()
    expect(heading(page, STEPS["/recovery/cloud"])).to_be_visible()
    return page


def agree(page: Page) -> None:
    """Address and page, once all is loaded."""
    page.wait_for_function(AGREE, arg=STEPS)


def test_back_twice_before_the_first_page_has_its_scripts_shows_the_page_of_the_address(page: Page) -> None:
    page.reload()
    agree(page)
    scripts = HeldRequests(page, "**/dist/core.js")
    page.evaluate("history.back()")
    page.wait_for_function(WITHOUT_SCRIPTS, arg="/recovery/backup-type")
    page.evaluate("history.back()")
    page.wait_for_function(WITHOUT_SCRIPTS, arg="/recovery")
    scripts.release()
    expect(heading(page, STEPS["/recovery"])).to_be_visible()
    agree(page)


def test_a_page_that_was_asked_for_before_back_does_not_come_after_it(page: Page) -> None:
    page.evaluate("history.back()")
    agree(page)
    expect(heading(page, STEPS["/recovery/backup-type"])).to_be_visible()
    steps = HeldRequests(page, "**/recovery/cloud")
    pages = HeldRequests(page, "**/recovery", lambda request: request.is_navigation_request())
    with page.expect_request("**/recovery/cloud"):
        page.get_by_role("link", name="Cloud Backup", exact=True).click()
    with page.expect_request(lambda request: request.is_navigation_request()):
        page.evaluate("history.back()")
    with page.expect_request_finished(lambda request: request.url.endswith("/recovery/cloud")):
        steps.release()
    assert urlsplit(page.url).path == "/recovery"
    pages.release()
    expect(heading(page, STEPS["/recovery"])).to_be_visible()
    agree(page)


@pytest.mark.parametrize("seed", range(3))
def test_back_and_forward_as_fast_as_they_can_be_pressed(page: Page, seed: int) -> None:
    drawn = random.Random(seed)
    page.reload()
    for _ in range(40):
        with suppress(Error):  # the page went away while it was told
            page.evaluate("(by) => history.go(by)", drawn.choice((-1, -1, 1, 1, -2, 2)))
        agreed = drawn.random() < 0.2
        if agreed:
            agree(page)
    agree(page)


def test_a_page_from_the_cache_of_the_browser_is_the_one_of_its_address(page: Page) -> None:
    """The cache itself is not to be had here; what it says to a page is."""
    page.evaluate("history.replaceState(history.state, '', '/recovery')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(heading(page, STEPS["/recovery"])).to_be_visible()
    agree(page)


def test_a_fragment_in_the_history_loads_nothing(page: Page) -> None:
    page.evaluate("window.same = true")
    page.evaluate("location.hash = '#main'")
    page.evaluate("history.back()")
    page.wait_for_function("() => !location.hash")
    page.evaluate("history.forward()")
    page.wait_for_function("() => location.hash === '#main'")
    assert page.evaluate("window.same")
