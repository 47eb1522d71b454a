"""The QR code of the real page, as another program reads it from a screenshot: the public address, and no more."""

import io
from collections.abc import Callable

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.open_pages import enter
from tests.support.pairing.pages import Pair
from tests.support.people.people import Person, enrolled


@pytest.fixture
def page(app: Flask, live_server: object, new_context: Callable[..., BrowserContext], alice: Person) -> Page:
    """Enter Pairing Code, in a browser without a key."""
    enrolled(alice)
    alice.client = alice.another_browser()
    tab = enter(new_context(), alice)
    Pair(app, alice, tab, tab).ask()
    return tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_holds_the_address_and_nothing_else(app: Flask, page: Page, scheme: str, width: int) -> None:
    """Not inverted, not helped: as a phone’s camera sees it on either ground."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    page.evaluate("document.activeViewTransition?.finished.catch(() => {})")
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L")
    found = zxingcpp.read_barcodes(picture, try_invert=False)
    assert [code.text for code in found] == [f"{app.config['PUBLIC_URL']}/pair"]
    assert found[0].format == zxingcpp.BarcodeFormat.QRCode
    assert f"{app.config['PUBLIC_URL']}/pair" in page.locator("#main").inner_text()
