"""What is being written is kept from the first keystroke: nothing is asked, and nothing is lost."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests.support.pages.browser_devices import open_vault, type_pin, unlock_here, use_session
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.repeats import press_again, unanswered
from tests.support.people.people import Person, be_at, enrolled
from tests.support.people.session_ends import ENDS, LOCKS, Elsewhere
from tests.support.recovery.self_service_pages import begin_anew, choose_pin, kit_file, kit_known, open_kit, understand
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from tests.support.vault.drafts import (
    FULL,
    FULL_TOO,
    KEPT,
    OFFERED,
    SECRET,
    STORED,
    begin,
    edit,
    expect_back,
    go_on,
    stored,
)
from tests.support.vault.vault_pages import document_of, go_to_vault, open_item, titles_of

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def home(alice: Person, page: Page) -> Page:
    """Alice’s vault, open, with an item in it. A page that asks before it is left fails the test."""
    enrolled(alice, [login("Bank")], here=False)
    page.on("dialog", lambda dialog: pytest.fail(f"it asked: {dialog.message}"))
    open_vault(page, alice)
    return page


def leave_by_cancel(page: Page) -> None:
    page.get_by_role("button", name="Cancel").click()


def leave_for_another_item(page: Page) -> None:
    open_item(page, "Bank")


def leave_for_another_form(page: Page) -> None:
    page.get_by_role("button", name="Add Note").click()
    expect(page.get_by_role("heading", name="Add Note")).to_be_visible()
    leave_by_cancel(page)


def leave_by_back(page: Page) -> None:
    page.goto("/settings")
    page.go_back()


def leave_by_reload(page: Page) -> None:
    page.reload()


def leave_by_lock(page: Page) -> None:
    page.get_by_role("button", name="Lock").click()
    page.wait_for_url("**/unlock")
    type_pin(page)
    page.wait_for_url("**/vault")


LEAVING = [
    leave_by_cancel,
    leave_for_another_item,
    leave_for_another_form,
    leave_by_back,
    leave_by_reload,
    leave_by_lock,
]


@pytest.mark.parametrize("leave", LEAVING)
def test_whoever_leaves_the_form_finds_everything_again(home: Page, leave: Callable[[Page], None]) -> None:
    begin(home)
    leave(home)
    expect_back(home)


@pytest.mark.parametrize("leave", LEAVING)
def test_an_edit_is_found_again_at_its_item(home: Page, leave: Callable[[Page], None]) -> None:
    edit(home, "Bank", Password=SECRET)
    leave(home)
    row = home.locator(".item", has_text="Bank")
    expect(row.get_by_text("Draft")).to_be_visible()
    expect_back(home, "Bank")
    expect(home.get_by_label("Username")).to_have_value("alice")


def test_the_first_keystroke_is_kept_and_nobody_can_read_it(home: Page, alice: Person) -> None:
    home.get_by_role("button", name="Add Login").click()
    home.get_by_label("Title", exact=True).press("Q")
    home.locator(KEPT).wait_for()
    [(name, sealed)] = stored(home)
    assert re.fullmatch(rf"{alice.user_id}/drafts/1/[0-9a-f]{{32}}/[0-9a-f]{{32}}", name)
    assert len(base64.b64decode(sealed)) > 12 + 16
    home.get_by_label("Password", exact=True).fill(SECRET)
    home.locator(KEPT).wait_for()
    kept = json.dumps(stored(home)) + home.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    assert SECRET not in kept
    assert base64.b64encode(SECRET.encode()).decode().rstrip("=") not in kept


def test_a_generated_password_is_kept(home: Page) -> None:
    home.get_by_role("button", name="Add Login").click()
    home.get_by_role("button", name="Generate Password").click()
    home.locator(KEPT).wait_for()
    made = home.get_by_label("Password", exact=True).input_value()
    home.reload()
    go_on(home, "A login without a title")
    expect(home.get_by_label("Password", exact=True)).to_have_value(made)


def test_a_note_is_kept(home: Page, screen: Screens) -> None:
    home.get_by_role("button", name="Add Note").click()
    home.get_by_label("Notes").fill("one\ntwo")
    home.locator(KEPT).wait_for()
    screen(home, "draft-kept")
    home.reload()
    expect(home.get_by_text(OFFERED)).to_be_visible()
    screen(home, "draft-offered")
    go_on(home, "A note without a title")
    expect(home.get_by_role("heading", name="Add Note")).to_be_visible()
    expect(home.get_by_label("Notes")).to_have_value("one\ntwo")


def test_the_row_in_the_list_goes_on_with_it(home: Page) -> None:
    begin(home)
    home.reload()
    row = home.locator(".item", has_text="New bank")
    expect(row.get_by_text("Draft")).to_be_visible()
    expect(home.get_by_text("1 item", exact=True)).to_be_visible()
    row.click()
    expect(home.get_by_label("Password", exact=True)).to_have_value(SECRET)


def test_once_it_is_saved_no_draft_is_left(home: Page, alice: Person) -> None:
    begin(home)
    home.reload()
    go_on(home, "New bank")
    home.get_by_label("Username").fill("me")
    home.get_by_role("button", name="Save", exact=True).click()
    expect(home.get_by_role("heading", name="New bank", level=2)).to_be_visible()
    expect(home.get_by_text(OFFERED)).to_be_hidden()
    home.wait_for_function(f"async () => (await ({STORED})()).length === 0")
    assert titles_of(alice) == ["Bank", "New bank"]
    home.reload()
    expect(home.get_by_text("2 items")).to_be_visible()
    expect(home.get_by_text(OFFERED)).to_be_hidden()


def test_it_stays_until_the_server_has_said_that_it_has_it(home: Page, alice: Person, complaints: Complaints) -> None:
    begin(home)
    with unanswered(home, "**/vault/file"):
        home.get_by_role("button", name="Save", exact=True).click()
        expect(home.get_by_text("Not saved yet", exact=True).filter(visible=True)).to_be_visible()
        assert len(stored(home)) == 1
        expect(home.get_by_text(OFFERED)).to_be_hidden()  # it is shown as the item it will be
    press_again(home, "Save Now", home.get_by_text("2 items"))
    expect(home.get_by_text("Not saved yet", exact=True).filter(visible=True)).to_be_hidden()
    home.wait_for_function(f"async () => (await ({STORED})()).length === 0")
    assert titles_of(alice) == ["Bank", "New bank"]
    complaints.forgive()


def test_what_is_thrown_away_is_gone(home: Page) -> None:
    begin(home)
    leave_by_cancel(home)
    home.get_by_role("button", name=re.compile("^Discard")).click()
    expect(home.get_by_text(OFFERED)).to_be_hidden()
    home.wait_for_function(f"async () => (await ({STORED})()).length === 0")
    home.reload()
    expect(home.get_by_text("1 item")).to_be_visible()
    expect(home.get_by_text(OFFERED)).to_be_hidden()


def test_what_was_typed_and_taken_back_is_no_draft(home: Page) -> None:
    edit(home, "Bank", Title="Bunk")
    home.get_by_label("Title", exact=True).fill("Bank")
    home.wait_for_function(f"async () => (await ({STORED})()).length === 0")
    leave_by_cancel(home)
    expect(home.get_by_text(OFFERED)).to_be_hidden()


@pytest.fixture
def profile(
    browser_type: BrowserType, browser_type_launch_args: Any, browser_context_args: Any, tmp_path: Path
) -> Iterator[Callable[[], BrowserContext]]:
    """A browser that can be started again with the same profile."""
    running: list[BrowserContext] = []

    def start() -> BrowserContext:
        arguments = {**browser_type_launch_args, **browser_context_args}
        running.append(browser_type.launch_persistent_context(tmp_path / "profile", **arguments))
        return running[-1]

    yield start
    running[-1].close()


def test_a_browser_that_crashed_has_it(alice: Person, profile: Callable[[], BrowserContext]) -> None:
    enrolled(alice, [login("Bank")], here=False)
    context = profile()
    page = context.new_page()
    open_vault(page, alice)
    begin(page)
    context.close()
    page = profile().new_page()
    page.goto("/vault")
    type_pin(page)
    page.wait_for_url("**/vault")
    expect_back(page)


def test_two_tabs_that_edit_one_item_both_keep_theirs(home: Page) -> None:
    other = home.context.new_page()
    go_to_vault(other)
    edit(home, "Bank", Username="first")
    edit(other, "Bank", Username="second", Notes="more")
    for each in (home, other):
        each.close()
    page = home.context.new_page()
    go_to_vault(page)
    found = set()
    for number in range(2):
        page.get_by_role("button", name=re.compile("^Continue")).nth(number).click()
        found.add((page.get_by_label("Username").input_value(), page.get_by_label("Notes").input_value()))
        leave_by_cancel(page)
    assert found == {("first", ""), ("second", "more")}


def test_a_browser_without_room_keeps_it_elsewhere(home: Page) -> None:
    home.evaluate(FULL)
    begin(home)
    home.reload()
    expect_back(home)


def test_a_browser_without_any_room_says_so_and_loses_nothing_in_the_page(home: Page, screen: Screens) -> None:
    home.evaluate(FULL)
    home.evaluate(FULL_TOO)
    home.get_by_role("button", name="Add Login").click()
    home.get_by_label("Title", exact=True).fill("New bank")
    home.get_by_label("Password", exact=True).fill(SECRET)
    expect(home.locator("item-form[data-draft=not_kept]")).to_have_count(1)
    expect(home.get_by_text("This browser has no room left")).to_be_visible()
    screen(home, "draft-no-room")
    leave_for_another_item(home)
    expect_back(home)


def test_what_was_changed_elsewhere_meanwhile_is_shown_beside_it(home: Page, alice: Person, screen: Screens) -> None:
    edit(home, "Bank", Password=SECRET, Notes="mine")
    other = home.context.new_page()
    go_to_vault(other)
    open_item(other, "Bank")
    other.get_by_role("button", name="Edit").click()
    other.get_by_label("Password", exact=True).fill("theirs")
    other.get_by_label("Username").fill("another")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("heading", name="Bank", level=2)).to_be_visible()
    home.reload()
    expect(home.get_by_text("It was changed elsewhere since: you see both.")).to_be_visible()
    go_on(home, "Bank")
    beside = home.locator(".notice", has_text="This item was changed elsewhere after you began")
    expect(beside.get_by_text("another")).to_be_visible()
    beside.get_by_role("button", name="Show password").click()
    expect(beside.get_by_text("theirs")).to_be_visible()
    expect(home.get_by_label("Password", exact=True)).to_have_value(SECRET)
    expect(home.get_by_label("Username")).to_have_value("another")
    screen(home, "draft-conflict")
    home.get_by_role("button", name="Save", exact=True).click()
    expect(home.get_by_role("heading", name="Bank", level=2)).to_be_visible()
    home.wait_for_function(f"async () => (await ({STORED})()).length === 0")
    [item] = document_of(alice).body["items"]
    assert (item["password"], item["username"], item["notes"]) == (SECRET, "another", "mine")


def test_what_was_deleted_elsewhere_comes_back_as_a_new_item(home: Page, alice: Person) -> None:
    edit(home, "Bank", Notes="mine")
    other = home.context.new_page()
    go_to_vault(other)
    open_item(other, "Bank")
    other.get_by_role("button", name="Delete", exact=True).click()
    other.get_by_role("button", name="Delete Item").click()
    expect(other.get_by_text("Your vault is empty")).to_be_visible()
    home.reload()
    go_on(home, "The item was deleted since")
    expect(home.get_by_role("heading", name="Add Login")).to_be_visible()
    expect(home.get_by_label("Username")).to_have_value("alice")
    home.get_by_role("button", name="Save", exact=True).click()
    expect(home.get_by_role("heading", name="Bank", level=2)).to_be_visible()
    [item] = document_of(alice).body["items"]
    assert (item["title"], item["notes"]) == ("Bank", "mine")


def test_another_account_in_this_browser_sees_nothing_of_it(home: Page, charlie: Person) -> None:
    begin(home)
    enrolled(charlie, here=False)
    home.context.clear_cookies()
    open_vault(home, charlie)
    expect(home.get_by_text("Your vault is empty")).to_be_visible()
    expect(home.get_by_text(OFFERED)).to_be_hidden()
    assert len(stored(home)) == 1


@pytest.mark.parametrize("way", ["reset by an admin", "vetoed", "signed out from the list", "idle", "locked"])
def test_what_was_being_typed_comes_back_after_the_session_ended(
    alice: Person, bob: Person, clock: MovableClock, new_context: Contexts, live_server: object, way: str
) -> None:
    device = enrolled(alice, [login("Bank")], here=False)
    clock.advance(minutes=1)
    here = alice.another_browser()
    be_at(alice, device, here, locked=True)
    context = new_context()
    use_session(context, alice, here)
    page = context.new_page()
    page.clock.install()
    unlock_here(page, device)
    page.get_by_role("button", name="Add Login").click()
    page.get_by_label("Title", exact=True).fill("New bank")
    page.get_by_label("Password", exact=True).press_sequentially("s3cr3t")
    (ENDS[way].do if way in ENDS else LOCKS[way])(Elsewhere(alice, bob, device, here, clock))
    page.clock.run_for(15_000)
    if way in ENDS:
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        assert "s3cr3t" not in page.content()
        again = alice.another_browser() if way != "reset by an admin" else None
        if again is None:  # the device is a former one now: what was typed waits for the recovery
            assert len(stored(page)) == 1
            return
        be_at(alice, device, again, locked=True)
        use_session(context, alice, again)
        page.goto("/unlock")
    else:
        page.wait_for_url("**/unlock?next=%2Fvault")
    type_pin(page)
    page.wait_for_url("**/vault")
    expect_back(page, password="s3cr3t")


def test_after_a_recovery_a_draft_of_before_opens(home: Page, alice: Person) -> None:
    assert alice.device
    kit_known(alice)
    begin(home)
    open_kit(home, kit_file(alice, alice.device.kit))
    understand(home)
    choose_pin(home)
    home.get_by_role("link", name="Open Vault").click()
    expect_back(home)


def test_after_a_new_account_a_draft_of_before_says_why_it_cant_be_read(
    home: Page, alice: Person, screen: Screens
) -> None:
    begin(home)
    begin_anew(home, alice.password)
    choose_pin(home, "Create PIN And New Account")
    home.get_by_role("link", name="Open Vault").click()
    expect(home.get_by_text("it can’t be read now")).to_be_visible()
    expect(home.get_by_role("button", name=re.compile("^Continue"))).to_have_count(0)
    screen(home, "draft-of-another-epoch")
    home.get_by_role("button", name=re.compile("^Discard")).click()
    expect(home.get_by_text(OFFERED)).to_be_hidden()
