"""Pairing by a camera: the QR code beside the digits leads the new browser through, and nobody learns what it holds."""

import io
import re
from collections.abc import Callable

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import heading
from tests.support.pairing.pages import Pair, alert, wrong
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.client.pairing.scanned import read_scanned
from webapp.models.pairing.pairing import Pairing


@pytest.fixture
def pair(app: Flask, live_server: object, new_context: Callable[..., BrowserContext], alice: Person) -> Pair:
    """Alice’s device, and a browser that asks to be paired."""
    enrolled(alice, [login("Bank")])
    old = enter(new_context(), alice, alice.device)
    alice.client = alice.another_browser()
    made = Pair(app, alice, enter(new_context(), alice), old)
    made.ask()
    return made


def scan(page: Page) -> str:
    """What a camera reads from the screen: a screenshot, as it stands."""
    picture = page.get_by_role("img", name="QR code with these digits")
    expect(picture).to_be_visible(timeout=SLOW)
    page.evaluate("document.activeViewTransition?.finished.catch(() => {})")
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L")
    [found] = zxingcpp.read_barcodes(shot, try_invert=False)
    return found.text


def opened(pair: Pair, address: str, page: Page | None = None) -> Page:
    """As the camera’s app does it: in a new tab of the browser."""
    tab = page or pair.new.context.new_page()
    tab.goto(address)
    return tab


def refused(page: Page, words: str) -> None:
    """The page answers nothing, and says why."""
    expect(heading(page, "Nothing Was Answered")).to_be_visible(timeout=SLOW)
    alert(page, words)
    expect(page.get_by_role("button", name="Yes, the Same Digits")).to_be_hidden()
    expect(page.locator("scanned-code output")).to_have_text("")


def state(pair: Pair) -> str:
    with pair.app.app_context():
        found = Pairing.latest_of(pair.alice.user_id)
        assert found
        return str(found.state)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_code_is_read_from_the_screen_on_either_ground(pair: Pair, scheme: str, width: int) -> None:
    code = pair.show_code().replace(" ", "")
    pair.old.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    pair.old.set_viewport_size({"width": width, "height": 900})
    address, _, fragment = scan(pair.old).partition("#")
    with pair.app.app_context():
        found = Pairing.latest_of(pair.alice.user_id)
        assert found
        assert address == f"{pair.app.config['PUBLIC_URL']}/pair/{found.id}/code"
    read = read_scanned(fragment)
    assert read
    assert read.code == code


def test_what_the_camera_reads_leads_through_without_a_digit_typed_and_nobody_else_learns_it(
    pair: Pair, screen: Screens, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[Request] = []
    for context in (pair.old.context, pair.new.context):
        context.on("request", lambda request: sent.append(request))
    with caplog.at_level(0):
        code = pair.show_code()
        address = scan(pair.old)
        screen(pair.old, "pair-code-to-scan")
        page = opened(pair, address)
        expect(heading(page, "Does the other device show these?")).to_be_visible(timeout=SLOW)
        assert page.locator("scanned-code output").inner_text() == code
        assert page.url == address.partition("#")[0]
        assert state(pair) == "offered", "nothing before the click"
        screen(page, "scanned-code")
        page.get_by_role("button", name="Yes, the Same Digits").click()
        expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
        Pair(pair.app, pair.alice, page, pair.old).choose_pin()
    assert pair.states() == ["active", "active"]
    digits, fragment = code.replace(" ", ""), address.partition("#")[2]
    assert len(sent) > 20
    for request in sent:
        said = " ".join([request.url.partition("#")[0], request.post_data or "", *request.all_headers().values()])
        assert digits not in re.sub(r"[0-9a-f]{16,}|[A-Za-z0-9+/=]{40,}", "", said), request.url
        assert fragment not in said
        if request.frame.page is page and not request.is_navigation_request():
            assert "#" not in request.url
    assert digits not in re.sub(r"[0-9a-f]{16,}", "", caplog.text)
    assert fragment not in caplog.text
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    assert len(history) >= 2
    assert not [entry for entry in history if digits in str(entry) or "#" in entry["url"]]
    assert page.evaluate("document.referrer") == page.evaluate("document.referrer.split('#')[0]")


def test_who_sees_other_digits_answers_nothing(pair: Pair, screen: Screens) -> None:
    """A server that leads over another site can put digits of its own there: only the person who compares sees that."""
    address = scan_of(pair)
    shown = address.partition("#")[2][:6]
    elsewhere = address.replace(f"#{shown}", f"#{wrong(shown)}")
    page = pair.new.context.new_page()
    page.route("https://elsewhere.example/", lambda route: route.fulfill(status=302, headers={"location": elsewhere}))
    page.goto("https://elsewhere.example/")
    expect(heading(page, "Does the other device show these?")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="No, Others").click()
    refused(page, "these digits did not come from your other device, and nobody got them")
    screen(page, "scanned-code-differs")
    assert state(pair) == "offered"


def scan_of(pair: Pair) -> str:
    pair.show_code()
    return scan(pair.old)


def test_a_server_that_redirects_with_a_fragment_of_its_own_is_refused(pair: Pair, screen: Screens) -> None:
    address, _, fragment = scan_of(pair).partition("#")
    other = f"{wrong(fragment[:6])}{fragment[6:]}"

    def redirect(route: object) -> None:
        route.fulfill(status=302, headers={"location": f"{address}#{other}"})  # type: ignore[attr-defined]

    pair.new.context.route("**/code?by=a-detour", redirect)
    page = opened(pair, f"{address}?by=a-detour#{fragment}")
    refused(page, "The server led you here by a detour")
    assert "#" not in page.url
    assert state(pair) == "offered"
    screen(page, "scanned-code-detour")


def test_another_browser_says_which_one_to_open(
    pair: Pair, screen: Screens, new_context: Callable[..., BrowserContext], alice: Person
) -> None:
    """Neither one that is not signed in, nor one that is, and didn’t ask."""
    address = scan_of(pair)
    stranger = opened(pair, address, new_context().new_page())
    refused(stranger, "This browser didn’t ask to be paired, or you are not signed in")
    alert(stranger, "Open Chrome on Linux, which shows Enter Pairing Code")
    assert "#" not in stranger.url
    screen(stranger, "scanned-code-other-browser")
    alice.client = alice.another_browser()
    refused(opened(pair, address, enter(new_context(), alice)), "This browser didn’t ask to be paired")
    assert state(pair) == "offered"


def test_a_browser_that_was_signed_out_meanwhile_answers_nothing(pair: Pair) -> None:
    address = scan_of(pair)
    pair.new.context.clear_cookies()
    refused(opened(pair, address), "you are not signed in to it any more")
    assert state(pair) == "offered"


def test_a_reload_answers_nothing(pair: Pair) -> None:
    page = opened(pair, scan_of(pair))
    expect(heading(page, "Does the other device show these?")).to_be_visible(timeout=SLOW)
    page.reload()
    refused(page, "they are read once, and a reload loses them")
    assert state(pair) == "offered"


def test_a_second_scan_is_refused(pair: Pair) -> None:
    """In a tab that shows the digits already, and in one that comes later."""
    address = scan_of(pair)
    first, second = opened(pair, address), opened(pair, address)
    expect(heading(second, "Does the other device show these?")).to_be_visible(timeout=SLOW)
    pair.old.context.set_offline(True)  # it doesn’t look at the answer yet
    first.get_by_role("button", name="Yes, the Same Digits").click()
    expect(heading(first, "Checking")).to_be_visible(timeout=SLOW)
    second.get_by_role("button", name="Yes, the Same Digits").click()
    refused(second, "This code was answered already")
    refused(opened(pair, address), "This code was answered already")
    pair.old.context.set_offline(False)
    expect(heading(first, "Create a New PIN")).to_be_visible(timeout=SLOW)


def test_a_late_scan_is_refused_and_does_not_answer_the_next_code(pair: Pair, clock: MovableClock) -> None:
    address = scan_of(pair)
    clock.advance(minutes=2, seconds=1)
    refused(opened(pair, address), "This code is no longer good")
    pair.show_code()
    refused(opened(pair, address), "This code is no longer good")
    assert state(pair) == "offered"


def test_digits_that_wait_too_long_are_gone(pair: Pair) -> None:
    """Playwright’s clock would take the entry away by which the page knows that nobody led it here by a detour."""
    page = opened(pair, scan_of(pair))
    expect(heading(page, "Does the other device show these?")).to_be_visible(timeout=SLOW)
    page.locator("time-left").dispatch_event("time-up")
    refused(page, "This code is no longer good")
    assert state(pair) == "offered"
