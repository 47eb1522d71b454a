"""A second factor in a real browser: turned on, asked for when signing in, and again before what is sensitive."""

import re
from pathlib import Path

import pyotp
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, sign_in
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts
from tests.support.people.factors import Factor, with_second_factor
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from webapp.database import db
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.one_time_code import OneTimeCode

SIGNED_IN = re.compile("/join/vault|/admin/")
WHY = "Her phone fell into the lake."


@pytest.fixture
def page(live_server: object, new_context: Contexts, bob: Person) -> Page:
    """Bob’s browser, on a phone; it is nobody’s device."""
    return new_context(viewport={"width": 390, "height": 844}).new_page()


def turn_on(page: Page, bob: Person, tmp_path: Path, screen: Screens) -> Factor:
    """From the hint in the Admin Portal to ten codes that were kept."""
    page.goto("/admin/")
    page.get_by_role("link", name="Turn on a second factor").click()
    expect(page.get_by_role("button", name="Set Up Second Factor")).to_be_enabled()
    screen(page, "second-factor-off")
    page.get_by_label("Your sign-in password", exact=True).fill(bob.password)
    page.get_by_role("button", name="Set Up Second Factor").click()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    expect(page.locator(".qr")).to_be_in_viewport(ratio=1)
    screen(page, "second-factor-set-up")
    picture = tmp_path / "qr.png"
    page.locator(".qr").screenshot(path=picture, caret="initial")
    [read] = zxingcpp.read_barcodes(Image.open(picture))
    assert read.text == page.get_by_role("link", name="open it there").get_attribute("href")
    parsed = pyotp.parse_uri(read.text)
    factor = Factor(bob, parsed.secret)
    page.get_by_label("Code", exact=True).fill(factor.wrong())
    page.get_by_role("button", name="Turn On", exact=True).click()
    expect(page.get_by_text("This is not the code that the app shows")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(factor.code())
    page.get_by_role("button", name="Turn On", exact=True).click()
    expect(page.get_by_text("Your second factor is on")).to_be_in_viewport(ratio=1)
    screen(page, "second-factor-codes")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    downloading.value.save_as(tmp_path / "codes.txt")
    text = (tmp_path / "codes.txt").read_text()
    factor.one_time_codes = re.findall(r"^([a-z2-7]{4}(?: [a-z2-7]{4}){3})$", text, re.M)
    assert len(factor.one_time_codes) == 10, text
    assert bob.email in text
    page.get_by_role("link", name="I Have Kept Them").click()
    page.wait_for_url("**/admin/")
    return factor


def sign_in_with_code(page: Page, bob: Person, factor: Factor, screen: Screens) -> None:
    """Password, reload, a wrong code, the right one."""
    sign_in(page, bob)
    page.wait_for_url("**/sign-in/code")
    screen(page, "sign-in-code")
    page.reload()
    page.get_by_label("Code", exact=True).fill(factor.wrong())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("That is no code that works now.")).to_be_visible()
    screen(page, "sign-in-code-wrong")
    page.get_by_label("Code", exact=True).fill(factor.code())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(SIGNED_IN)


def ask_for_reset(page: Page, alice: Person, screen: Screens) -> None:
    """From the person’s page to the filled-in form, which is sent."""
    page.goto(f"/admin/users/{alice.user_id}")
    page.get_by_role("link", name="Reset Second Factor").click()
    page.get_by_label("Why").fill(WHY)
    screen(page, "admin-second-factor-reset")
    page.get_by_role("button", name="Reset Second Factor").click()


def test_turned_on_asked_for_and_asked_for_again(
    page: Page, bob: Person, alice: Person, clock: MovableClock, tmp_path: Path, screen: Screens
) -> None:
    with_second_factor(alice)
    sign_in(page, bob)
    page.wait_for_url(SIGNED_IN)
    factor = turn_on(page, bob, tmp_path, screen)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()
    clock.advance(minutes=1)
    sign_in_with_code(page, bob, factor, screen)
    clock.advance(minutes=11)
    ask_for_reset(page, alice, screen)
    dialog = page.get_by_role("dialog", name="Show that it is you")
    expect(dialog.get_by_label("Code", exact=True)).to_be_focused()
    screen(page, "asked-again")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Why")).to_have_value(WHY)
    page.get_by_role("button", name="Reset Second Factor").click()
    dialog.get_by_label("Code", exact=True).fill("wrong")
    dialog.get_by_role("button", name="Go On").click()
    expect(dialog.get_by_text("That is no code that works now.")).to_be_visible()
    screen(page, "asked-again-wrong")
    dialog.get_by_label("Code", exact=True).fill(factor.one_time_codes[0])
    dialog.get_by_role("button", name="Go On").click()
    expect(page.get_by_text("The second factor is reset.")).to_be_visible()
    screen(page, "admin-person-second-factor-off")
    with bob.app.app_context():
        assert OneTimeCode.left(bob.user_id) == 9
    page.goto("/settings/second-factor")
    page.get_by_text("New one-time codes…").click()
    screen(page, "second-factor-on")


def test_an_approval_that_is_asked_about_goes_on_by_itself(
    app: Flask,
    page: Page,
    bob: Person,
    alice: Person,
    organisation_key: ActiveKey,
    clock: MovableClock,
    key_file: Path,
) -> None:
    """The key file stays chosen, and what was opened with it stays open; with a password, for want of a code."""
    enrolled(alice, here=False)
    backed_up(alice, organisation_key)
    asked = waiting_request(alice, organisation_key)
    sign_in(page, bob)
    page.wait_for_url(SIGNED_IN)
    page.goto(asked.path)
    page.get_by_label("The 16 characters").fill(asked.request.fingerprint)
    page.get_by_label("Recovery key file").set_input_files(key_file)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("This backup was made by the browser of:")).to_be_visible(timeout=SLOW)
    clock.advance(minutes=10)
    page.get_by_role("button", name="Approve for This Member").click()
    dialog = page.get_by_role("dialog", name="Show that it is you")
    dialog.get_by_role("textbox", name="Your sign-in password").fill(bob.password)
    dialog.get_by_role("button", name="Go On").click()
    expect(page.get_by_text("Approved. The member chooses a PIN, then the backup is restored")).to_be_visible(
        timeout=SLOW
    )
    with app.app_context():
        assert str(db.session.get_one(RestoreRequest, asked.id).state) == "approved"
