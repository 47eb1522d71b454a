"""An earlier vault opens in the browser: with a former device’s PIN, or with a backup of then and its kit."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, give_keys, open_vault
from tests.support.pages.chromium import Screens
from tests.support.people.people import Person, enrolled
from tests.support.recovery.self_service import Own, recovered
from tests.support.vault.devices import PIN, MadeDevice, login
from tests.support.vault.vault_pages import add_login, document_of
from webapp.client.crypto.identities import Identity, new_identity
from webapp.client.formats.encoding import sha256_hex
from webapp.clock import now
from webapp.database import transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault


@pytest.fixture
def former(alice: Person) -> MadeDevice:
    return enrolled(alice, [login("Mail", password="of then"), login("Bank")])


@pytest.fixture
def anew(alice: Person, former: MadeDevice) -> Own:
    """Alice began a new account."""
    return begin_anew(alice)


def begin_anew(alice: Person) -> Own:
    """She has confirmed the new kit, too."""
    made = recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    with alice.app.app_context(), transaction():
        User.locked(alice.user_id).kit_confirmed_at = now()
    return made


def open_earlier(page: Page) -> None:
    page.goto("/vault/earlier")
    page.get_by_role("button", name="Open the vault").click()


def type_former_pin(page: Page, pin: str) -> None:
    page.get_by_role("textbox", name="PIN of Firefox on Linux").fill(pin)
    page.get_by_role("button", name="Open With This PIN").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save to Vault").click(timeout=SLOW)
    expect(page.get_by_text("Saved in your vault")).to_be_visible(timeout=SLOW)


def titles(person: Person, device: MadeDevice) -> list[str]:
    return sorted(item["title"] for item in document_of(person, device).body["items"])


def test_the_browser_of_a_former_device_opens_its_vault_with_its_pin(
    page: Page, alice: Person, former: MadeDevice, anew: Own, screen: Screens
) -> None:
    page.goto("/sign-in")
    give_keys(page, former)
    open_vault(page, alice, anew.device)
    add_login(page, "Example of now")
    expect(page.get_by_role("heading", name="Example of now", level=2)).to_be_visible(timeout=SLOW)
    open_earlier(page)
    expect(page.get_by_role("heading", name="Or as Firefox on Linux")).to_be_visible(timeout=SLOW)
    screen(page, "earlier-vault-with-former-device")
    type_former_pin(page, "12")
    expect(page.get_by_text("no try was used up by this")).to_be_visible()
    type_former_pin(page, "000000")
    expect(page.get_by_text("Tries left: 9. After the last one")).to_be_visible(timeout=SLOW)
    type_former_pin(page, PIN)
    expect(page.get_by_role("button", name="Save to Vault")).to_be_visible(timeout=SLOW)
    screen(page, "earlier-vault-open")
    save(page)
    assert titles(alice, anew.device) == ["Bank", "Example of now", "Mail"]
    assert {1, 2} == {entry["epoch"] for entry in document_of(alice, anew.device).body["keyring"]["epochs"]}
    open_earlier(page)
    expect(page.get_by_text("There already", exact=True).first).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", name="Or as Firefox on Linux")).to_be_hidden()


def test_nothing_is_overwritten(page: Page, alice: Person, former: MadeDevice, anew: Own) -> None:
    page.goto("/sign-in")
    give_keys(page, former)
    open_vault(page, alice, anew.device)
    page.get_by_role("button", name="Add Login").click()
    page.get_by_label("Title", exact=True).fill("Mail")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password", exact=True).fill("of now")
    page.locator("#item-url").fill("https://example.org")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Mail", level=2)).to_be_visible(timeout=SLOW)
    open_earlier(page)
    type_former_pin(page, PIN)
    save(page)
    items = {item["title"]: item["password"] for item in document_of(alice, anew.device).body["items"]}
    assert items["Mail"] == "of now"
    assert items["Mail (from an earlier vault)"] == "of then"


def test_other_browsers_are_not_asked_for_a_pin_they_can_not_use(page: Page, alice: Person, anew: Own) -> None:
    open_vault(page, alice, anew.device)
    open_earlier(page)
    expect(page.get_by_text("No key in your vault opens this")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", name="Or as")).to_be_hidden()


def test_a_backup_of_then_opens_it_with_the_kit_the_backup_was_made_under(
    page: Page, alice: Person, former: MadeDevice, tmp_path: Path
) -> None:
    """The kit was changed after the backup, and the later one is lost."""
    (tmp_path / "backup.age").write_bytes(former.file)
    first_kit = change_kit(alice, former)
    anew = begin_anew(alice)
    open_vault(page, alice, anew.device)
    open_earlier(page)
    page.get_by_label("Or type its key").fill(first_kit)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This Recovery Kit does not open")).to_be_visible(timeout=SLOW)
    page.get_by_text("The kit is of a backup from then").click()
    page.get_by_label("Backup of then").set_input_files(tmp_path / "backup.age")
    page.get_by_role("button", name="Continue").click()
    save(page)
    assert titles(alice, anew.device) == ["Bank", "Mail"]


def change_kit(person: Person, device: MadeDevice) -> Identity:
    """Seal the vault to another kit; returns the former one."""
    first, base = device.kit, (1, sha256_hex(device.file))
    assert device.document
    device.kit, device.counter = new_identity(), 2
    file = device.write(device.document.body["items"], base_sha256=base[1], kit=2)
    with person.app.app_context(), transaction() as session:
        user = User.locked(person.user_id)
        Vault.save(user, session.get_one(Device, device.id), base, 2, 2, file)
        user.kit_number = 2
    return first
