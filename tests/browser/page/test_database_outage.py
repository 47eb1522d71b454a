"""A page while PostgreSQL is away: it waits, says so, and goes on by itself."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import open_vault, sign_in
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.tour import heading
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.servers.applications import migrate
from tests.support.servers.own_postgresql import OwnPostgresql, own_postgresql
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import add_login, titles_of
from webapp.database import db


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnPostgresql]:
    with own_postgresql() as made:
        yield made


@pytest.fixture
def database_url(server: OwnPostgresql, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Without a row of the test before."""
    migrate(server.url, tmp_path_factory.mktemp("migrated"))
    yield server.url
    server.empty()


def test_a_page_that_was_asked_for_comes_once_the_database_is_back(
    server: OwnPostgresql, organisation: str, page: Page, screen: Screens, complaints: Complaints
) -> None:
    server.stop()
    page.goto("/sign-in?next=/vault")
    expect(heading(page, "Spare Key is being looked after")).to_be_visible()
    expect(page.locator("main")).to_contain_text("goes on by itself")
    screen(page, "database-away")
    server.start()
    expect(heading(page, "Sign in")).to_be_visible()
    assert page.url.endswith("/sign-in?next=/vault")
    complaints.forgive()


def test_a_page_that_polls_goes_on(
    server: OwnPostgresql, bob: Person, alice: Person, organisation_key: ActiveKey, page: Page, complaints: Complaints
) -> None:
    enrolled(alice)
    sign_in(page, bob)
    page.goto("/admin/")
    expect(page.locator("#pending-requests")).to_contain_text("Nobody is waiting")
    server.stop()
    expect(page.locator("html")).to_have_attribute("data-connection", "failing")
    server.start()
    waiting_request(alice, organisation_key)
    expect(page.locator("#pending-requests")).to_contain_text("alice@example.org")
    expect(page.locator("html")).to_have_attribute("data-connection", "working")
    complaints.forgive()


def test_an_open_page_keeps_what_is_typed_and_goes_on(
    server: OwnPostgresql, app: Flask, alice: Person, page: Page, complaints: Complaints
) -> None:
    enrolled(alice, [login("Bank")], here=False)
    open_vault(page, alice)
    server.stop()
    add_login(page, "Of the morning")
    banner = page.locator("[data-banner=unanswered]")
    expect(banner).to_contain_text("Your edit is kept in this browser, encrypted")
    server.start()
    expect(banner).to_be_hidden()
    assert titles_of(alice) == ["Bank", "Of the morning"]
    complaints.forgive()
    with app.app_context():
        db.engine.dispose()
