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
from tests.support.vault.devices import login
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
