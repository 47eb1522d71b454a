"""What is harmless to repeat goes again by itself, slower each time; the page says when, and who answered."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Screens
from tests.support.pages.false_answers import Between, come_back, hold_pauses, says
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import ask, heading, tell
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.recovery.self_service_pages import NEW_PIN
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import add_login, titles_of

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def home(alice: Person, page: Page) -> Page:
    """Alice’s open vault, in a browser whose clock the test moves."""
    enrolled(alice, [login("Bank")], here=False)
    open_vault(page, alice)
    return page


def test_a_save_goes_again_by_itself_when_somebody_looks(alice: Person, home: Page, screen: Screens) -> None:
    hold_pauses(home)
    between = Between(home.context, "/vault/file")
    between.give = says(503, Retry_After="1")
    add_login(home, "Of the morning")
    banner = home.locator("[data-banner=unanswered]")
    expect(banner).to_contain_text("most likely it is being started")
    expect(banner).to_contain_text("Your edit is kept in this browser, encrypted")
    between.give = None
    with home.expect_response(lambda answer: answer.url.endswith("/vault/file") and answer.ok):
        come_back(home)
    expect(home.locator("html[data-session]")).to_have_count(0)  # which hides everything while it asks
    expect(banner).to_be_hidden(timeout=SLOW)
    assert titles_of(alice) == ["Bank", "Of the morning"]


def test_the_connection_that_is_back_sends_it_at_once(alice: Person, home: Page) -> None:
    hold_pauses(home)
    between = Between(home.context, "/vault/file")
    between.give = lambda route: route.abort()
    add_login(home, "Of the tunnel")
    expect(home.get_by_text("The server can’t be reached. Your edit is kept")).to_be_visible()
    between.give = None
    home.evaluate("dispatchEvent(new Event('online'))")
    expect(home.locator("[data-banner=offline]")).to_be_hidden(timeout=SLOW)
    assert titles_of(alice) == ["Bank", "Of the tunnel"]


WHO = {
    "network_sign_in": (says(200), "sign in to the network there"),
    "blocked": (says(403), "most likely a firewall"),
    "size_limit": (says(413), "client_max_body_size in nginx"),
    "proxy_throttled": (says(429), "counts too many requests"),
    "starting": (says(502), "most likely it is being started"),
    "server_failed": (says(500), "it is not sure what arrived"),
    "cut_off": (says(200, "{", "application/vnd.spare-key+json"), "The answer broke off"),
    "foreign_answer": (says(204, ""), "or another version of it"),
}


def test_the_page_says_who_probably_answered(alice: Person, home: Page, screen: Screens) -> None:
    hold_pauses(home)
    between = Between(home.context, "/vault/file")
    between.give = lambda route: route.abort()
    add_login(home, "Of the morning")
    for code, (give, words) in WHO.items():
        between.give = give
        home.get_by_role("button", name="Save Now").locator("visible=true").click()
        expect(home.locator(f"[data-banner=unanswered][data-code={code}]")).to_contain_text(words, timeout=SLOW)
        screen(home, f"answered-by-{code.replace('_', '-')}")
    assert titles_of(alice) == ["Bank"]


def test_a_form_says_when_it_goes_again_and_goes(
    new_context: Contexts, live_server: object, alice: Person, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = enter(new_context(), alice)
    page.goto("/recovery")
    digits = approve_shown(bob, organisation_key, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible()
    tell(page, digits)
    page.get_by_label("New PIN", exact=True).fill(NEW_PIN)
    page.get_by_label("New PIN, once more", exact=True).fill(NEW_PIN)
    sent: list[bytes | None] = []

    def busy(route: Route) -> None:
        sent.append(route.request.post_data_buffer)
        says(503, Retry_After="3000")(route)

    between = Between(page.context, "/finish")
    between.give = busy
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(page.get_by_text("Trying again in", exact=False)).to_be_visible(timeout=SLOW)
    expect(page.locator("#restore-finish-error")).to_contain_text("Your PIN is still typed")
    screen(page, "trying-again")
    page.get_by_role("button", name="Try Now").click()
    expect(page.get_by_text("Trying again in", exact=False)).to_be_visible(timeout=SLOW)
    assert len(sent) == 2
    assert sent[0] == sent[1], "the same bytes, in a fresh signature"
    between.give = None
    come_back(page, 3_600)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)


def test_a_form_that_another_answers_stays_as_it_is(home: Page, screen: Screens) -> None:
    home.goto("/settings")
    field = home.get_by_label("Present password", exact=True)
    field.fill("what was typed")
    home.get_by_label("New password", exact=True).fill("another row of words")
    home.evaluate("window.before = true")
    home.route("**/*", lambda route: says(200)(route) if route.request.method == "POST" else route.fallback())
    home.locator("form:has(#present-password) [type=submit]").click()
    expect(home.get_by_text("A sign-in page answered instead of Spare Key")).to_be_visible()
    expect(field).to_have_value("what was typed")
    with home.expect_response("**/notices**"):  # a poll, which our server answers
        home.evaluate("document.dispatchEvent(new CustomEvent('notices-due'))")
    expect(home.get_by_text("A sign-in page answered instead of Spare Key")).to_be_visible()
    assert home.evaluate("window.before")
    screen(home, "form-answered-by-another")
