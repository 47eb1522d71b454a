"""The vault’s page in a real browser: items, search, copying, and what leaves the browser."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support.attacks import leaks
from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Screens, stop_clock
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import add_login, document_of, go_to_vault, open_item, rename, titles_of

PASSWORD = "correct horse battery staple"


@pytest.fixture
def home(alice: Person, page: Page) -> Page:
    """Alice’s open vault with two logins."""
    enrolled(alice, [login("Example", password=PASSWORD), login("Bank")], here=False)
    open_vault(page, alice)
    return page


def test_a_login_is_added_edited_and_deleted(alice: Person, home: Page, screen: Screens) -> None:
    expect(home.get_by_text("2 items")).to_be_visible()
    screen(home, "vault")
    add_login(home, "Airline", save=False)
    screen(home, "vault-add")
    home.get_by_role("button", name="Save", exact=True).click()
    expect(home.get_by_role("heading", name="Airline", level=2)).to_be_visible()
    expect(home.get_by_text("3 items")).to_be_visible()
    assert titles_of(alice) == ["Airline", "Bank", "Example"]
    rename(home, "Airline", "Night train")
    expect(home.get_by_role("heading", name="Night train", level=2)).to_be_visible()
    home.get_by_role("button", name="Delete", exact=True).click()
    expect(home.get_by_role("button", name="Delete Item")).to_be_visible()
    screen(home, "vault-delete")
    home.get_by_role("button", name="Delete Item").click()
    expect(home.get_by_text("2 items")).to_be_visible()
    document = document_of(alice)
    assert titles_of(alice) == ["Bank", "Example"]
    assert len(document.body["tombstones"]) == 1
    assert (document.manifest["counter"], document.manifest["items"]) == (4, 2)
    home.reload()
    expect(home.locator(".item")).to_have_count(2)


def test_a_note_has_a_title_and_words(alice: Person, home: Page) -> None:
    home.get_by_role("button", name="Add Note").click()
    expect(home.get_by_label("Password", exact=True)).to_be_hidden()
    home.get_by_label("Title", exact=True).fill("Door")
    home.get_by_label("Notes").fill("Ring twice.\nThen wait.")
    home.get_by_role("button", name="Save", exact=True).click()
    expect(home.get_by_role("heading", name="Door")).to_be_visible()
    note = next(item for item in document_of(alice).body["items"] if item["title"] == "Door")
    assert (note["kind"], note["notes"], note["password"]) == ("note", "Ring twice.\nThen wait.", "")


def test_an_item_needs_a_title(home: Page) -> None:
    add_login(home, " ")
    expect(home.get_by_text("Give it a title")).to_be_visible()
    home.get_by_role("button", name="Cancel").click()
    expect(home.get_by_text("Choose an item")).to_be_visible()
    expect(home.get_by_text("2 items")).to_be_visible()


def test_search_looks_at_titles_usernames_and_addresses(home: Page) -> None:
    search = home.get_by_label("Search")
    search.fill("BANK")
    expect(home.locator(".item")).to_have_count(1)
    expect(home.get_by_text("1 of 2 items")).to_be_visible()
    search.fill("alice example.org")
    expect(home.locator(".item")).to_have_count(2)
    search.fill("horse")
    expect(home.get_by_text("Nothing found")).to_be_visible()
    search.fill("")
    expect(home.get_by_text("2 items")).to_be_visible()


def test_a_password_shows_when_asked_and_is_copied_without(home: Page) -> None:
    home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    home.clock.install()
    stop_clock(home)
    open_item(home, "Example")
    shown = home.locator("[data-field=password]")
    expect(shown).not_to_contain_text("correct")
    home.get_by_role("button", name="Copy password").click()
    expect(home.locator("copy-button[data-copied]")).to_have_count(1)
    assert home.evaluate("navigator.clipboard.readText()") == PASSWORD
    home.clock.run_for(31_000)
    home.wait_for_function("async () => await navigator.clipboard.readText() === ''")
    home.get_by_role("button", name="Show password").click()
    expect(shown).to_have_text(PASSWORD)


def test_a_generated_password_has_twenty_characters_and_is_another_each_time(home: Page) -> None:
    home.get_by_role("button", name="Add Login").click()
    made = set()
    for _ in range(5):
        home.get_by_role("button", name="Generate Password").click()
        made.add(home.get_by_label("Password", exact=True).input_value())
    assert len(made) == 5
    assert {len(password) for password in made} == {20}
    assert home.get_by_label("Password", exact=True).get_attribute("type") == "text"


def test_an_address_that_is_none_becomes_no_link(alice: Person, page: Page) -> None:
    dangerous = {**login("Odd"), "url": "javascript:alert(document.domain)"}
    enrolled(alice, [dangerous], here=False)  # type: ignore[list-item]
    open_vault(page, alice)
    open_item(page, "Odd")
    expect(page.locator("[data-field=url]")).to_have_text("javascript:alert(document.domain)")
    assert page.locator("[data-field=url]").get_attribute("href") is None


def test_nothing_readable_leaves_the_browser(alice: Person, home: Page) -> None:
    sent: list[Request] = []
    home.on("request", lambda request: sent.append(request))
    add_login(home, "Night train to Vienna", "Sesame, open yourself!")
    expect(home.get_by_role("heading", name="Night train to Vienna")).to_be_visible()
    assert alice.device
    secrets = {
        "password": b"Sesame, open yourself!",
        "title": b"Night train to Vienna",
        "vault key": alice.device.vault_key.encode(),
    }
    places = [(request.url, request.url.encode() + (request.post_data_buffer or b"")) for request in sent]
    assert any(b"age-encryption.org" in content for _, content in places)
    assert leaks.find(secrets, places) == []
    assert home.locator("vault-items [name]").count() == 0


def test_ten_thousand_items_stay_usable(alice: Person, page: Page) -> None:
    enrolled(alice, [login(f"Login {number:05}", f"user{number}") for number in range(10_000)], here=False)
    open_vault(page, alice)
    expect(page.get_by_text("10000 items")).to_be_visible(timeout=SLOW)
    assert page.locator(".item").count() < 200
    page.get_by_label("Search").fill("user9876")  # how long it takes, tests/bench measures
    expect(page.get_by_text("1 of 10000 items")).to_be_visible()
    page.get_by_label("Search").fill("")
    page.locator(".vault__scroll").evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    expect(page.locator(".item").nth(100)).to_be_attached()
    rename(page, "Login 00001", "Changed")
    expect(page.get_by_role("heading", name="Changed", level=2)).to_be_visible(timeout=SLOW)
    assert "Changed" in titles_of(alice)


@pytest.mark.usefixtures("source_modules")  # in a bundle the bound is out of reach
def test_what_does_not_fit_says_so_and_changes_nothing(alice: Person, home: Page) -> None:
    home.evaluate("""async () => {
      const address = new URL('../js/crypto/documents.js', document.querySelector('link[rel=icon]').href);
      (await import(address)).LIMITS.items = 2;
    }""")
    add_login(home, "One too many")
    expect(home.get_by_role("alert").filter(has_text="This does not fit")).to_be_visible()
    expect(home.get_by_label("Title", exact=True)).to_have_value("One too many")
    assert titles_of(alice) == ["Bank", "Example"]


def test_on_a_phone_the_list_and_the_item_take_turns(home: Page) -> None:
    home.set_viewport_size({"width": 390, "height": 844})
    open_item(home, "Bank")
    expect(home.locator("item-list")).to_be_hidden()
    home.get_by_role("button", name="All items").click()
    expect(home.locator("item-list")).to_be_visible()
    expect(home.get_by_role("heading", name="Bank")).to_be_hidden()


def test_another_tab_opens_with_the_pin(home: Page) -> None:
    other = home.context.new_page()
    go_to_vault(other)
    expect(other.locator(".item")).to_have_count(2)
