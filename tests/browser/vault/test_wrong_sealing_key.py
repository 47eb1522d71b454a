"""A sealing key that turned wrong under the server, as members meet it: what it says, and that it works again later."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, sign_in, type_pin
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.open_pages import Contexts, enter
from tests.support.people.factors import with_second_factor
from tests.support.people.people import Person, be_at, enrolled
from tests.support.servers.sealing_keys import turned_wrong

PHONE = {"width": 390, "height": 844}
SAYS = "Nothing was counted"


@pytest.fixture
def page(live_server: object, new_context: Contexts, alice: Person) -> Page:
    """Alice’s browser, on a phone; it holds the key of her device."""
    enrolled(alice)
    found = enter(new_context(viewport=PHONE), alice, alice.device)
    be_at(alice, alice.device, locked=True)
    return found


def test_the_right_pin_says_whom_to_tell_and_opens_the_vault_once_the_key_is_back(
    app: Flask, page: Page, complaints: Complaints, screen: Screens
) -> None:
    page.goto("/unlock")
    with turned_wrong(app):
        type_pin(page)
        alert = page.get_by_role("alert").filter(has_text=SAYS)
        expect(alert).to_contain_text("no try of yours is used up", timeout=SLOW)
        screen(page, "unlock-without-sealing-key")
    complaints.forgive()
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)


def test_a_code_is_not_used_up_either(
    app: Flask, alice: Person, live_server: object, new_context: Contexts, complaints: Complaints, screen: Screens
) -> None:
    factor = with_second_factor(alice)
    page = new_context(color_scheme="dark").new_page()
    sign_in(page, alice)
    code = page.get_by_label("Code", exact=False).first
    code.fill(factor.at(1))
    with turned_wrong(app):
        page.get_by_role("button", name=re.compile("Sign in", re.I)).click()
        expect(page.get_by_text(SAYS)).to_be_visible()
        screen(page, "error-sealing-key")
    complaints.forgive()
    page.goto("/sign-in/code")
    page.get_by_label("Code", exact=False).first.fill(factor.at(1))
    page.get_by_role("button", name=re.compile("Sign in", re.I)).click()
    page.wait_for_url(re.compile("/join/vault|/recovery|/vault"))
