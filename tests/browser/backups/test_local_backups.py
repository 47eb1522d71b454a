"""Local Backups in a real browser: kept by themselves, in a folder, downloaded; tried, restored, deleted."""

import re
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Screens
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import login
from tests.support.vault.local_copies import files_in, listed, pick_folder, wait_for_copy
from tests.support.vault.vault_pages import add_login, row_of, titles_of
from webapp.client.formats.documents import open_document
from webapp.client.formats.recovery_kits import RecoveryKit, write_kit
from webapp.database import db
from webapp.models.directory.user import User

NAME = re.compile(r"Spare Key alice@example\.org \d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.age")


@pytest.fixture
def home(alice: Person, page: Page) -> Page:
    """Alice’s open vault with two logins, and the first copy of it."""
    enrolled(alice, [login("Example"), login("Bank")], here=False)
    open_vault(page, alice)
    expect(page.locator(".item")).to_have_count(2)
    wait_for_copy(page, alice.user_id)
    return page


def local_copy_at(person: Person) -> bool:
    with person.app.app_context():
        return db.session.get_one(User, person.user_id).current_local_copy_at is not None


def back_up(page: Page) -> None:
    page.get_by_role("button", name="Back Up Now").click()
    expect(page.get_by_text("Your vault is backed up")).to_be_visible(timeout=SLOW)


def test_the_first_copy_is_kept_by_itself_with_the_bytes_of_the_vault(
    alice: Person, home: Page, screen: Screens
) -> None:
    (name, content), *others = files_in(home, alice.user_id).items()
    assert NAME.fullmatch(name)
    assert (content, others) == (row_of(alice)["file"], [])
    home.goto("/backups/local")
    row = home.get_by_role("row").nth(1)
    expect(row).to_contain_text("This browser")
    expect(row.get_by_role("cell").nth(0)).to_have_text("2")
    screen(home, "local-backups")
    found = listed(home, alice.user_id, alice.email)
    assert [(each["place"], each["epoch"], each["items"], each["kit"]) for each in found["copies"]] == [
        ("browser", 1, 2, 1),
        ("own", 1, 2, 1),
    ]
    assert alice.device
    assert {each["device"] for each in found["copies"]} == {alice.device.id}
    assert (found["browser"], found["folder"]) == (None, "folder_none")
    assert not local_copy_at(alice)  # a copy in the browser is none that counts


def test_back_up_now_without_a_folder_downloads_a_file_that_age_opens(
    alice: Person, home: Page, tmp_path: Path
) -> None:
    home.goto("/backups/local")
    with home.expect_download(timeout=SLOW) as downloading:
        back_up(home)
    expect(home.get_by_text("the copy is downloaded")).to_be_visible()
    assert NAME.fullmatch(downloading.value.suggested_filename)
    path = tmp_path / "copy.age"
    downloading.value.save_as(path)
    assert alice.device
    kit = tmp_path / "kit.txt"
    kit.write_text(write_kit(RecoveryKit(1, "2026-11-22T16:10:46Z", alice.email, "Example Works", alice.device.kit)))
    opened = pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(alice.device.kit)])
    age = shutil.which("age")
    if age is None:
        pytest.skip("no age command found; install your system's")
    done = subprocess.run([age, "-d", "-i", str(kit), str(path)], capture_output=True, check=True)
    assert done.stdout == opened
    document = open_document(path.read_bytes(), [alice.device.kit])
    assert sorted(item["title"] for item in document.body["items"]) == ["Bank", "Example"]
    assert local_copy_at(alice)


def test_a_folder_gets_every_copy_too_and_counts(alice: Person, home: Page, screen: Screens) -> None:
    pick_folder(home)
    home.goto("/backups/local")
    home.get_by_role("button", name="Choose Folder").click()
    expect(home.get_by_text("goes to your folder “picked”")).to_be_visible()
    back_up(home)
    expect(home.get_by_text("in this browser and in your folder")).to_be_visible()
    expect(home.get_by_role("row")).to_have_count(3)  # the browser’s has the bytes of the former one: one of them stays
    screen(home, "local-backups-folder")
    assert list(files_in(home, "picked").values()) == [row_of(alice)["file"]]
    assert local_copy_at(alice)
    home.get_by_label("Keep a copy").select_option("change")
    expect(home.get_by_text("Noted, for this browser.")).to_be_visible()
    home.goto("/vault")
    with home.expect_response("**/backups/local/copies", timeout=SLOW):
        add_login(home, "Third")
    assert row_of(alice)["file"] in files_in(home, "picked").values()
    found = listed(home, alice.user_id, alice.email)["copies"]
    assert {each["place"] for each in found if each["items"] == 3} == {"own", "browser", "folder"}
    assert [each["items"] for each in found] == sorted((each["items"] for each in found), reverse=True)


def test_a_copy_is_tried_and_that_is_remembered(alice: Person, home: Page, screen: Screens) -> None:
    home.goto("/backups/local")
    before = row_of(alice)
    home.get_by_role("button", name="Try a Recovery").click()
    expect(home.get_by_text("Items in it: 2. Nothing was changed.")).to_be_visible(timeout=SLOW)
    expect(home.get_by_role("row").nth(1)).to_contain_text("Recovery tried")
    screen(home, "local-backups-tried")
    home.reload()
    expect(home.get_by_role("row").nth(1)).to_contain_text("Recovery tried")
    assert row_of(alice) == before


def test_what_was_deleted_comes_back_from_a_copy(alice: Person, home: Page, screen: Screens) -> None:
    home.locator(".item", has_text="Bank").click()
    home.get_by_role("button", name="Delete", exact=True).click()
    home.get_by_role("button", name="Delete Item").click()
    expect(home.get_by_text("1 item", exact=True)).to_be_visible()
    home.goto("/backups/local")
    home.get_by_role("button", name="Restore Backup").last.click()
    expect(home.get_by_text("Items in it: 2.").filter(visible=True)).to_be_visible(timeout=SLOW)
    screen(home, "local-backups-restore")
    home.get_by_role("button", name="Save to Vault").click()
    expect(home.get_by_text("Items brought in: 1")).to_be_visible(timeout=SLOW)
    assert titles_of(alice) == ["Bank", "Example"]


def test_a_copy_is_deleted_after_a_question(alice: Person, home: Page, screen: Screens) -> None:
    home.goto("/backups/local")
    home.get_by_role("button", name="Delete", exact=True).click()
    expect(home.get_by_role("heading", name="Delete this copy?")).to_be_visible()
    screen(home, "local-backups-delete")
    home.get_by_role("button", name="Keep It").click()
    expect(home.get_by_role("row")).to_have_count(2)
    home.get_by_role("button", name="Delete", exact=True).click()
    home.get_by_role("button", name="Delete Copy").click()
    expect(home.get_by_text("No local backup yet")).to_be_visible()
    assert files_in(home, alice.user_id) == {}


def test_a_locked_vault_shows_its_copies_and_asks_for_the_pin_to_make_one(app: Flask, home: Page) -> None:
    home.get_by_role("button", name="Lock").click()
    home.wait_for_url("**/unlock")
    home.goto("/backups/local")
    expect(home.get_by_role("row")).to_have_count(2)
    home.get_by_role("button", name="Back Up Now").click()
    home.wait_for_url("**/unlock?next=%2Fbackups%2Flocal")
