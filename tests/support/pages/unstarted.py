"""Pages whose scripts don’t come: which bundles each kind of page loads, which elements no script defines without one
module, and what such a page says. `BUNDLES` and `lost_without` are of no engine; the rest takes a Playwright page."""

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.pages.page_scripts import ENTRIES, ROOT, defined_in

TITLE = "This page did not start"
BOUND = 10
"""Seconds after which a page has said so, at most; the style sheet waits for a little less."""

SHARED = ["core.js", "shared.js"]
WITH_KEYS = [*SHARED, "crypto.js"]
BUNDLES = {
    "sign-in": SHARED,
    "here": [*WITH_KEYS, "vault.js"],
    "unlock": [*WITH_KEYS, "vault.js"],
    "vault": [*WITH_KEYS, "vault.js"],
    "join": [*WITH_KEYS, "vault.js"],
    "kit": [*WITH_KEYS, "recovery.js"],
    "requests": SHARED,
    "keys": [*WITH_KEYS, "admin.js"],
    "invite": ["invite.js"],
    "scanned": [*WITH_KEYS[1:], "scanned.js"],
    "away": ["waiting.js"],
}
"""The bundles of each kind of page. What they load when they need it (csv.js, keys.js, workers/kdf.js) fails with a
sentence beside what was asked for."""

SCRIPTS = ROOT / "static/js"
IMPORT = re.compile(r"^(?:import|export)\s[^'\"`;]*?from\s*'(\.[^']+)'|^import\s*'(\.[^']+)'", re.M)
MARKS = "vault-keys:defined, invite-pin:defined, scanned-code:defined, wait-for-server:defined"
"""On every page stands one of them."""
NAMED = "getComputedStyle(document.querySelector('.unstarted'))"


@cache
def needed_by(module: Path) -> frozenset[Path]:
    """The module and all that it imports before it runs."""
    found, left = set(), [module]
    while left:
        path = left.pop()
        if path in found:
            continue
        found.add(path)
        left += [(path.parent / (one or other)).resolve() for one, other in IMPORT.findall(path.read_text())]
    return frozenset(found)


def imported_by(*entries: str) -> list[Path]:
    """What the files of static/js/entries import: what a page in development loads, each by itself."""
    texts = [(ENTRIES / f"{entry}.js").read_text() for entry in entries]
    paths = [path for text in texts for path in re.findall(r"^import '(.+)';$", text, re.M)]
    return [(ENTRIES / path).resolve() for path in dict.fromkeys(paths)]


def modules_of(*entries: str) -> list[Path]:
    """Every module of such a page, sorted."""
    return sorted(set().union(*(needed_by(path) for path in imported_by(*entries))))


def elements_of(*entries: str) -> set[str]:
    """The elements that the scripts of such a page define."""
    return set().union(*(defined_in(path) for path in imported_by(*entries)))


def lost_without(module: Path, *entries: str) -> set[str]:
    """The elements of such a page that no script defines where this one doesn’t come."""
    without = [path for path in imported_by(*entries) if module in needed_by(path)]
    return set().union(*(defined_in(path) for path in without))


def expect_unstarted(page: Page) -> None:
    """The page says within the bound that it did not start. Nobody waits for it here: the style sheet says how long
    it takes, and what it waits for is brought to its end."""
    page.wait_for_function(f"() => {NAMED}.display !== 'none'")
    assert 0 < page.evaluate(f"parseFloat({NAMED}.animationDelay)") < BOUND
    page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
    expect(page.get_by_text(TITLE, exact=True)).to_be_visible()


def expect_started(page: Page) -> None:
    """Every element of ours has its script, and the page doesn’t say that one is missing, however long one waits."""
    page.wait_for_function(f"() => {NAMED}.display === 'none'")
    assert page.evaluate(f"() => document.querySelectorAll('{MARKS}').length")
