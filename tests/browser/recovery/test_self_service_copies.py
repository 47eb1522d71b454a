"""What this browser kept, on the way back: its PIN or only the kit, wrong PINs, copies and folders that are gone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter
from tests.support.people.people import Person, enrolled
from tests.support.recovery.self_service_pages import kit_known
from tests.support.vault.devices import MadeDevice, login
from tests.support.vault.local_copies import change_settings, put_file
from tests.support.vault.vault_pages import row_of
from webapp.client.formats.encoding import sha256_hex
from webapp.database import db, transaction
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock

NAME = "Spare Key alice@example.org 2026-11-20T09-12-00Z.age"
FOLDER_NAME = "Spare Key alice@example.org 2026-11-21T09-12-00Z.age"
REMOVE = """async ([folder, name]) => {
  const root = await navigator.storage.getDirectory();
  await (await root.getDirectoryHandle(folder)).removeEntry(name);
}"""
REMEMBER = """async (user) => {
  const address = new URL('../js/backups/local-copies.js', document.querySelector('link[rel=icon]').href);
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
  await (await import(address)).changeSettings(user, { folder });
}"""
ASKS = """() => {
  let state = 'prompt';
  FileSystemHandle.prototype.queryPermission = async () => state;
  FileSystemHandle.prototype.requestPermission = async () => (state = 'granted');
}"""
REFUSE = """() => {
  FileSystemDirectoryHandle.prototype.getFileHandle = async () => { throw new DOMException('no', 'NotAllowedError'); };
}"""


@pytest.fixture
def hers(alice: Person) -> MadeDevice:
    device = enrolled(alice, [login("Bank"), login("Mail")], here=False)
    kit_known(alice)
    return device


@pytest.fixture
def page(live_server: object, new_context: Callable[..., BrowserContext], alice: Person, hers: MadeDevice) -> Page:
    """Alice’s browser with its keys and one kept copy, at Restore from Local Backup."""
    page = enter(new_context(), alice, hers)
    put_file(page, alice.user_id, NAME, hers.file)
    change_settings(page, alice.user_id, facts={NAME: facts_of(hers)})
    page.goto("/recovery/local")
    return page


def facts_of(device: MadeDevice) -> dict[str, Any]:
    """What a browser notes of a copy that it keeps."""
    assert device.document
    known: Any = device.document.manifest
    facts = {name: known[name] for name in ("made_at", "items", "kit", "epoch", "counter")}
    return {**facts, "sha256": sha256_hex(device.file), "device": device.id}


def try_pin(page: Page, pin: str) -> None:
    page.get_by_role("textbox", name="PIN of this device").fill(pin)
    page.get_by_role("button", name="Continue").click()


def says(page: Page, words: str) -> None:
    expect(page.locator("#own-recovery-error")).to_contain_text(words, timeout=SLOW)


def test_wrong_pins_are_counted_and_after_the_last_one_only_the_kit_opens_the_copy(
    alice: Person, hers: MadeDevice, page: Page, screen: Screens
) -> None:
    before = row_of(alice)
    kept = page.locator(".choice", has_text="kept in this browser")
    expect(kept).to_contain_text("Items: 2 · opens with this device’s PIN", timeout=SLOW)
    expect(kept.get_by_role("radio")).to_be_checked()
    try_pin(page, "27")
    says(page, "no try was used up by this")
    try_pin(page, "999999")
    says(page, "Tries left: 9.")
    screen(page, "local-backup-wrong-pin")
    with alice.app.app_context(), transaction():
        db.session.execute(update(Device).where(Device.id == hers.id).values(tries_left=1))
    try_pin(page, "999998")
    says(page, "This backup opens with your Recovery Kit only.")
    page.reload()
    expect(kept).to_contain_text("opens with your Recovery Kit only", timeout=SLOW)
    expect(page.get_by_text("the PIN that belongs to it is another device’s, or its lock is gone")).to_be_visible()
    expect(page.get_by_role("textbox", name="PIN of this device")).to_be_hidden()
    screen(page, "local-backup-kit-only")
    page.get_by_label("Or type its key").fill(hers.kit)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="The backup")).to_be_visible(timeout=SLOW)
    assert row_of(alice) == before


def test_a_copy_deleted_meanwhile_is_named(alice: Person, hers: MadeDevice, page: Page) -> None:
    before = row_of(alice)
    expect(page.locator(".choice", has_text="kept in this browser")).to_be_visible(timeout=SLOW)
    page.evaluate(REMOVE, [alice.user_id, NAME])
    try_pin(page, hers.pin)
    says(page, "This backup is no longer there: it was deleted or moved.")
    assert row_of(alice) == before


def test_a_folder_is_asked_for_again_before_and_after_it_was_listed(
    alice: Person, hers: MadeDevice, page: Page, screen: Screens
) -> None:
    before = row_of(alice)
    put_file(page, "picked", FOLDER_NAME, hers.file)
    page.evaluate(REMEMBER, alice.user_id)
    page.context.add_init_script(f"({ASKS})()")
    page.reload()
    expect(page.get_by_text("There may be more backups in your folder “picked”")).to_be_visible(timeout=SLOW)
    screen(page, "local-backup-folder-asks")
    page.get_by_role("button", name="Allow Folder").click()
    found = page.locator(".choice", has_text="in the folder picked")
    expect(found).to_contain_text("opens with your Recovery Kit only", timeout=SLOW)
    expect(page.get_by_role("button", name="Allow Folder")).to_be_hidden()
    found.get_by_role("radio").check()
    page.evaluate(REFUSE)
    page.get_by_label("Or type its key").fill(hers.kit)
    page.get_by_role("button", name="Continue").click()
    says(page, "The browser no longer lets this page into your folder.")
    expect(page.get_by_role("button", name="Allow Folder")).to_be_visible()
    assert row_of(alice) == before


def test_the_door_to_a_copy_says_where_the_newest_is(alice: Person, page: Page) -> None:
    with alice.app.app_context(), transaction():
        assert alice.device
        DeviceLock.destroy(alice.device.id)
    page.goto("/recovery/backup-type")
    expect(page.get_by_text("Newest: ")).to_contain_text("this browser", timeout=SLOW)
