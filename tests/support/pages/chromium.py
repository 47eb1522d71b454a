"""Chromium for tests: finding it, failing a test whose page complains, looking at screens on the way."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, WebError, expect, sync_playwright

from tests.support.run import patience

HEADLESS_SHELL = "chromium-headless-shell"
"""The same engine without what draws a window and its menus: about a quarter less work a page."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNWANTED_FEATURES = [
    # What Playwright turns off by itself: of two such lists, Chromium takes the last.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    # The address bar's suggestions are two pages of their own in every window: a second of work each time.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
]
CHROMIUM_ARGUMENTS = [
    f"--disable-features={','.join(UNWANTED_FEATURES)}",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NO_CHROMIUM = "no Chromium found; install your system's, or run .venv/bin/playwright install --with-deps chromium"
SETTINGS: dict[str, Any] = {"locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce"}
"""Of every browser profile: English, in UTC, without motion."""
SCREEN_SIZES = {"wide": (1280, 900), "phone": (390, 844)}
EXAMINED: list[tuple[str, Literal["light", "dark"]]] = [("wide", "light"), ("phone", "dark")]
LOOKS: list[tuple[str, Literal["light", "dark"]]] = [*EXAMINED, ("wide", "dark"), ("phone", "light")]
AXE_OPTIONS: dict[str, object] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
BY_APPEARANCE = [
    *("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"),
    *("aria-hidden-focus", "skip-link"),  # what lies over it, or outside
    *("scope-attr-valid", "table-duplicate-name", "th-has-data-cells"),  # what looks like a table
]
"""The rules of axe that judge by colours, sizes and places. All others judge markup, but for what isn't rendered."""
RENDERED = """() => [...document.querySelectorAll("*")].map((element) =>
  Number(element.checkVisibility({ visibilityProperty: true }))).join("")"""
"""Which of all elements are. The same ones in another order of boxes are the same markup to a rule."""
VIOLATIONS = "async (options) => (await axe.run(options)).violations"
"""Nothing else of what axe tells: it would be taken apart and put together again three times on its way here."""
RESIZED = "Viewport size changed"
"""How a view transition ends in which a test looks at another size of the window: none of the page’s doing."""
POLICY_WORDS = ("Content Security Policy", "TrustedHTML", "TrustedScript", "Trusted Type")


def find_chromium(playwright: Playwright, *, in_a_window: bool = False) -> str | None:
    """The path of a Chromium: $CHROMIUM, the system's, where nobody looks its headless shell first, or the one
    Playwright downloaded."""
    given = os.environ.get("CHROMIUM")
    names = CHROMIUM_NAMES if in_a_window else (HEADLESS_SHELL, *CHROMIUM_NAMES)
    found = [given] if given else [shutil.which(name) for name in names]
    found.append(playwright.chromium.executable_path)
    return next((path for path in found if path and Path(path).exists()), None)


expect.set_options(timeout=patience.AT_ONCE)


def stop_clock(page: Page) -> None:
    """From now on no time passes on the page but by `page.clock.run_for` and its kin, however long the test takes.

    Call `page.clock.install()` before: timers that were set until then go on by themselves.
    """
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))  # what is past by then can’t be gone back to


class Complaints:
    """Uncaught errors and broken content policies of every page of a test. None is ever fine unless a test says so."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        """Hear all pages of this context."""
        context.on("weberror", self._error)
        context.on("console", self._message)

    def forgive(self) -> None:
        """For the test that provokes them."""
        self.heard.clear()

    def _error(self, error: WebError) -> None:
        if RESIZED in str(error.error):
            return
        self.heard.append(f"{error.page.url if error.page else ''}: {error.error}")

    def _message(self, message: ConsoleMessage) -> None:
        if any(word in message.text for word in POLICY_WORDS):
            self.heard.append(message.text)


class Screens:
    """Looks at screens: axe finds nothing wrong, wide and light, narrow and dark; nothing is wider than the window.

    All of axe's rules see a screen once; those that judge by appearance see it both ways, and so do all of them where
    the narrow one shows or hides something. Where SCREENS names a folder, it keeps four pictures of each.
    """

    def __init__(self) -> None:
        self._folder = os.environ.get("SCREENS")
        self.found: list[str] = []
        self.looks: list[str] = []
        """What axe looked at, and by which rules."""

    def __call__(self, page: Page, name: str) -> None:
        """Look at the page, and keep `name`-wide-light.png and its three sisters. Afterwards the page is as before."""
        former = page.viewport_size
        page.wait_for_load_state()
        page.evaluate("document.activeViewTransition?.finished.catch(() => {})")  # a new size would break it off
        seen: list[str] = []
        for look in LOOKS if self._folder else EXAMINED:
            size, scheme = look
            width, height = SCREEN_SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            if look in EXAMINED:
                self._examine(page, f"{name}, {size}, {scheme}", seen)
            if self._folder:
                path = Path(self._folder) / f"{name}-{size}-{scheme}.png"
                page.evaluate("scrollTo(0, 0)")  # what is fixed or sticky stands where it belongs
                # Hiding the caret would leave style attributes behind, which break the content policy later.
                page.screenshot(path=path, full_page=True, animations="disabled", caret="initial")
        page.emulate_media(color_scheme="null")
        if former:
            page.set_viewport_size(former)

    def _examine(self, page: Page, name: str, seen: list[str]) -> None:
        """By all rules, unless they have `seen` the same elements; then by those that judge by appearance."""
        if page.evaluate("!window.axe"):
            page.evaluate(AXE_SCRIPT)
        rendered = page.evaluate(RENDERED)
        options = {**AXE_OPTIONS, "runOnly": BY_APPEARANCE} if rendered in seen else AXE_OPTIONS
        seen.append(rendered)
        self.looks.append(f"{name}: {'by appearance' if options is not AXE_OPTIONS else 'all rules'}")
        for violation in page.evaluate(VIOLATIONS, options):
            nodes = [f"    {node['html'][:200]}\n    {node['failureSummary']}" for node in violation["nodes"]]
            self.found.append("\n".join([f"{name}: {violation['id']}, {violation['help']}", *nodes]))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.found.append(f"{name}: it is wider than the window")


if __name__ == "__main__":
    with sync_playwright() as _playwright:
        sys.exit(find_chromium(_playwright) is None)
