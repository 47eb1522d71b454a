"""Whatever ends a session closes every page that is open in it, without a touch: hidden, forgotten, and said why."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support.pages.browser_devices import sign_in, type_pin, unlock_here, use_session
from tests.support.pages.chromium import Complaints, Screens
from tests.support.people.factors import with_second_factor
from tests.support.people.people import Person, be_at, enrolled
from tests.support.people.session_ends import ENDS, LOCKS, Elsewhere, factor_reset, signed_out_in_another_tab
from tests.support.run.clock import MovableClock
from tests.support.run.patience import wait_until
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import open_item

PASSWORD = "correct horse"
SECONDS = 1_000
POLL = "**/sessions/state?**"
HIDE = """hidden => {
  Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
HELD = """async () => {
  const address = new URL('keys.js', document.querySelector('script[type=module]').src);
  return [(await import(address)).current(), { ...sessionStorage }];
}"""

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def place(alice: Person, bob: Person, clock: MovableClock) -> Elsewhere:
    """Alice’s vault, to be opened in a browser with a session of its own; her `client` is another browser."""
    device = enrolled(alice, [login()])
    clock.advance(minutes=1)
    here = alice.another_browser()
    be_at(alice, device, here, locked=True)
    return Elsewhere(alice, bob, device, here, clock)


@pytest.fixture
def page(place: Elsewhere, live_server: object, new_context: Contexts) -> Page:
    """Her password is on the screen, and the page’s own clock stands still until it is told to run."""
    context = new_context()
    use_session(context, place.alice, place.here)
    page = context.new_page()
    page.clock.install()
    unlock_here(page, place.device)
    reveal(page)
    return page


def reveal(page: Page) -> None:
    open_item(page, "Example")
    page.get_by_role("button", name="Show password").click()
    expect(page.locator("[data-field=password]")).to_have_text(PASSWORD)


def sleep(page: Page) -> None:
    """A laptop is closed for ten minutes: no timer runs meanwhile."""
    page.clock.set_system_time(page.evaluate("Date.now()") / 1_000 + 600)


def second_tab(page: Page) -> Page:
    other = page.context.new_page()
    other.clock.install()
    other.goto("/vault")
    type_pin(other)
    other.wait_for_url("**/vault")
    reveal(other)
    return other


def expect_closed(page: Page, says: str) -> None:
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_focused()
    expect(page.locator("[data-part=why]")).to_contain_text(says)
    assert PASSWORD not in page.content()
    assert page.evaluate(HELD) == [None, {}], "the key is in no memory and no storage"


@pytest.mark.parametrize("way", ENDS)
def test_each_way_of_ending_closes_the_page_without_a_touch(
    place: Elsewhere, page: Page, way: str, screen: Screens
) -> None:
    ENDS[way].do(place)
    expect(page.locator("[data-field=password]")).to_have_text(PASSWORD)
    page.clock.run_for(15 * SECONDS)
    expect_closed(page, ENDS[way].says)
    screen(page, f"closed-{way.replace(' ', '-')}")
    page.get_by_role("link", name="Sign In").click()
    expect(page.get_by_text("You were signed out here")).to_be_visible()
    expect(page.get_by_text(ENDS[way].says)).to_be_visible()
    page.reload()
    expect(page.get_by_text(ENDS[way].says)).to_be_visible()
    screen(page, f"sign-in-after-{way.replace(' ', '-')}")


@pytest.mark.parametrize("way", LOCKS)
def test_a_tab_without_its_key_is_led_to_the_pin(place: Elsewhere, page: Page, way: str) -> None:
    LOCKS[way](place)
    page.clock.run_for(15 * SECONDS)
    page.wait_for_url("**/recovery" if way == "PIN destroyed" else "**/unlock?next=%2Fvault")
    assert PASSWORD not in page.content()
    expect(page.get_by_text("Nothing was done here for 15 minutes")).to_have_count(int(way == "idle"))


def test_a_second_tab_closes_with_the_first(place: Elsewhere, page: Page) -> None:
    """The second one’s own clock stands still: it hears of it from the first."""
    other = second_tab(page)
    ENDS["signed out everywhere by an admin"].do(place)
    page.clock.run_for(15 * SECONDS)
    for each in (page, other):
        expect_closed(each, "Bob signed you out everywhere")


def test_a_page_that_shows_nothing_of_the_vault_closes_too(place: Elsewhere, page: Page) -> None:
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    ENDS["reset by an admin"].do(place)
    page.clock.run_for(15 * SECONDS)
    expect_closed(page, "Bob reset your password")
    expect(page.get_by_text(place.alice.email)).to_have_count(0)


@pytest.mark.parametrize("way", ["vetoed", "unpaired", "disabled"])
@pytest.mark.parametrize("comes_back", ["visibilitychange", "focus", "pageshow"])
def test_a_tab_that_comes_back_is_hidden_before_the_answer_is_there(
    place: Elsewhere, page: Page, way: str, comes_back: str
) -> None:
    page.evaluate(HIDE, True)
    waiting: list[Route] = []
    page.route(POLL, lambda route: waiting.append(route))
    ENDS[way].do(place)
    sleep(page)
    if comes_back == "visibilitychange":
        page.evaluate(HIDE, False)
    else:
        page.evaluate("document.visibilityState === 'hidden' && delete document.visibilityState")
        kind = (
            "new PageTransitionEvent('pageshow', { persisted: true })"
            if comes_back == "pageshow"
            else "new Event('focus')"
        )
        page.evaluate(f"dispatchEvent({kind})")
    expect(page.locator("[data-field=password]")).to_be_hidden()
    expect(page.get_by_text("Checking whether you are still signed in")).to_be_visible()
    wait_until(lambda: bool(page.evaluate("true") and waiting), "the question how things stand")
    for route in waiting:
        route.continue_()
    expect_closed(page, ENDS[way].says)


def test_a_tab_that_comes_back_to_a_session_that_stands_is_as_it_was(place: Elsewhere, page: Page) -> None:
    page.get_by_label("Search").fill("exam")
    page.evaluate(HIDE, True)
    sleep(page)
    page.evaluate(HIDE, False)
    expect(page.locator("[data-field=password]")).to_be_visible()
    expect(page.locator("[data-field=password]")).to_have_text(PASSWORD)
    expect(page.get_by_label("Search")).to_be_focused()


ANSWERS: dict[str, dict[str, Any]] = {
    "a portal’s 401": {"status": 401, "body": "<h1>Hotel</h1>", "content_type": "text/html"},
    "a portal’s page": {"status": 200, "body": "<h1>Hotel</h1>", "content_type": "text/html"},
    "somebody’s JSON": {"status": 200, "body": '{"question": "x", "state": "ended", "why": "disabled"}'},
    "no content": {"status": 204},
    "a gateway’s error": {"status": 502, "body": "Bad gateway"},
    "a firewall": {"status": 403, "body": '{"error": "signed_out"}', "content_type": "application/json"},
}


@pytest.mark.parametrize("answer", [*ANSWERS, "nothing"])
def test_an_answer_that_is_not_ours_closes_nothing(place: Elsewhere, page: Page, answer: str) -> None:
    page.route("**/*", lambda route: route.fulfill(**ANSWERS[answer]) if answer in ANSWERS else route.abort())
    page.mouse.down()  # and it counts as activity, which is answered by nobody either
    page.mouse.up()
    with page.expect_request(POLL):
        page.clock.run_for(13 * SECONDS)
    page.evaluate(HIDE, True)
    page.clock.run_for(24 * SECONDS)
    page.evaluate(HIDE, False)
    expect(page.locator("html[data-session]")).to_have_count(0)
    expect(page.locator("[data-field=password]")).to_be_visible()
    assert page.evaluate(HELD)[0], "the vault is open"
    page.unroute("**/*")
    ENDS["vetoed"].do(place)
    page.clock.run_for(15 * SECONDS)
    expect_closed(page, ENDS["vetoed"].says)


def silence(page: Page) -> None:
    """More than five minutes without a word of the server, poll by poll."""
    page.context.set_offline(True)
    for _ in range(27):
        with page.expect_event("requestfailed"):
            page.clock.run_for(12 * SECONDS)


def test_five_minutes_without_a_word_close_the_vault_until_there_is_one(
    place: Elsewhere, page: Page, screen: Screens, complaints: Complaints
) -> None:
    silence(page)
    expect(page.get_by_role("heading", name="Your vault is closed for now")).to_be_visible()
    assert PASSWORD not in page.content()
    assert page.evaluate(HELD)[0] is None
    screen(page, "closed-silent")
    page.context.set_offline(False)
    page.clock.run_for(15 * SECONDS)
    expect(page.get_by_text("1 item")).to_be_visible()
    complaints.forgive()


def test_a_session_that_ended_meanwhile_is_said_after_the_silence(
    place: Elsewhere, page: Page, complaints: Complaints
) -> None:
    silence(page)
    expect(page.get_by_role("heading", name="Your vault is closed for now")).to_be_visible()
    ENDS["recovered elsewhere"].do(place)
    page.context.set_offline(False)
    page.clock.run_for(15 * SECONDS)
    expect_closed(page, ENDS["recovered elsewhere"].says)
    complaints.forgive()


def test_signing_out_in_another_tab_closes_this_one(place: Elsewhere, page: Page) -> None:
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    signed_out_in_another_tab(place)
    page.context.clear_cookies()
    page.clock.run_for(15 * SECONDS)
    expect_closed(page, "You signed out in this browser")


def test_somebody_else_who_signs_in_in_this_browser_sees_nothing_of_it(
    place: Elsewhere, page: Page, charlie: Person
) -> None:
    use_session(page.context, charlie, charlie.client)
    page.clock.run_for(15 * SECONDS)
    expect_closed(page, "Somebody else has signed in")


def test_a_second_factor_that_was_reset_is_the_reason(place: Elsewhere, page: Page) -> None:
    with_second_factor(place.alice)
    be_at(place.alice, place.device)
    use_session(page.context, place.alice, place.alice.client)
    with page.expect_response("**/notices/receipt"):  # after the reset its answer would lead to the sign-in
        page.goto("/settings")
    factor_reset(place)
    page.clock.run_for(15 * SECONDS)
    expect_closed(page, "Your second factor was reset by whoever runs the server")


def test_signing_out_and_in_again_opens_with_the_same_device(place: Elsewhere, page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out, and your vault is locked")).to_be_visible()
    sign_in(page, place.alice)
    expect(page.get_by_role("heading", name="Unlock Your Vault")).to_be_visible()
    type_pin(page)
    page.wait_for_url("**/vault")
    expect(page.get_by_text("1 item")).to_be_visible()


def test_back_after_signing_out_shows_nothing(place: Elsewhere, page: Page) -> None:
    page.goto("/settings")
    page.goto("/vault")
    expect(page.get_by_text("1 item")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out, and your vault is locked")).to_be_visible()
    for _ in range(2):
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert "Example" not in page.locator("main").inner_text()
        assert place.alice.email not in page.content()


def test_the_admin_portal_closes_too(
    place: Elsewhere, olga: Person, new_context: Contexts, live_server: object, screen: Screens
) -> None:
    context = new_context()
    use_session(context, place.bob, place.bob.client)
    page = context.new_page()
    page.clock.install()
    page.goto("/admin/users")
    expect(page.get_by_role("link", name="Alice")).to_be_visible()
    assert olga.post(f"/admin/users/{place.bob.user_id}/signing-out").status_code == 303
    page.clock.run_for(15 * SECONDS)
    # On the page, or where one of its own polls has led before: whichever asked first.
    expect(page.get_by_text("Olga signed you out everywhere")).to_be_visible()
    expect(page.get_by_text("Alice")).to_have_count(0)
    screen(page, "closed-admin")
