"""Real browsers in which somebody is signed in already, so that a test begins at the page it is about."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser_devices import SLOW, give_keys, type_pin
from tests.support.devices import MadeDevice
from tests.support.people import be_at
from tests.support.person import Person

Contexts = Callable[..., BrowserContext]


def enter(context: BrowserContext, person: Person, device: MadeDevice | None = None, state: str = "enrolled") -> Page:
    """A tab of the person’s own session, in a browser that holds the keys of `device`, or none and knows it."""
    page = context.new_page()
    be_at(person, device)
    cookie = person.client.get_cookie("sparekey")
    assert cookie
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": person.app.config["PUBLIC_URL"]}])
    if device:
        page.goto("/settings")
        give_keys(page, device, state)
    return page


def enter_open(context: BrowserContext, person: Person) -> Page:
    """The same, with the vault open."""
    page = enter(context, person, person.device)
    page.goto("/vault")
    page.wait_for_url("**/unlock?next=**", timeout=SLOW)
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)
    page.locator("item-list").wait_for(timeout=SLOW)
    return page


def show(page: Page, path: str, heading: str) -> None:
    """Go there, and wait until it is shown."""
    page.goto(path)
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
