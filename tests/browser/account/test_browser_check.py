"""What a browser lacks is said before anybody signs in or joins; and whether it has promised to keep its key."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.pages.poor_browsers import FULL, NO_STORAGE, NO_SUBTLE, NO_X25519, PRIVATE
from tests.support.people.invitations import invite
from tests.support.people.people import Person, enrolled

NO_ED25519 = NO_X25519.replace("X25519", "Ed25519")
LACKS = {
    "X25519": (NO_X25519, "Update it: Chrome and Edge have it from 137 on"),
    "Ed25519": (NO_ED25519, "Update it: Chrome and Edge have it from 137 on"),
    "a secure page": (NO_SUBTLE, "Open the https address"),
    "storage": (NO_STORAGE, "allow this site to store data"),
    "room": (FULL, "Free some space on this device"),
    "a memory": (PRIVATE, "It forgets your key when you close it"),
}
TITLES = re.compile("Your vault can’t be opened in this browser|This looks like a private window")
PROMISES = """
let kept = {kept};
StorageManager.prototype.persisted = async () => kept;
StorageManager.prototype.persist = async () => {{
  localStorage.setItem('asked', Number(localStorage.getItem('asked')) + 1);
  kept = {promises};
  return kept;
}};
"""


@pytest.fixture(params=["sign-in", "invite"])
def path(request: pytest.FixtureRequest, app: Flask, organisation: str) -> str:
    """Where somebody comes in."""
    return "/sign-in" if request.param == "sign-in" else invite(app, organisation)


@pytest.mark.parametrize("lacking", LACKS)
def test_what_a_browser_lacks_is_said_before_somebody_comes_in(
    live_server: object, new_context: Contexts, path: str, lacking: str, screen: Screens
) -> None:
    script, words = LACKS[lacking]
    context = new_context()
    context.add_init_script(script)
    page = context.new_page()
    page.goto(path)
    expect(page.get_by_text(TITLES)).to_be_visible()
    expect(page.get_by_text(words)).to_be_visible()
    if path == "/sign-in" and lacking in ("X25519", "a memory"):
        screen(page, f"browser-lacks-{lacking.replace(' ', '-')}")


def test_a_browser_that_has_it_all_is_told_nothing(live_server: object, new_context: Contexts, path: str) -> None:
    page = new_context().new_page()
    page.goto(path)
    page.locator("browser-check[data-looked]").wait_for(state="attached")
    expect(page.get_by_text(TITLES)).to_be_hidden()


def asked(page: Page) -> str | None:
    return page.evaluate("localStorage.getItem('asked')")  # type: ignore[no-any-return]


def test_a_browser_is_asked_once_to_keep_its_key_when_the_vault_is_open(
    alice: Person, live_server: object, new_context: Contexts
) -> None:
    enrolled(alice)
    context = new_context()
    context.add_init_script(PROMISES.format(kept="false", promises="false"))
    page = enter_open(context, alice)
    page.wait_for_function("localStorage.getItem('asked') === '1'")
    page.reload()
    page.locator("item-list").wait_for()
    page.goto("/settings")
    expect(page.get_by_text("has not promised to keep its key")).to_be_visible()
    assert asked(page) == "1"


@pytest.mark.parametrize(
    ("promises", "words"), [("true", "has promised to keep its key"), ("false", "It has not promised it now")]
)
def test_settings_say_whether_the_key_is_kept_and_ask_for_it(
    alice: Person, live_server: object, new_context: Contexts, promises: str, words: str, screen: Screens
) -> None:
    context = new_context()
    context.add_init_script(PROMISES.format(kept="false", promises=promises))
    page = enter(context, alice, enrolled(alice))
    page.goto("/settings")
    expect(page.get_by_text("has not promised to keep its key")).to_be_visible()
    if promises == "true":
        screen(page, "key-not-promised")
    page.get_by_role("button", name="Ask It to Keep the Key").click()
    expect(page.get_by_text(words)).to_be_visible()


def test_a_browser_that_does_not_say_is_no_promise(alice: Person, live_server: object, new_context: Contexts) -> None:
    context = new_context()
    context.add_init_script("Object.defineProperty(StorageManager.prototype, 'persisted', { value: undefined });")
    page = enter(context, alice, enrolled(alice))
    page.goto("/settings")
    expect(page.get_by_text("does not say whether it keeps its key")).to_be_visible()
