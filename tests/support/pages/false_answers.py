"""Answers that are not the server’s: what a network, a firewall or a proxy says in its place, to one address."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support.pages.browser_devices import SLOW

ANSWER = "application/vnd.spare-key+json"
OCTETS = "application/octet-stream"
HTML = "<!doctype html><title>Hotel</title><h1>Welcome</h1><p>Sign in to the network.</p>"

Give = Callable[[Route], None]

# Nobody looks at the page, so no form goes again by itself; what would wait for minutes waits for a moment.
STILL = """const later = setTimeout;
globalThis.setTimeout = (work, ms, ...rest) => later(work, Math.min(ms ?? 0, 1000), ...rest);
Object.defineProperty(document, 'hidden', { get: () => true });
const patient = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => patient(globalThis.hurry ? 300 : ms);"""


@pytest.fixture
def still(live_server: object, new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A browser in which nothing goes again by itself."""
    context = new_context()
    context.add_init_script(STILL)
    return context


def says(status: int, body: str = HTML, kind: str = "text/html", **headers: str) -> Give:
    """An answer that comes whole."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda route: route.fulfill(status=status, body=body, content_type=kind, headers=named or None)


def moved(route: Route) -> None:
    """A network that leads everybody to its own page first."""
    route.fulfill(status=302, headers={"Location": "https://portal.example/login"})


def cut(route: Route) -> None:
    """The connection breaks before anything arrives."""
    route.abort()


def silence(_: Route) -> None:
    """Nobody ever answers."""


NOT_OURS: dict[str, tuple[Give, str]] = {
    "a page": (says(200), "network_sign_in"),
    "JSON of nobody": (says(200, "{}", "application/json"), "foreign_answer"),
    "JSON without the names": (says(200, '{"ok": true}', ANSWER), "foreign_answer"),
    "nothing": (says(204, ""), "foreign_answer"),
    "a way elsewhere": (moved, "network_sign_in"),
    "a sign-in": (says(401), "network_sign_in"),
    "a firewall": (says(403), "blocked"),
    "a firewall’s JSON": (says(403, '{"error": "forbidden"}', "application/json"), "blocked"),
    "a size limit": (says(413), "size_limit"),
    "a count": (says(429), "proxy_throttled"),
    "a failure": (says(500), "server_failed"),
    "a gateway": (says(502), "starting"),
    "a start": (says(503, Retry_After="1"), "starting"),
    "a slow server": (says(504), "starting"),
    "a network’s sign-in": (says(511), "network_sign_in"),
    "a cut before it acted": (cut, "offline"),
    "silence": (silence, "timed_out"),
}
"""By name: what comes, and the code of who probably answered."""


class Between:
    """What stands between the pages of a context and one address of the server."""

    def __init__(self, context: BrowserContext, address: str, framed: bool = False) -> None:
        self.give: Give | None = None
        self.framed = framed
        context.route(lambda url: url.partition("?")[0].endswith(address), self._answer)

    def kinds(self, forged: dict[str, Any] | None) -> dict[str, tuple[Give, str]]:
        """All that are not ours, with half a body of this address and, where `forged`, other values than were sent."""
        half = says(200, "\x00\x00\x01\x00{", OCTETS) if self.framed else says(200, '{"next": "/', ANSWER)
        kinds = {**NOT_OURS, "half a body": (half, "cut_off")}
        if self.framed:
            kinds["JSON without the names"] = (says(200, '{"ok": true}', ANSWER), "foreign_answer")
        if forged:
            kinds["other values"] = (says(200, json.dumps(forged), ANSWER), "answer_differs")
        return kinds

    def _answer(self, route: Route) -> None:
        if self.give and route.request.method == "POST":
            self.give(route)
        else:
            route.fallback()


def lose(route: Route) -> None:
    """The server acts, and its answer is lost on the way."""
    route.fetch()
    route.abort()


def hold_pauses(page: Page) -> None:
    """From now on nothing goes again unless the test moves the clock."""
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => globalThis.looksAway, configurable: true })")
    page.evaluate("globalThis.looksAway = true")


def come_back(page: Page, seconds: int = 120) -> None:
    """Somebody looks at the page again, after the pause is over."""
    page.evaluate(
        """(ms) => { const [isAway, now] = [globalThis.looksAway, Date.now]; globalThis.looksAway = false;
          Date.now = () => now() + ms; document.dispatchEvent(new Event('visibilitychange'));
          Date.now = now; globalThis.looksAway = isAway; }""",
        seconds * 1_000,
    )


@dataclass
class Table:
    """One signed POST, pressed again and again on one page."""

    page: Page
    between: Between
    press: Callable[[], None]
    told: Callable[[str], None]
    """Waits until the page says the code."""
    state: Callable[[], object]
    """What the server has of it."""

    def run(self, forged: dict[str, Any] | None = None, *, loses: bool = True) -> None:
        """No answer of another changes or ends anything; nor does one that is lost after the server acted (`loses`),
        and then the same again is done."""
        before = self.state()
        for name, (give, code) in self.between.kinds(forged).items():
            self.between.give = give
            self.page.evaluate("(hurry) => { globalThis.hurry = hurry; }", give is silence)
            self.press()
            self.told(code)
            assert self.state() == before, name
        self.page.evaluate("globalThis.hurry = false")
        if loses:
            self.between.give = lose
            self.press()
            self.told("offline")
        self.between.give = None
        self.press()


def in_slot(page: Page, slot: str) -> Callable[[str], None]:
    """Waits for the code in an error slot; a form that is submitted hides what it said before."""

    def told(code: str) -> None:
        expect(page.locator(f"{slot}[data-code={code}]:not([hidden])")).to_be_visible(timeout=SLOW)

    return told


SIGNED_POSTS = {
    "/backups",
    "/backups/<backup_id>/trials",
    "/backups/enrolment",
    "/backups/local/copies",
    "/devices/here",
    "/devices/pin",
    "/devices/tab-keys",
    "/devices/tab-keys/open",
    "/devices/unlock",
    "/join/vault",
    "/pair/<pairing_id>/confirmation",
    "/pair/<pairing_id>/offer",
    "/pair/<pairing_id>/refusal",
    "/pair/<pairing_id>/vault",
    "/recovery/own",
    "/recovery/own/finish",
    "/recovery/pairings/<pairing_id>/answer",
    "/recovery/pairings/<pairing_id>/completion",
    "/recovery/pairings/<pairing_id>/key",
    "/recovery/requests/<request_id>/check-failure",
    "/recovery/requests/<request_id>/finish",
    "/recovery/requests/<request_id>/release",
    "/recovery/requests/<request_id>/vault",
    "/vault/earlier/<int:epoch>/unlock",
    "/vault/file",
    "/vault/kit-confirmation",
    "/veto/link",
    "/veto/running",
}
"""Each has its row in tests/browser/page/test_answers*.py."""
