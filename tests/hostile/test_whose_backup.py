"""A lying server with an accomplice: an admin is shown one member’s name over a request for another’s backup."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter
from tests.support.people.people import ActiveKey, enrolled
from tests.support.people.person import Person
from tests.support.recovery.requests import Asked, waiting_request
from webapp.client.formats import cloud_backups
from webapp.client.formats.encoding import to_json
from webapp.database import db
from webapp.models.recovery.restore_request import RestoreRequest


@pytest.fixture
def asked(alice: Person, organisation_key: ActiveKey) -> Asked:
    """For Alice’s backup; whoever asks can read the characters out, under whatever name."""
    enrolled(alice, here=False)
    return waiting_request(alice, organisation_key)


@pytest.fixture
def page(live_server: object, new_context: Callable[..., BrowserContext], bob: Person) -> Page:
    return enter(new_context(), bob)


def lie(page: Page, asked: Asked, *lies: tuple[str, str]) -> None:
    """The admin gets the genuine page, with some words replaced."""

    def answer(route: Route) -> None:
        got = route.fetch()
        text = got.text()
        for true, false in lies:
            assert true in text
            text = text.replace(true, false)
        route.fulfill(response=got, body=text)

    page.route(f"**{asked.path}", answer)


def open_share(page: Page, asked: Asked, key: ActiveKey, folder: Path) -> None:
    """What the admin does first."""
    (folder / "key.txt").write_bytes(key.file)
    page.goto(asked.path)
    page.get_by_label("The 16 characters").fill(asked.request.fingerprint)
    page.get_by_label("Recovery key file").set_input_files(folder / "key.txt")
    page.get_by_role("button", name="Compare", exact=True).click()


def state(app: Flask, asked: Asked) -> tuple[str, bytes]:
    with app.app_context():
        row = db.session.get_one(RestoreRequest, asked.id)
        return row.state, row.wrapped


def test_another_members_name_over_a_backup_is_seen_when_it_is_opened(
    app: Flask, page: Page, asked: Asked, organisation_key: ActiveKey, tmp_path: Path, screen: Screens
) -> None:
    lie(page, asked, ("Alice", "Charlie"), ("alice@example.org", "charlie@example.org"))
    open_share(page, asked, organisation_key, tmp_path)
    expect(page.get_by_role("alert").filter(has_text="belongs to alice@example.org")).to_be_visible()
    expect(page.get_by_role("button", name="Approve for This Member")).to_be_hidden()
    screen(page, "admin-request-wrong-account")
    assert state(app, asked) == ("requested", b"")


def test_a_name_that_only_people_read_stands_beside_the_sealed_one(
    app: Flask, page: Page, asked: Asked, organisation_key: ActiveKey, tmp_path: Path
) -> None:
    """The address that the script compares is true, and every word on the page is not."""
    lie(
        page,
        asked,
        ("alice@example.org", "charlie@example.org"),
        ("Alice", "Charlie"),
        ('data-email="charlie@example.org"', 'data-email="alice@example.org"'),
    )
    open_share(page, asked, organisation_key, tmp_path)
    expect(page.get_by_text("Charlie, charlie@example.org")).to_be_visible()
    sealed = page.get_by_role("group", name="This backup was made by the browser of: alice@example.org")
    expect(sealed).to_be_focused()
    page.keyboard.press("Enter")  # a second Enter out of habit approves nothing
    assert state(app, asked) == ("requested", b"")
    page.get_by_role("button", name="Go Back").click()
    expect(sealed).to_be_hidden()
    expect(page.get_by_label("The 16 characters")).to_be_focused()
    assert [each.input_value() for each in page.locator("approve-request input[type=hidden]").all()] == [""] * 4
    assert state(app, asked) == ("requested", b"")


def test_a_backup_without_a_name_says_so_and_takes_the_admins_word(
    app: Flask,
    page: Page,
    alice: Person,
    organisation_key: ActiveKey,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    screen: Screens,
) -> None:
    write_meta = cloud_backups.write_meta

    def unnamed(*parts: Any) -> str:
        return to_json({name: value for name, value in json.loads(write_meta(*parts)).items() if name != "account"})

    monkeypatch.setattr(cloud_backups, "write_meta", unnamed)
    enrolled(alice, here=False)
    old = waiting_request(alice, organisation_key)
    open_share(page, old, organisation_key, tmp_path)
    expect(page.get_by_text("This backup names nobody")).to_be_visible()
    expect(page.get_by_text("Only the server says that it belongs to Alice")).to_be_visible()
    screen(page, "admin-request-unnamed")
    assert state(app, old) == ("requested", b"")
    page.get_by_role("button", name="Approve for This Member").click()
    expect(page.get_by_text("Approved by Bob")).to_be_visible()


def test_a_page_that_names_no_address_approves_nothing(
    app: Flask, page: Page, asked: Asked, organisation_key: ActiveKey, tmp_path: Path
) -> None:
    lie(page, asked, ("data-email=", "data-nothing="))
    open_share(page, asked, organisation_key, tmp_path)
    expect(page.get_by_role("alert").filter(has_text="belongs to alice@example.org")).to_be_visible()
    assert state(app, asked) == ("requested", b"")
