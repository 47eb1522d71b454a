"""The member’s rooms, screen by screen: the lock, the vault, Backup Center, Settings."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, type_pin
from tests.support.pages.chromium import Screens
from tests.support.pages.false_answers import ANSWER, says
from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.people.people import ActiveKey, Person, add_organisation_key, backed_up, be_at, enrolled
from tests.support.vault.devices import login
from tests.views.account.test_notices import give
from webapp.clock import now
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import KeyState, OrganisationKey

Opened = Callable[[Person], Page]
LONG = "A title that somebody has pasted from elsewhere, with_an_unbroken_word_of_some_considerable_length_in_it"


@pytest.fixture
def opened(live_server: object, new_context: Contexts) -> Opened:
    """`opened(alice)`: a browser with her vault open."""
    return lambda person: enter_open(new_context(), person)


def change(person: Person, **values: object) -> None:
    """Straight in the database."""
    with person.app.app_context(), transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(User, person.user_id), name, value)


def note(title: str, text: str) -> object:
    return {**login(title, "", ""), "kind": "note", "url": "", "notes": text}


def test_the_lock(alice: Person, live_server: object, new_context: Contexts, screen: Screens) -> None:
    page = enter(new_context(), alice, enrolled(alice))
    page.goto("/unlock")
    type_pin(page, "111222")
    expect(page.get_by_text("That is not the PIN")).to_be_visible(timeout=SLOW)
    screen(page, "unlock-wrong")
    page.route("**/devices/unlock", says(410, '{"error": "lock_destroyed"}', ANSWER))
    type_pin(page, "111222")
    expect(page.get_by_role("heading", name="This device can’t be unlocked any more")).to_be_visible(timeout=SLOW)
    screen(page, "unlock-destroyed")


def test_looking_for_a_key(alice: Person, live_server: object, new_context: Contexts, screen: Screens) -> None:
    page = enter(new_context(), alice, enrolled(alice))
    page.route("**/devices/challenge", lambda route: route.abort())
    page.goto("/devices/here")
    expect(page.get_by_role("heading", name="This browser can’t show its key")).to_be_visible()
    screen(page, "looking-failed")


def test_the_vault(alice: Person, opened: Opened, screen: Screens) -> None:
    titles = ["Bank", "Mail", "Railway", "Library", "Insurance", "Garden club", "Água e luz", LONG]
    notes = note("Where the spare key is", "Third pot from the left.\nThe one without a plant.")
    enrolled(alice, [*(login(title) for title in titles), notes])  # type: ignore[list-item]
    page = opened(alice)
    screen(page, "vault-list")
    page.locator("item-list").get_by_text("Bank", exact=True).click()
    page.get_by_role("button", name="Show password").click()
    screen(page, "vault-item")
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.get_by_label("Title")).to_be_visible()
    screen(page, "vault-edit")
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Give it a title")).to_be_visible()
    screen(page, "vault-edit-refused")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("searchbox").fill("spare")
    page.locator("item-list").get_by_text("Where the spare key is").click()
    expect(page.get_by_text("Third pot from the left.")).to_be_visible()
    screen(page, "vault-note")
    page.get_by_role("searchbox").fill("nowhere to be found")
    screen(page, "vault-nothing-found")
    page.get_by_role("searchbox").fill("")
    page.locator("item-list").get_by_text(LONG).click()
    expect(page.get_by_role("heading", name=LONG)).to_be_visible()
    screen(page, "vault-long-title")


def test_an_empty_vault(alice: Person, opened: Opened, screen: Screens) -> None:
    enrolled(alice)
    give(alice)
    give(alice, "restore_cancelled")
    page = opened(alice)
    expect(page.get_by_text("Your vault is empty")).to_be_visible()
    screen(page, "vault-empty-with-notices")
    page.route("**/vault/file", lambda route: route.abort())
    page.get_by_role("button", name="Add Note").click()
    page.get_by_label("Title").fill("Kept here")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Not saved yet", exact=True).filter(visible=True)).to_be_visible(timeout=SLOW)
    screen(page, "vault-not-saved")
    page.reload()
    expect(page.get_by_role("button", name="Try Again")).to_be_visible(timeout=SLOW)
    screen(page, "vault-cannot-be-read")


def test_the_backup_center(alice: Person, olga: Person, opened: Opened, screen: Screens) -> None:
    enrolled(alice, [login()])
    page = opened(alice)
    page.goto("/backups")
    screen(page, "backups-not-enabled")
    page.goto("/backups/local")
    screen(page, "backups-local")
    first = add_organisation_key(olga)
    page.goto("/backups")
    expect(page.get_by_label("First 16 characters of the recovery key")).to_be_visible()
    screen(page, "backups-turn-on")
    change(alice, cloud_backups_at=now(), cloud_backups_fingerprint=first.key.public.fingerprint)
    page.goto("/backups")
    screen(page, "backups-none-yet")
    for _ in range(3):
        backed_up(alice, first)
    with olga.app.app_context(), transaction() as session:
        session.get_one(OrganisationKey, first.id).state = KeyState.DISABLED
        session.flush()
    add_organisation_key(olga, "Second key")
    page.goto("/backups")
    expect(page.get_by_label("First 16 characters of the recovery key")).to_be_visible()
    screen(page, "backups-another-key")
    be_at(alice, None)
    page.goto("/backups")
    screen(page, "backups-without-a-key-here")


def test_settings(
    alice: Person,
    charlie: Person,
    organisation_key: ActiveKey,
    opened: Opened,
    new_context: Contexts,
    screen: Screens,
) -> None:
    enrolled(alice, [login()])
    backed_up(alice, organisation_key)
    page = opened(alice)
    page.goto("/settings")
    screen(page, "settings")
    for label, pin in (("Present PIN", "271828"), ("New PIN", "123456"), ("New PIN, once more", "123456")):
        page.get_by_label(label, exact=True).fill(pin)
    page.get_by_role("button", name="Change PIN").click()
    expect(page.get_by_text("row of digits")).to_be_visible()
    screen(page, "settings-pin-refused")
    change(alice, kit_confirmed_at=None, cloud_backups_at=None, cloud_backups_fingerprint=None)
    page.goto("/settings")
    expect(page.get_by_label("First 16 characters of the recovery key")).to_be_visible()
    screen(page, "settings-kit-not-confirmed")
    be_at(alice, None)
    page.goto("/settings")
    screen(page, "settings-without-a-key-here")
    page = enter(new_context(), charlie)
    page.goto("/settings")
    screen(page, "settings-without-a-vault")
