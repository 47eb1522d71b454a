"""Chromium for tests: finding it, failing a test whose page complains, taking screens on the way."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, WebError, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NO_CHROMIUM = "no Chromium found; install your system's, or run .venv/bin/playwright install --with-deps chromium"
TIMEOUT = 5_000
SCREEN_SIZES = {"wide": (1280, 900), "phone": (390, 844)}
POLICY_WORDS = ("Content Security Policy", "TrustedHTML", "TrustedScript", "Trusted Type")


def find_chromium(playwright: Playwright) -> str | None:
    """The path of a Chromium: $CHROMIUM, the system's, or the one Playwright downloaded."""
    given = os.environ.get("CHROMIUM")
    found = [given] if given else [shutil.which(name) for name in CHROMIUM_NAMES]
    found.append(playwright.chromium.executable_path)
    return next((path for path in found if path and Path(path).exists()), None)


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
        self.heard.append(f"{error.page.url if error.page else ''}: {error.error}")

    def _message(self, message: ConsoleMessage) -> None:
        if any(word in message.text for word in POLICY_WORDS):
            self.heard.append(message.text)


class Screens:
    """Keeps pictures of what a journey shows, in four ways, where SCREENS names a folder; otherwise does nothing."""

    def __init__(self) -> None:
        self._folder = os.environ.get("SCREENS")

    def __call__(self, page: Page, name: str) -> None:
        """Keep `name`-wide-light.png and its three sisters; the page is as before afterwards."""
        if not self._folder:
            return
        former = page.viewport_size
        for size, (width, height) in SCREEN_SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
                page.screenshot(path=Path(self._folder) / f"{name}-{size}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme=None)
        if former:
            page.set_viewport_size(former)


if __name__ == "__main__":
    with sync_playwright() as _playwright:
        sys.exit(find_chromium(_playwright) is None)
