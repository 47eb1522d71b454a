"""What happens elsewhere while somebody is on the last step of a way back: holds, recoveries, saves, a broken vault."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import delete

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter
from tests.support.pages.repeats import press_again, unanswered
from tests.support.people.people import Person, enrolled
from tests.support.recovery.self_service_pages import (
    NEW_PIN,
    choose_pin,
    kit_file,
    kit_known,
    newcomer,
    open_kit,
    open_local,
    type_pin,
    understand,
)
from tests.support.vault.devices import MadeDevice, login
from tests.support.vault.vault_pages import restore_row, row_of
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.sealing import seal
from webapp.client.formats.encoding import sha256_hex
from webapp.database import db, transaction
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault

SEEN = """async ([id, seen]) => {
  const address = new URL('../js/device/keystore.js', document.querySelector('link[rel=icon]').href);
  await (await import(address)).change(id, { seen });
}"""


@pytest.fixture
def hers(alice: Person) -> MadeDevice:
    device = enrolled(alice, [login("Bank"), login("Mail")], here=False)
    kit_known(alice)
    return device


@pytest.fixture
def page(live_server: object, new_context: Callable[..., BrowserContext], alice: Person, hers: MadeDevice) -> Page:
    """A browser without keys, signed in as Alice."""
    return enter(new_context(), alice)


def save(person: Person, device: MadeDevice, *titles: str) -> None:
    """As another tab or device of the person does it."""
    with person.app.app_context(), transaction() as session:
        user = User.locked(person.user_id)
        vault = Vault.current(user)
        assert vault
        base, device.counter = (vault.epoch, vault.sha256), vault.counter + 1
        file = device.write([login(title) for title in titles], base_sha256=vault.sha256)
        Vault.save(user, session.get_one(Device, device.id), base, device.counter, len(titles), file)


def titles(page: Page) -> list[str]:
    page.get_by_role("link", name="Open Vault").click()
    page.locator("item-list").wait_for(timeout=SLOW)
    expect(page.locator("[data-part=opening]")).to_be_hidden(timeout=SLOW)
    return page.locator(".item__title").all_inner_texts()


def test_no_connection_at_the_last_step_loses_nothing_and_it_goes_on(
    alice: Person, hers: MadeDevice, page: Page, screen: Screens
) -> None:
    before = row_of(alice)
    open_kit(page, kit_file(alice, hers.kit))
    understand(page)
    with unanswered(page, "**/recovery/own/finish"):
        type_pin(page)
        expect(page.locator("#restore-finish-error")).to_contain_text("The server can’t be reached.", timeout=SLOW)
        screen(page, "create-a-new-pin-offline")
        assert row_of(alice) == before
    press_again(page, "Create PIN And Restore", page.get_by_role("heading", name="Done", exact=True))


def test_what_another_device_saves_at_the_last_moment_is_taken_along(
    alice: Person, hers: MadeDevice, page: Page
) -> None:
    open_local(page, hers.file, kit_file(alice, hers.kit))
    expect(page.get_by_text("The server has nothing that differs from this backup.")).to_be_visible()
    understand(page)
    save(alice, hers, "Bank", "Mail", "Saved at the preview")

    def save_then_send(route: Route) -> None:
        save(alice, hers, "Bank", "Mail", "Saved at the preview", "Saved at the last moment")
        route.continue_()

    page.route("**/recovery/own/finish", save_then_send, times=1)
    choose_pin(page)
    assert titles(page) == ["Bank", "Mail", "Saved at the last moment", "Saved at the preview"]


def test_a_hold_and_a_recovery_elsewhere_end_it_and_the_vault_is_theirs(
    alice: Person, hers: MadeDevice, page: Page, screen: Screens
) -> None:
    before = row_of(alice)
    open_kit(page, kit_file(alice, hers.kit))
    understand(page)
    with alice.app.app_context(), transaction():
        Hold.begin(User.locked(alice.user_id), "Laptop")
    type_pin(page)
    expect(page.locator("#restore-finish-error")).to_contain_text("Your account is on hold", timeout=SLOW)
    assert row_of(alice) == before
    with alice.app.app_context(), transaction():
        db.session.execute(delete(Hold))
    other = newcomer(alice.app, alice)
    other.recover().with_kit(hers.kit)
    other.finish_recovery(NEW_PIN)
    theirs = row_of(alice)
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(page.locator("#restore-finish-error")).to_contain_text("You are signed out.", timeout=SLOW)
    assert row_of(alice) == theirs


def test_a_newest_vault_that_no_key_opens_leaves_the_backup_even_where_a_newer_one_was_seen(
    alice: Person, hers: MadeDevice, page: Page, screen: Screens
) -> None:
    """The browser that restores is the one that saved last, so it knows that the backup is not the newest."""
    backup = hers.file
    save(alice, hers, "Bank", "Mail", "After the backup")
    page = enter(page.context, alice, hers)
    page.evaluate(SEEN, [hers.id, {"epoch": 1, "counter": 2, "sha256": sha256_hex(hers.file)}])
    file = seal(b"nothing", [recipient_of(new_identity())])
    restore_row(alice, {"file": file, "sha256": sha256_hex(file), "size": len(file), "counter": 2})
    open_local(page, backup, kit_file(alice, hers.kit))
    expect(page.get_by_text("could not be opened with the keys of this backup")).to_be_visible()
    expect(page.get_by_role("heading", name="The newest vault on the server")).to_be_hidden()
    screen(page, "local-backup-preview-newest-unreadable")
    understand(page)
    choose_pin(page)
    expect(page.get_by_text("You have what was in the backup.")).to_be_visible()
    expect(page).to_have_url(re.compile("from=backup"))
    assert titles(page) == ["Bank", "Mail"]
