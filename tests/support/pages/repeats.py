"""Steps that get no answer. What is harmless to repeat goes again by itself, at a moment of its own: a test that names
one moment works by luck. So nothing is answered until the test says so, and whoever presses again may come late."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Route

from tests.support.pages.browser_devices import SLOW


@contextmanager
def unanswered(page: Page, address: str, method: str = "", *, arrives: bool = False) -> Iterator[None]:
    """Within it, requests of the page to this address get no answer, however often they go; with a method only those.
    `arrives`: the first one reaches the server all the same."""
    owed = [True] if arrives else []

    def lose(route: Route) -> None:
        if method and route.request.method != method:
            return route.fallback()
        if owed:
            owed.pop()
            route.fetch()
        return route.abort()

    page.route(address, lose)
    yield
    page.unroute(address, lose)


def press_again(page: Page, button: str, then: Locator) -> None:
    """Press it, unless it has gone by itself; until that is there which comes of it."""
    page.get_by_role("button", name=button, exact=True).or_(then).first.click()
    then.first.wait_for(timeout=SLOW)
