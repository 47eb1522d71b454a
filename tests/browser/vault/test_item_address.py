"""Each item that is open has an address: Back leaves the item and not the vault, and nothing that was typed is lost."""

import random
import re

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.support.pages.browser_devices import open_vault, type_pin
from tests.support.pages.held_requests import HeldRequests
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import login
from tests.support.vault.drafts import SECRET, begin, edit, stored
from tests.support.vault.vault_pages import add_login, open_item, titles_of

AGREE = """() => {
  const [act, of] = location.hash.slice(1).split('=');
  const shown = document.querySelector('item-view h2, item-form h2')?.innerText ?? '';
  const current = document.querySelector('.item[aria-current=true]')?.dataset.id ?? '';
  if (act === 'item') return current === of && !document.querySelector('item-form') && shown;
  if (act === 'edit' || act === 'add') return document.querySelector('item-form');
  return document.querySelector('item-list') && !shown && !current;
}"""


@pytest.fixture
def home(alice: Person, page: Page) -> Page:
    """Alice’s vault on her phone, open, with two items in it."""
    enrolled(alice, [login("Bank"), login("Airline")], here=False)
    page.set_viewport_size({"width": 390, "height": 844})
    open_vault(page, alice)
    return page


def listed(page: Page) -> None:
    """The list, and no item."""
    expect(page.locator(".item[data-id]", has_text="Bank")).to_be_visible()
    expect(page.locator("item-view, item-form")).to_have_count(0)
    page.wait_for_function("() => !location.hash")


def opened(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, level=2)).to_be_visible()
    assert re.fullmatch("#item=[0-9a-f]{32}", page.evaluate("location.hash"))


def back(page: Page) -> None:
    page.evaluate("history.back()")


def forward(page: Page) -> None:
    page.evaluate("history.forward()")


def test_back_leaves_the_item_and_not_the_vault(home: Page) -> None:
    open_item(home, "Bank")
    back(home)
    expect(home.locator(".item", has_text="Bank")).to_be_focused()
    listed(home)
    forward(home)
    opened(home, "Bank")
    back(home)
    expect(home.locator(".item", has_text="Airline")).to_be_visible()
    open_item(home, "Airline")
    opened(home, "Airline")


def test_an_item_that_was_closed_is_not_passed_again(home: Page) -> None:
    home.goto("/settings")
    home.goto("/vault")
    open_item(home, "Bank")
    home.get_by_role("button", name="All items").click()
    listed(home)
    back(home)
    expect(home.get_by_role("heading", name="Settings", exact=True)).to_be_visible()


def test_a_saved_item_is_left_by_back_once(home: Page) -> None:
    add_login(home, "Cinema")
    opened(home, "Cinema")
    home.get_by_role("button", name="Edit").click()
    home.get_by_label("Title", exact=True).fill("Cinema in town")
    home.get_by_role("button", name="Save", exact=True).click()
    opened(home, "Cinema in town")
    back(home)
    expect(home.locator(".item", has_text="Cinema in town")).to_be_focused()
    listed(home)


def test_a_reload_shows_the_same_item(home: Page) -> None:
    open_item(home, "Bank")
    home.reload()
    opened(home, "Bank")
    back(home)
    expect(home.locator("item-view")).to_have_count(0)
    listed(home)


@pytest.mark.parametrize("title", ["New bank", "Bank"])
def test_back_from_a_form_keeps_what_was_typed_and_forward_goes_on(home: Page, title: str) -> None:
    if title == "Bank":
        edit(home, title, Password=SECRET)
        back(home)
        opened(home, "Bank")
    else:
        begin(home, title)
        back(home)
        expect(home.locator("item-form")).to_have_count(0)
        listed(home)
    assert len(stored(home)) == 1
    forward(home)
    expect(home.get_by_label("Title", exact=True)).to_have_value(title)
    expect(home.get_by_label("Password", exact=True)).to_have_value(SECRET)
    home.get_by_role("button", name="Save", exact=True).click()
    opened(home, title)
    expect(home.get_by_text("What you were writing")).to_be_hidden()


def test_whoever_goes_back_while_it_is_saved_stays_there(home: Page, alice: Person) -> None:
    saving = HeldRequests(home, "**/vault/file", lambda request: request.method == "POST")
    with home.expect_request(lambda request: request.method == "POST" and request.url.endswith("/vault/file")):
        add_login(home, "Cinema")
    back(home)
    expect(home.locator("item-form")).to_have_count(0)
    saving.release()
    expect(home.locator(".item", has_text="Cinema")).to_be_visible()
    listed(home)
    assert "Cinema" in titles_of(alice)


def test_lock_and_unlock_lead_back_to_the_item(home: Page) -> None:
    open_item(home, "Bank")
    home.get_by_role("button", name="Lock").click()
    expect(home.get_by_role("heading", name="Unlock Your Vault")).to_be_visible()
    type_pin(home)
    opened(home, "Bank")


def test_another_tab_that_locks_leads_back_to_the_item(home: Page) -> None:
    open_item(home, "Bank")
    other = home.context.new_page()
    other.goto("/settings")
    other.get_by_role("button", name="Lock").click()
    expect(home.get_by_role("heading", name="Unlock Your Vault")).to_be_visible()
    type_pin(home)
    opened(home, "Bank")


def test_the_address_of_a_deleted_item_is_the_list(home: Page) -> None:
    open_item(home, "Bank")
    open_address = home.url
    back(home)
    listed(home)
    home.goto(f"{open_address[:-1]}{'0' if open_address[-1] != '0' else '1'}")
    home.reload()
    expect(home.locator(".item", has_text="Bank")).to_be_visible()
    home.wait_for_function("() => !location.hash")


def test_a_fragment_of_another_kind_closes_nothing(home: Page) -> None:
    open_item(home, "Bank")
    home.evaluate("location.hash = '#main'")
    expect(home.get_by_role("heading", name="Bank", level=2)).to_be_visible()
    back(home)
    home.wait_for_function("() => location.hash.startsWith('#item=')")
    opened(home, "Bank")


@pytest.mark.parametrize("seed", range(2))
def test_back_and_forward_as_fast_as_they_can_be_pressed(home: Page, seed: int) -> None:
    drawn = random.Random(seed)
    for title in ("Bank", "Airline"):
        open_item(home, title)
        back(home)
        listed(home)
        home.get_by_role("button", name="Add Note").click()
        home.get_by_role("button", name="Cancel").click()
    open_item(home, "Bank")
    home.get_by_role("button", name="Edit").click()
    at = 0  # of the last three entries
    for _ in range(60):
        by = drawn.choice([by for by in (-2, -1, 1, 2) if -2 <= at + by <= 0])
        at += by
        home.evaluate("(by) => history.go(by)", by)
    home.wait_for_function(AGREE)


def test_no_request_holds_the_address_of_an_item(home: Page, context: BrowserContext) -> None:
    sent: list[Request] = []
    context.on("request", lambda request: sent.append(request))
    add_login(home, "Cinema")
    opened(home, "Cinema")
    item = home.evaluate("location.hash").partition("=")[2]
    home.get_by_role("button", name="Lock").click()
    expect(home.get_by_role("heading", name="Unlock Your Vault")).to_be_visible()
    type_pin(home)
    opened(home, "Cinema")
    assert len(sent) > 3
    for request in sent:
        said = f"{request.url.partition('#')[0]} {request.headers} {request.post_data_buffer!r}"
        assert item not in said, request.url
