"""A browser whose storage goes, all of it or a part, while its cookie stays: the right reason, and a way on."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, type_pin
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.pages.poor_browsers import (
    FORGETFUL,
    FULL,
    NO_STORAGE,
    NO_SUBTLE,
    NO_X25519,
    Gone,
    clear_storage,
)
from tests.support.pages.tour import heading
from tests.support.people.invitations import accept, choose_pin, invite
from tests.support.people.people import Person, be_at, enrolled
from tests.support.recovery.self_service_pages import kit_file, kit_known
from tests.support.vault.devices import PIN

REASON = "This browser has no key to your vault yet."
STORES: list[Gone] = ["everything", "devices", "keys"]
LACKS = [
    (NO_X25519, "lacks what is needed to make your keys"),
    (NO_SUBTLE, "secure pages only"),
    (NO_STORAGE, "does not let this site store data"),
    (FULL, "no room left"),
]
OF_LACKS = ["X25519", "secure page", "storage", "room"]


@pytest.fixture
def home(alice: Person, live_server: object, new_context: Contexts) -> Page:
    """A tab of Alice’s device, locked."""
    page = enter(new_context(), alice, enrolled(alice))
    be_at(alice, alice.device, locked=True)
    return page


@pytest.mark.parametrize("gone", STORES)
@pytest.mark.parametrize("path", ["/", "/vault", "/unlock", "/recovery"])
def test_a_device_whose_storage_was_cleared_is_a_browser_without_a_key(
    home: Page, path: str, gone: Gone, screen: Screens
) -> None:
    clear_storage(home, gone)
    home.goto(path)
    expect(home.get_by_text(REASON)).to_be_visible()
    expect(home.get_by_role("link", name="Open Vault")).to_have_count(0)
    if (gone, path) == ("everything", "/vault"):
        screen(home, "storage-gone")
    home.goto("/vault")
    home.wait_for_url("**/recovery")
    expect(heading(home, "Account Recovery")).to_be_visible()


def test_a_device_whose_key_is_here_stays_one_on_account_recovery(home: Page) -> None:
    home.goto("/recovery")
    home.locator("device-still-here:defined").wait_for(state="attached")
    home.get_by_role("link", name="Open Vault").click()
    type_pin(home)
    home.wait_for_url("**/vault", timeout=SLOW)


def test_a_lock_whose_salt_is_gone_is_said_when_the_pin_was_typed(home: Page) -> None:
    home.goto("/unlock")
    home.evaluate("""async () => {
      const database = await new Promise((resolve) => {
        const opening = indexedDB.open('spare-key');
        opening.onsuccess = () => resolve(opening.result);
      });
      const store = database.transaction('devices', 'readwrite').objectStore('devices');
      const [record] = await new Promise((resolve) => {
        const reading = store.getAll();
        reading.onsuccess = () => resolve(reading.result);
      });
      const writing = store.put({ ...record, salts: {} }, record.id);
      await new Promise((resolve) => { writing.onsuccess = resolve; });
      database.close();
    }""")
    type_pin(home)
    expect(home.get_by_role("alert")).to_contain_text("lost its part of the lock", timeout=SLOW)


@pytest.mark.parametrize("gone", STORES)
def test_an_open_vault_whose_storage_is_cleared_says_so_and_leads_to_the_ways_back(
    alice: Person, live_server: object, new_context: Contexts, gone: Gone, screen: Screens
) -> None:
    enrolled(alice)
    page = enter_open(new_context(), alice)
    page.get_by_role("button", name="Add Login").click()
    page.get_by_label("Title").fill("Mail")
    clear_storage(page, gone)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This browser no longer has its key to your vault")).to_be_visible()
    expect(heading(page, "Mail").or_(page.get_by_label("Title"))).to_be_visible()  # to be copied
    if gone == "everything":
        screen(page, "storage-gone-while-open")
    page.get_by_role("link", name="See the Ways Back").click()
    expect(page.get_by_text(REASON)).to_be_visible()


def test_a_page_that_opens_the_vault_anew_says_it_too(
    alice: Person, live_server: object, new_context: Contexts
) -> None:
    enrolled(alice)
    page = enter_open(new_context(), alice)
    page.goto("/backups/local")
    clear_storage(page, "devices")
    page.get_by_role("button", name="Back Up Now").click()
    expect(page.get_by_text("This browser holds no key to your vault")).to_be_visible()


@pytest.mark.parametrize(("lacking", "words"), LACKS, ids=OF_LACKS)
def test_joining_says_what_the_browser_lacks(
    app: Flask, organisation: str, live_server: object, new_context: Contexts, lacking: str, words: str
) -> None:
    context = new_context()
    context.add_init_script(lacking)
    page = context.new_page()
    accept(page, invite(app, organisation))
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_label("PIN, once more", exact=True).fill(PIN)
    page.get_by_role("button", name="Create My Vault").click()
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize(("lacking", "words"), LACKS, ids=OF_LACKS)
def test_the_recovery_kit_says_what_the_browser_lacks(
    alice: Person, live_server: object, new_context: Contexts, lacking: str, words: str
) -> None:
    device = enrolled(alice, here=False)
    kit_known(alice)
    page = enter(new_context(), alice)
    page.add_init_script(lacking)
    page.goto("/recovery/kit")
    page.get_by_label("File of your Recovery Kit").set_input_files(kit_file(alice, device.kit))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(words)).to_be_visible(timeout=SLOW)  # at the field, or below the form


def test_a_browser_that_can_not_keep_such_a_key_keeps_it_wrapped_from_joining_to_unlocking(
    app: Flask, organisation: str, live_server: object, new_context: Contexts
) -> None:
    context = new_context()
    context.add_init_script(FORGETFUL)
    page = context.new_page()
    accept(page, invite(app, organisation))
    choose_pin(page)
    page.request.post("/devices/lock", headers={"Origin": app.config["PUBLIC_URL"]})
    page.goto("/unlock")
    type_pin(page)
    page.wait_for_url(re.compile("/(vault|join)"), timeout=SLOW)
