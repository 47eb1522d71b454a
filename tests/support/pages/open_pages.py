"""Real browsers in which somebody is signed in already, so that a test begins at the page it is about."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import give_keys, unlock_here, use_session
from tests.support.people.people import be_at
from tests.support.people.person import Person
from tests.support.vault.devices import MadeDevice

Contexts = Callable[..., BrowserContext]


def enter(context: BrowserContext, person: Person, device: MadeDevice | None = None, state: str = "enrolled") -> Page:
    """A tab of the person’s own session, in a browser that holds the keys of `device`, or none and knows it."""
    page = context.new_page()
    be_at(person, device)
    use_session(context, person, person.client)
    if device:
        page.goto("/settings")
        give_keys(page, device, state)
    return page


def enter_open(context: BrowserContext, person: Person) -> Page:
    """The same, with the vault open."""
    assert person.device
    page = enter(context, person)
    be_at(person, person.device)
    unlock_here(page, person.device)
    return page


def show(page: Page, path: str, heading: str) -> None:
    """Go there, and wait until it is shown."""
    page.goto(path)
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
