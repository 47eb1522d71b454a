"""What Diagnostics looks like when all is well, and when much is wrong."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import sign_in
from tests.support.pages.chromium import Screens
from tests.support.pages.tour import heading
from tests.support.people.people import Person, enrolled
from tests.support.servers.mail_server import Postbox
from webapp.models.server.heartbeat import Heartbeat
from webapp.ops import mail_delivery


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    postbox = Postbox()
    app.config["SMTP"] = postbox.address
    yield postbox
    postbox.close()


def look(page: Page, owner: Person) -> None:
    """From Settings, as an owner goes there."""
    sign_in(page, owner)
    page.goto("/admin/settings")
    page.get_by_role("link", name="Diagnostics").click()
    expect(heading(page, "Diagnostics")).to_be_visible()


def test_all_is_well_and_a_test_mail_arrives(
    app: Flask, olga: Person, alice: Person, page: Page, postbox: Postbox, screen: Screens
) -> None:
    enrolled(alice)
    with app.app_context():
        Heartbeat.beat()
    look(page, olga)
    page.get_by_role("button", name="Send Me a Test Mail").click()
    expect(page.locator(".flash")).to_contain_text("The mail is in the outbox")
    with app.app_context():
        mail_delivery.deliver_due()
    page.reload()
    expect(page.locator("main")).to_contain_text("Accepted by the mail server")
    screen(page, "diagnostics")


def test_much_is_wrong(app: Flask, olga: Person, page: Page, screen: Screens) -> None:
    app.config["TRUSTED_PROXIES"] = 1
    look(page, olga)
    expect(page.locator("main")).to_contain_text("One proxy too many is trusted")
    expect(page.locator("main")).to_contain_text("None was ever at work here")
    screen(page, "diagnostics-wrong")
