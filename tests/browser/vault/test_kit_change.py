"""The Recovery Kit is changed in two steps: both open the vault in between, and afterwards the new one alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.repeats import unanswered
from tests.support.pages.tour import save_kit
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import MadeDevice, login
from tests.support.vault.vault_pages import document_of, row_of
from webapp.client.crypto.identities import Identity, recipient_of
from webapp.client.formats import documents
from webapp.client.formats.recovery_kits import read_kit, verify_key
from webapp.database import db, transaction
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault

CHANGE = "/settings/recovery-kit"


@pytest.fixture
def laptop(alice: Person) -> MadeDevice:
    return enrolled(alice, [login("Mail")])


@pytest.fixture
def at_change(page: Page, alice: Person, laptop: MadeDevice) -> Page:
    """Alice’s vault is open, and the page to change the kit."""
    open_vault(page, alice)
    page.goto(CHANGE)
    return page


def opens(person: Person, kit: Identity) -> bool:
    """Whether that kit opens the vault file of the server, by age alone."""
    try:
        pyrage.decrypt(row_of(person)["file"], [pyrage.x25519.Identity.from_str(kit)])
    except pyrage.DecryptError:
        return False
    return True


def make(page: Page) -> Identity:
    """The first step; the key on the page."""
    page.get_by_role("button", name="Make New Kit").click()
    return shown(page)


def shown(page: Page) -> Identity:
    page.locator("[data-kit=identity]").wait_for(timeout=SLOW)
    return Identity(page.locator("[data-kit=identity]").inner_text().strip())


def confirm(page: Page, typed: str) -> None:
    page.get_by_label("Last four characters of the key").fill(typed)
    page.get_by_role("button", name="Confirm").click()


def number_of(person: Person) -> tuple[int, bytes | None]:
    with person.app.app_context():
        user = db.session.get_one(User, person.user_id)
        return user.kit_number, user.kit_verify_key


def is_confirmed(page: Page) -> None:
    expect(page.get_by_text("Your Recovery Kit is confirmed")).to_be_visible(timeout=SLOW)


def test_both_kits_open_the_vault_until_the_new_one_is_confirmed(
    at_change: Page, alice: Person, laptop: MadeDevice, screen: Screens, tmp_path: Path
) -> None:
    page = at_change
    page.get_by_role("button", name="Make New Kit").wait_for(timeout=SLOW)
    screen(page, "change-recovery-kit")
    new = make(page)
    assert (opens(alice, laptop.kit), opens(alice, new)) == (True, True)
    assert number_of(alice)[0] == 1
    screen(page, "change-recovery-kit-made")
    save_kit(page, tmp_path / "kit.txt")
    kit = read_kit((tmp_path / "kit.txt").read_text())
    assert (kit.identity, kit.number, kit.account) == (new, 2, "alice@example.org")
    confirm(page, "QQQQ" if new[-4:] != "QQQQ" else "PPPP")
    expect(page.get_by_text("These are not the last four characters")).to_be_visible()
    assert (opens(alice, laptop.kit), number_of(alice)[0]) == (True, 1), "nothing has changed"
    confirm(page, new[-4:])
    is_confirmed(page)
    screen(page, "change-recovery-kit-confirmed")
    assert (opens(alice, laptop.kit), opens(alice, new)) == (False, True)
    assert number_of(alice) == (2, verify_key(new, alice.user_id))
    keyring = document_of(alice).body["keyring"]
    assert "next_kit" not in keyring
    assert "identity" not in keyring["kit"]


def test_after_a_reload_between_the_steps_it_goes_on_with_the_same_kit(
    at_change: Page, alice: Person, laptop: MadeDevice
) -> None:
    new = make(at_change)
    at_change.reload()
    assert shown(at_change) == new
    confirm(at_change, new[-4:])
    is_confirmed(at_change)
    assert (opens(alice, laptop.kit), opens(alice, new)) == (False, True)


def test_offline_nothing_is_lost_at_either_step(
    at_change: Page, alice: Person, laptop: MadeDevice, complaints: Complaints
) -> None:
    page = at_change
    page.get_by_role("button", name="Make New Kit").wait_for(timeout=SLOW)
    page.context.set_offline(True)
    page.get_by_role("button", name="Make New Kit").click()
    expect(page.get_by_text("Nothing is lost: check your connection")).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-kit=identity]")).to_have_count(0)  # no kit is shown that the vault doesn’t know
    page.context.set_offline(False)  # and it goes again by itself
    new = shown(page)
    expect(page.get_by_text("Nothing is lost: check your connection")).to_be_hidden()
    with unanswered(page, "**/vault/file", "POST"):
        confirm(page, new[-4:])
        expect(page.get_by_text("Nothing is lost: check your connection")).to_be_visible(timeout=SLOW)
        assert (opens(alice, laptop.kit), opens(alice, new)) == (True, True)
        page.goto(CHANGE)
    is_confirmed(page)
    assert (opens(alice, laptop.kit), opens(alice, new)) == (False, True)
    assert number_of(alice) == (2, verify_key(new, alice.user_id))
    complaints.forgive()


def test_two_pages_that_change_it_at_once_end_with_one_kit(at_change: Page, alice: Person, laptop: MadeDevice) -> None:
    """The second one had loaded the vault before the first saved: it takes the kit of the first for its own."""
    second = at_change.context.new_page()
    at_change.get_by_role("button", name="Make New Kit").wait_for(timeout=SLOW)
    second.goto("/vault")
    second.wait_for_url("**/unlock?next=**")
    second.get_by_label("PIN", exact=True).fill(laptop.pin)
    second.get_by_role("button", name="Unlock").click()
    second.wait_for_url("**/vault", timeout=SLOW)
    second.goto(CHANGE)
    second.get_by_role("button", name="Make New Kit").wait_for(timeout=SLOW)
    new = make(at_change)
    assert make(second) == new
    confirm(at_change, new[-4:])
    is_confirmed(at_change)
    confirm(second, new[-4:])
    is_confirmed(second)
    assert (opens(alice, laptop.kit), opens(alice, new)) == (False, True)
    assert number_of(alice) == (2, verify_key(new, alice.user_id))


def test_what_another_page_saved_between_the_steps_is_kept(at_change: Page, alice: Person, laptop: MadeDevice) -> None:
    new = make(at_change)
    save_elsewhere(alice, laptop)
    confirm(at_change, new[-4:])
    is_confirmed(at_change)
    assert sorted(item["title"] for item in document_of(alice).body["items"]) == ["Bank", "Mail"]
    assert (opens(alice, laptop.kit), opens(alice, new)) == (False, True)


def save_elsewhere(person: Person, laptop: MadeDevice) -> None:
    """Another device’s save: one more item."""
    former = document_of(person)
    draft: Any = {**former.manifest, "counter": former.manifest["counter"] + 1, "base_sha256": row_of(person)["sha256"]}
    body: Any = {**former.body, "items": [*former.body["items"], login("Bank")]}
    keyring = body["keyring"]
    to = [recipient_of(laptop.vault_key), keyring["kit"]["recipient"], keyring["next_kit"]["recipient"]]
    file = documents.seal_document(documents.write(draft, body, laptop.seed), to)
    with person.app.app_context(), transaction() as session:
        row = session.get_one(Device, laptop.id)
        Vault.save(User.locked(person.user_id), row, (1, draft["base_sha256"]), draft["counter"], 2, file)


def test_where_the_present_kit_is_not_confirmed_the_page_leads_to_settings(
    page: Page, alice: Person, laptop: MadeDevice
) -> None:
    open_vault(page, alice)
    with alice.app.app_context(), transaction():
        User.locked(alice.user_id).kit_confirmed_at = None
    page.goto(CHANGE)
    page.wait_for_url("**/settings")


def test_on_paper_there_is_the_kit_and_nothing_else(
    at_change: Page, new_context: Callable[..., BrowserContext]
) -> None:
    page = at_change
    make(page)
    page.emulate_media(media="print")
    for hidden in ["Change Recovery Kit", "Spare Key Recovery Kit"]:
        visible = page.get_by_role("heading", name=hidden, exact=True).is_visible()
        assert visible == (hidden == "Spare Key Recovery Kit")
    assert page.locator("[data-kit=identity]").is_visible()
    words = page.locator("body").inner_text()
    for word in ["Download", "Confirm", "Last four characters", "Settings", "Backups that were made before"]:
        assert word not in words, word
    page.emulate_media(media="screen")
