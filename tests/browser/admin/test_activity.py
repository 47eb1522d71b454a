"""Looking something up in Activity, and taking all of it along, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import sign_in
from tests.support.pages.chromium import Screens
from tests.support.people.people import enrolled
from tests.support.people.person import Person
from webapp.audit.verification import verify
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.journal.audit_key import AuditKey
from webapp.models.journal.event import Event


def download(page: Page, name: str, folder: Path) -> Path:
    """What a button or link of this name saves."""
    control = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    with page.expect_download() as saved:
        control.click()
    path = folder / saved.value.suggested_filename
    saved.value.save_as(path)
    return path


@pytest.fixture
def page(app: Flask, new_context: Callable[..., BrowserContext], alice: Person, bob: Person) -> Page:
    """Bob’s browser, at Activity, after he reset Alice’s password and she renamed a device."""
    enrolled(alice)
    with app.app_context(), transaction() as session:
        actor, subject = session.get_one(User, bob.user_id), session.get_one(User, alice.user_id)
        Event.append("user.password_reset", bob.organisation_id, actor=actor, subject=subject)
        Event.append("device.renamed", bob.organisation_id, actor=subject, before="Phone", after="Old phone")
    page = new_context().new_page()
    page.goto("/sign-in?next=/admin/")
    sign_in(page, bob)
    page.get_by_role("link", name="Activity", exact=True).click()
    expect(page.get_by_role("heading", name="Activity", level=1)).to_be_visible()
    return page


def test_an_admin_finds_what_happened_to_somebody(page: Page, screen: Screens) -> None:
    screen(page, "activity")

    page.get_by_label("Person").fill("alice@example.org")
    page.get_by_label("Kind").select_option(label="Sign-in: all")
    page.get_by_role("button", name="Show").click()
    events = page.get_by_role("region", name="Events")
    expect(events.get_by_text("Bob reset the password of Alice.")).to_be_visible()
    expect(events.get_by_text("renamed the device")).to_have_count(0)
    page.get_by_label("To, that day included").fill("2020-01-01")
    page.get_by_role("button", name="Show").click()
    expect(events.get_by_text("Nothing matches")).to_be_visible()
    screen(page, "activity-nothing-matches")
    page.get_by_label("From (UTC)").fill("2026-11-22")
    page.get_by_label("Person").fill("Zoe")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This day is before the first one.")).to_be_visible()
    screen(page, "activity-dates-crossed")
    page.get_by_role("link", name="Show all activity").click()
    expect(events.get_by_text("renamed the device")).to_be_visible()


def test_an_admin_takes_everything_along(app: Flask, page: Page, bob: Person, screen: Screens, tmp_path: Path) -> None:
    page.get_by_role("link", name="Export…").click()
    expect(page.get_by_role("heading", name="Export Activity")).to_be_visible()
    screen(page, "activity-export")
    files = [
        download(page, f"Download {name}", tmp_path) for name in ("JSON Lines", "CSV", "Public Key", "Signed Head")
    ]
    with app.app_context():
        key = AuditKey.of(bob.organisation_id)
        assert files[2].read_text() == key.pem
        public = key.public
    for export in files[:2]:
        with export.open("rb") as opened:
            assert verify(opened, public).head.count > 3
