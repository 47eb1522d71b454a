"""Where copies lie and how often they are kept: places that are full, gone or missing stop no save."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Screens
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import login
from tests.support.vault.local_copies import (
    change_settings,
    files_in,
    listed,
    pick_folder,
    put_file,
    settle,
    wait_for_copy,
)
from tests.support.vault.vault_pages import add_login, row_of, titles_of
from webapp.clock import now, stamp

FULL = """() => {
  FileSystemFileHandle.prototype.createWritable = async () => ({
    async write() { throw new DOMException('full', 'QuotaExceededError'); }, async abort() {},
  });
}"""
MISSING = "() => { delete FileSystemFileHandle.prototype.createWritable; }"
NO_PICKER = "() => { delete globalThis.showDirectoryPicker; }"
ASKS = """() => {
  let state = 'prompt';
  FileSystemHandle.prototype.queryPermission = async () => state;
  FileSystemHandle.prototype.requestPermission = async () => (state = 'granted');
}"""
UNPLUG = "async () => (await navigator.storage.getDirectory()).removeEntry('picked', { recursive: true })"


@pytest.fixture
def home(alice: Person, page: Page) -> Page:
    """Alice’s open vault with one login, and the first copy of it."""
    enrolled(alice, [login("Example")], here=False)
    open_vault(page, alice)
    expect(page.locator(".item")).to_have_count(1)
    wait_for_copy(page, alice.user_id)
    return page


@pytest.fixture
def center(home: Page) -> Page:
    """The Backup Center, with a folder chosen."""
    pick_folder(home)
    home.goto("/backups/local")
    home.get_by_role("button", name="Choose Folder").click()
    expect(home.get_by_text("goes to your folder “picked”")).to_be_visible()
    return home


def under(page: Page, change: str, path: str = "/backups/local") -> None:
    """The page again, in a browser that differs."""
    page.context.add_init_script(f"({change})()")
    page.goto(path)


def save_one_more(page: Page, person: Person, title: str) -> None:
    page.goto("/vault")
    add_login(page, title)
    expect(page.get_by_role("heading", name=title, level=2)).to_be_visible(timeout=SLOW)
    settle(page)
    assert title in titles_of(person)


def test_a_full_browser_saves_the_vault_all_the_same_and_says_so(alice: Person, home: Page, screen: Screens) -> None:
    change_settings(home, alice.user_id, schedule="change")
    kept = files_in(home, alice.user_id)
    under(home, FULL)
    save_one_more(home, alice, "Second")
    home.goto("/backups/local")
    expect(home.get_by_text("There was no room for the last copy.")).to_be_visible()
    screen(home, "local-backups-full")
    assert files_in(home, alice.user_id) == kept
    with home.expect_download(timeout=SLOW):
        home.get_by_role("button", name="Back Up Now").click()


def test_a_browser_without_files_of_its_own_downloads(alice: Person, home: Page, screen: Screens) -> None:
    under(home, NO_PICKER)
    under(home, MISSING)
    expect(home.get_by_text("This browser keeps no copies of its own")).to_be_visible()
    expect(home.get_by_text("This browser can’t write to a folder of yours.")).to_be_visible()
    screen(home, "local-backups-nowhere")
    with home.expect_download(timeout=SLOW) as downloading:
        home.get_by_role("button", name="Back Up Now").click()
    assert downloading.value.path().read_bytes() == row_of(alice)["file"]
    save_one_more(home, alice, "Second")
    found = listed(home, alice.user_id, alice.email)
    assert ([each["place"] for each in found["copies"]], found["browser"]) == (["own"], "copies_unsupported")


def test_a_folder_the_browser_asks_about_again_gets_its_copy_after_the_click(
    alice: Person, center: Page, screen: Screens
) -> None:
    change_settings(center, alice.user_id, schedule="change")
    under(center, ASKS)
    expect(center.get_by_text("No copy goes to your folder now")).to_be_visible()
    screen(center, "local-backups-folder-asks")
    save_one_more(center, alice, "Second")
    assert files_in(center, "picked") == {}
    center.goto("/backups/local")
    center.get_by_role("button", name="Allow and Back Up").click()
    expect(center.get_by_text("in this browser and in your folder")).to_be_visible(timeout=SLOW)
    expect(center.get_by_text("goes to your folder “picked”")).to_be_visible()
    assert list(files_in(center, "picked").values()) == [row_of(alice)["file"]]


def test_a_folder_that_is_gone_stops_no_save(alice: Person, center: Page, screen: Screens) -> None:
    change_settings(center, alice.user_id, schedule="change")
    center.evaluate(UNPLUG)
    save_one_more(center, alice, "Second")
    center.goto("/backups/local")
    expect(center.get_by_text("Your folder can’t be reached", exact=True)).to_be_visible()
    screen(center, "local-backups-folder-gone")
    assert row_of(alice)["file"] in files_in(center, alice.user_id).values()
    center.get_by_role("button", name="Choose Another Folder").click()
    expect(center.get_by_text("goes to your folder “picked”")).to_be_visible()


def test_a_copy_that_somebody_removed_is_named(center: Page) -> None:
    center.get_by_role("button", name="Back Up Now").click()
    expect(center.get_by_role("row")).to_have_count(3, timeout=SLOW)
    center.evaluate(UNPLUG)
    center.get_by_role("row", name="Folder “picked”").get_by_role("button", name="Try a Recovery").click()
    expect(center.locator("#opening-error")).to_contain_text("This backup is no longer there")


def test_the_browser_keeps_the_last_ten_and_the_folder_all(alice: Person, center: Page) -> None:
    for day in range(1, 15):
        name = f"Spare Key {alice.email} 2026-01-{day:02}T02-00-00Z.age"
        put_file(center, alice.user_id, name, b"age-encryption.org/v1\n")
        put_file(center, "picked", name, b"age-encryption.org/v1\n")
    put_file(center, "picked", "Spare Key bob@example.org 2026-01-01T02-00-00Z.age", b"of another")
    put_file(center, "picked", "holiday.jpg", b"a picture")
    put_file(center, alice.user_id, f"Spare Key {alice.email} 2026-02-01T02-00-00Z.age", b"")  # the browser died
    center.reload()
    expect(center.get_by_role("row")).to_have_count(1 + 15 + 14)
    center.get_by_role("button", name="Back Up Now").click()
    expect(center.get_by_text("Your vault is backed up")).to_be_visible(timeout=SLOW)
    names = sorted(files_in(center, alice.user_id))
    assert (len(names), names[0][-24:-14]) == (10, "2026-01-07")
    assert len(files_in(center, "picked")) == 14 + 2 + 1


def test_it_happens_as_often_as_the_member_chose(alice: Person, home: Page) -> None:
    def is_kept(*, after: str = "", **settings: object) -> bool:
        """Whether the vault as it is now is among the copies, once the page was loaded or something saved."""
        change_settings(home, alice.user_id, **settings)
        home.goto("/vault")
        if after:
            add_login(home, after)
            expect(home.get_by_role("heading", name=after, level=2)).to_be_visible(timeout=SLOW)
        expect(home.locator(".item").first).to_be_visible()
        settle(home)
        return row_of(alice)["file"] in files_in(home, alice.user_id).values()

    assert not is_kept(after="Within the day")
    assert is_kept(last={"at": long_ago(days=1)})
    assert not is_kept(schedule="weekly", after="Within the week")
    assert not is_kept(last={"at": long_ago(days=6)})
    assert is_kept(last={"at": long_ago(days=7)})
    assert not is_kept(schedule="off", last={"at": long_ago(days=400)}, after="Off")
    assert is_kept(schedule="change")
    assert is_kept(after="Every change")
    assert not is_kept(schedule="daily", after="Once more within the day")
    assert is_kept(last={"epoch": 0})  # what was kept is of before a recovery


def long_ago(*, days: int) -> str:
    return stamp(now() - timedelta(days=days, minutes=1))


def test_what_is_listed_without_a_session_tells_whose_key_opens_it(alice: Person, center: Page) -> None:
    """For the page of a recovery: a copy that another browser wrote into the folder is one for the kit."""
    put_file(center, "picked", f"Spare Key {alice.email} 2026-01-01T02-00-00Z.age", row_of(alice)["file"])
    center.get_by_role("button", name="Sign out").click()
    center.wait_for_url("**/sign-in**")
    found = listed(center, alice.user_id, alice.email)
    assert alice.device
    assert [(each["place"], each["device"], each["epoch"]) for each in found["copies"]] == [
        ("browser", alice.device.id, 1),
        ("own", alice.device.id, 1),
        ("folder", None, None),
    ]
