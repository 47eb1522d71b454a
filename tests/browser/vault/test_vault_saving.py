"""Edits that can’t be saved at once: another was first, the server is away, or it has lost something."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault, type_pin
from tests.support.pages.chromium import Screens, stop_clock
from tests.support.pages.repeats import press_again, unanswered
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import (
    add_login,
    document_of,
    go_to_vault,
    open_item,
    rename,
    restore_row,
    row_of,
    titles_of,
)

KEEP = "Load the newest and keep my edit"
PUT_BACK = "Put This Browser’s Copy Back"
Contexts = Callable[..., BrowserContext]


@pytest.fixture
def home(alice: Person, page: Page) -> Page:
    """Alice’s open vault with two logins."""
    enrolled(alice, [login("Example"), login("Bank")], here=False)
    open_vault(page, alice)
    return page


@pytest.fixture
def other(home: Page) -> Page:
    """The same vault in another tab."""
    page = home.context.new_page()
    go_to_vault(page)
    return page


def saved(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, level=2)).to_be_visible(timeout=SLOW)


def test_a_save_after_another_tab_s_is_refused_and_kept(
    alice: Person, home: Page, other: Page, screen: Screens
) -> None:
    add_login(other, "From the other tab")
    saved(other, "From the other tab")
    add_login(home, "From this tab")
    banner = home.get_by_text("Another tab or device saved in the meantime")
    expect(banner).to_be_visible()
    expect(home.get_by_label("Title", exact=True)).to_have_value("From this tab")
    screen(home, "vault-stale")
    assert "From this tab" not in titles_of(alice)
    home.get_by_role("button", name=KEEP).click()
    saved(home, "From this tab")
    expect(banner).to_be_hidden()
    assert titles_of(alice) == ["Bank", "Example", "From the other tab", "From this tab"]


def test_what_is_typed_after_the_refusal_counts_too(alice: Person, home: Page, other: Page) -> None:
    add_login(other, "First")
    saved(other, "First")
    add_login(home, "Second")
    expect(home.get_by_role("button", name=KEEP)).to_be_visible()
    home.get_by_label("Title", exact=True).fill("Second, better")
    home.get_by_role("button", name=KEEP).click()
    saved(home, "Second, better")
    assert titles_of(alice) == ["Bank", "Example", "First", "Second, better"]


def test_where_both_changed_one_item_both_versions_stay(alice: Person, home: Page, other: Page) -> None:
    rename(other, "Bank", "Bank of Vienna")
    saved(other, "Bank of Vienna")
    rename(home, "Bank", "Bank of Graz")
    home.get_by_role("button", name=KEEP).click()
    saved(home, "Bank of Graz")
    assert titles_of(alice) == ["Bank of Graz", "Bank of Vienna (from another device)", "Example"]


def test_what_the_other_side_deleted_stays_deleted(alice: Person, home: Page, other: Page) -> None:
    open_item(other, "Example")
    other.get_by_role("button", name="Delete", exact=True).click()
    other.get_by_role("button", name="Delete Item").click()
    expect(other.get_by_text("1 item")).to_be_visible()
    add_login(home, "New")
    home.get_by_role("button", name=KEEP).click()
    saved(home, "New")
    assert titles_of(alice) == ["Bank", "New"]


def test_a_refused_edit_is_there_after_a_reload(alice: Person, home: Page, other: Page) -> None:
    add_login(other, "First")
    saved(other, "First")
    add_login(home, "Second")
    expect(home.get_by_role("button", name=KEEP)).to_be_visible()
    home.reload()
    expect(home.locator(".item", has_text="Second")).to_be_visible(timeout=SLOW)
    home.get_by_role("button", name=KEEP).click()
    expect(home.get_by_role("button", name=KEEP)).to_be_hidden(timeout=SLOW)
    assert titles_of(alice) == ["Bank", "Example", "First", "Second"]


def test_an_edit_made_offline_is_saved_when_the_connection_is_back(alice: Person, home: Page, screen: Screens) -> None:
    home.context.set_offline(True)
    add_login(home, "On the train")
    banner = home.get_by_text("The server can’t be reached. Your edit is kept")
    expect(banner).to_be_visible()
    screen(home, "vault-offline")
    rename(home, "Bank", "Bank, renamed in a tunnel")
    saved(home, "Bank, renamed in a tunnel")
    assert titles_of(alice) == ["Bank", "Example"]
    home.context.set_offline(False)
    expect(banner).to_be_hidden(timeout=SLOW)
    assert titles_of(alice) == ["Bank, renamed in a tunnel", "Example", "On the train"]


def test_an_edit_made_offline_outlives_the_tab(alice: Person, home: Page) -> None:
    context = home.context
    context.set_offline(True)
    add_login(home, "On the train")
    expect(home.get_by_text("The server can’t be reached. Your edit is kept")).to_be_visible()
    home.close()
    context.set_offline(False)
    later = context.new_page()
    go_to_vault(later)
    expect(later.locator(".item", has_text="On the train")).to_be_visible(timeout=SLOW)
    expect(later.locator("[data-banner]:not([hidden])")).to_have_count(0)
    assert titles_of(alice) == ["Bank", "Example", "On the train"]


def test_what_waits_in_the_browser_is_encrypted(home: Page) -> None:
    home.context.set_offline(True)
    add_login(home, "On the train")
    expect(home.get_by_text("The server can’t be reached. Your edit is kept")).to_be_visible()
    kept = home.evaluate("""async () => {
      const database = await new Promise((resolve) => {
        const opening = indexedDB.open('spare-key');
        opening.onsuccess = () => resolve(opening.result);
      });
      const reading = database.transaction('files').objectStore('files').getAll();
      await new Promise((resolve) => { reading.onsuccess = resolve; });
      return reading.result.filter(({ file }) => file).map(({ file }) => new TextDecoder().decode(file).slice(0, 21));
    }""")
    assert kept == ["age-encryption.org/v1"] * 2


def test_a_save_whose_answer_is_lost_is_no_second_save(alice: Person, home: Page) -> None:
    home.clock.install()
    home.reload()
    expect(home.locator(".item")).to_have_count(2)
    stop_clock(home)  # it would try again by itself
    home.route("**/vault/file", lambda route: (route.fetch(), route.abort()))
    add_login(home, "Once")
    expect(home.get_by_text("The server can’t be reached. Your edit is kept")).to_be_visible()
    home.unroute("**/vault/file")
    home.get_by_role("button", name="Save Now").click()
    expect(home.get_by_text("The server can’t be reached. Your edit is kept")).to_be_hidden(timeout=SLOW)
    assert (document_of(alice).manifest["counter"], titles_of(alice)) == (2, ["Bank", "Example", "Once"])


def test_a_server_restored_from_yesterday_is_said_and_nothing_is_lost(
    alice: Person, home: Page, screen: Screens
) -> None:
    yesterday = row_of(alice)
    add_login(home, "Of today")
    saved(home, "Of today")
    restore_row(alice, yesterday)
    home.reload()
    warning = home.get_by_text("The server sent an older vault than this browser has already seen")
    expect(warning).to_be_visible(timeout=SLOW)
    expect(home.locator(".vault")).to_be_hidden()
    screen(home, "vault-rolled-back")
    home.reload()
    expect(warning).to_be_visible(timeout=SLOW)
    home.get_by_role("button", name=PUT_BACK).click()
    expect(warning).to_be_hidden(timeout=SLOW)
    expect(home.locator(".item")).to_have_count(3)
    document = document_of(alice)
    assert (titles_of(alice), document.manifest["counter"]) == (["Bank", "Example", "Of today"], 3)
    home.reload()
    expect(home.locator(".item")).to_have_count(3)


def test_another_vault_with_the_same_counter_is_not_believed(alice: Person, home: Page) -> None:
    yesterday = row_of(alice)
    add_login(home, "Of today")
    saved(home, "Of today")
    restore_row(alice, yesterday)
    device = alice.device
    assert device
    device.counter = 2
    file = device.write([login("Another history")], base_sha256=yesterday["sha256"])
    restore_row(alice, {**yesterday, "file": file, "counter": 2})
    home.reload()
    expect(home.get_by_text("The server sent an older vault")).to_be_visible(timeout=SLOW)


def test_an_edit_on_a_page_that_is_open_while_the_server_is_restored_is_kept(alice: Person, home: Page) -> None:
    add_login(home, "Of today")
    saved(home, "Of today")
    yesterday = row_of(alice)
    add_login(home, "Of the evening")
    saved(home, "Of the evening")
    restore_row(alice, yesterday)
    add_login(home, "Of the night")
    home.get_by_role("button", name=KEEP).click()
    home.get_by_role("button", name=PUT_BACK).click()
    expect(home.get_by_role("button", name=PUT_BACK)).to_be_hidden(timeout=SLOW)
    assert titles_of(alice) == ["Bank", "Example", "Of the evening", "Of the night", "Of today"]


def test_a_session_that_ended_keeps_the_edit_for_the_next(alice: Person, home: Page) -> None:
    cookies = home.context.cookies()
    home.context.clear_cookies()
    add_login(home, "Just before")
    expect(home.get_by_text("You are signed out")).to_be_visible()
    home.context.add_cookies(cookies)  # type: ignore[arg-type]
    home.reload()
    type_pin(home)  # what a session had open closed with it
    home.wait_for_url("**/vault")
    expect(home.locator(".item", has_text="Just before")).to_be_visible(timeout=SLOW)
    assert "Just before" in titles_of(alice)


def test_a_vault_that_can_not_be_loaded_says_so_and_tries_again(home: Page) -> None:
    with unanswered(home, "**/vault/file"):
        home.reload()
        expect(home.get_by_text("The server can’t be reached. Nothing is lost")).to_be_visible(timeout=SLOW)
    press_again(home, "Try Again", home.get_by_text("2 items"))
    expect(home.locator(".item")).to_have_count(2, timeout=SLOW)


def test_a_vault_changed_on_the_server_is_not_opened(alice: Person, home: Page) -> None:
    row = row_of(alice)
    broken = row["file"][:-1] + bytes([row["file"][-1] ^ 1])
    restore_row(alice, {**row, "file": broken})
    home.reload()
    expect(home.locator("#vault-error")).to_contain_text("not one that Spare Key can read", timeout=SLOW)
    expect(home.locator(".vault")).to_be_hidden()
