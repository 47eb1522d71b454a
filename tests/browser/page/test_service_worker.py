"""The installed app: what the service worker shows without a network, and that it keeps and does nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import open_vault
from tests.support.pages.chromium import Screens
from tests.support.people.people import Person, enrolled
from webapp.views import offline
from webapp.web import service_worker

NewContext = Callable[..., BrowserContext]
INSTALLED = """async () => {
  await navigator.serviceWorker.ready;
  return (await navigator.serviceWorker.getRegistrations()).length;
}"""
KEPT = "async () => (await caches.keys()).length"
UPDATED = """async () => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  const coming = registration.installing ?? registration.waiting;
  if (coming) await new Promise((resolve) => {
    const look = () => coming.state === 'activated' && resolve();
    coming.addEventListener('statechange', look);
    look();
  });
}"""
FETCHED = "(address) => fetch(address).then(({ status }) => status, () => 'nothing')"


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "service_workers": "allow"}


@pytest.fixture
def page(live_server: object, new_context: NewContext, alice: Person) -> Page:
    """Alice’s vault, open, in a browser that takes the worker."""
    enrolled(alice, here=False)
    page = new_context().new_page()
    open_vault(page, alice)
    assert page.evaluate(INSTALLED) == 1
    return page


def without_network(page: Page) -> None:
    page.context.set_offline(True)
    page.goto("/settings")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()


def test_a_page_that_can_not_be_loaded_says_so_and_tries_again(page: Page, screen: Screens) -> None:
    without_network(page)
    assert page.url.endswith("/settings")
    screen(page, "offline")
    page.get_by_role("link", name="Try Again").click()
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="Try Again").click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()


def test_the_worker_keeps_nothing_and_answers_nothing_but_a_page(page: Page) -> None:
    page.goto("/settings")
    assert page.evaluate(KEPT) == 0
    script = page.evaluate("document.querySelector('script[src]').src")
    assert page.evaluate(FETCHED, "/settings") == 200
    page.context.set_offline(True)
    for address in ("/settings", "/sessions/state", f"{script}?anew"):
        assert page.evaluate(FETCHED, address) == "nothing", address
    page.context.set_offline(False)
    page.evaluate("async () => (await navigator.serviceWorker.ready).unregister()")
    assert page.evaluate(KEPT) == 0


def test_nobody_gets_the_worker_before_they_sign_in(
    new_context: NewContext, live_server: object, alice: Person
) -> None:
    page = new_context().new_page()
    page.goto("/sign-in")
    page.wait_for_load_state()
    page.locator("recovery-watch[data-looked]").wait_for(state="attached")
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0


def test_a_newer_worker_takes_over_by_itself(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "AN_HOUR", 0)
    page.evaluate("async () => (await navigator.serviceWorker.ready).unregister()")
    page.reload()
    assert page.evaluate(INSTALLED) == 1
    monkeypatch.setattr(service_worker, "STYLE", "h1 { letter-spacing: 3px }")
    page.evaluate(UPDATED)
    without_network(page)
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing") == "3px"


def test_what_a_server_says_comes_through_the_worker(page: Page) -> None:
    page.goto("/nowhere")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
