"""Dialogs open and close where the browser knows no invoker commands, as they do where it knows them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import open_vault, sign_in
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.servers.processes import ROOT
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import open_item, titles_of

# Such a browser has no property for it, and does nothing by itself.
WITHOUT = """delete HTMLButtonElement.prototype.commandForElement;
delete HTMLButtonElement.prototype.command;
addEventListener("command", (event) => event.preventDefault(), true)"""
COMMAND = re.compile(r"""\bcommand["']?\s*[=:]\s*["']([^"'{]+)["']""")


@pytest.fixture(params=["with", "without"])
def either(request: pytest.FixtureRequest, page: Page) -> Page:
    """A browser with invoker commands, and one without."""
    if request.param == "without":
        page.context.add_init_script(WITHOUT)
    return page


def test_an_item_is_kept_and_then_deleted(either: Page, alice: Person) -> None:
    enrolled(alice, [login("Example"), login("Bank")], here=False)
    open_vault(either, alice)
    open_item(either, "Example")
    dialog = either.get_by_role("dialog", name="Delete this item?")
    either.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep It").click()
    expect(dialog).to_be_hidden()
    either.get_by_role("button", name="Delete", exact=True).click()
    dialog.get_by_role("button", name="Delete Item").click()
    expect(either.get_by_text("1 item", exact=True)).to_be_visible()
    assert titles_of(alice) == ["Bank"]


def test_the_question_whether_it_is_still_you_is_taken_back(either: Page, bob: Person, clock: MovableClock) -> None:
    either.goto("/sign-in?next=/admin/users")
    sign_in(either, bob)
    email = either.get_by_label("Email address")
    email.fill("dana@example.org")
    either.get_by_label(re.compile("^Name")).fill("Dana")
    clock.advance(minutes=11)
    either.get_by_role("button", name="Make Invite Link").click()
    dialog = either.get_by_role("dialog", name="Show that it is you")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(email).to_have_value("dana@example.org")


def test_every_command_that_a_template_gives_is_known_to_the_script() -> None:
    given = {found for path in templates() for found in COMMAND.findall(path.read_text())}
    script = (ROOT / "static/js/page/invoker-commands.js").read_text()
    assert given == set(re.findall(r"^  '?([a-z-]+)'?: \(dialog\)", script, re.MULTILINE))


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))
