"""A forged recovery key, vault and backup in the rows, honest scripts, real browsers: nothing is backed up to it."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from sqlalchemy import select

from tests.support.attacks.forged_rows import TITLE, Forged, forge
from tests.support.pages.browser_devices import SLOW
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.vault.devices import login
from webapp.database import db
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def forged(app: Flask, live_server: object, alice: Person, bob: Person, organisation_key: ActiveKey) -> Forged:
    enrolled(alice, [login("Bank")], here=False)
    backed_up(alice, organisation_key)
    return forge(app, alice)


def approve(bob: Person, forged: Forged, fingerprint: str) -> str:
    """With the forged key file, as whoever answers the phone; the digits that they tell."""
    return approve_shown(bob, ActiveKey("", forged.key, b""), fingerprint)


def finish(page: Page) -> None:
    for label in ("New PIN", "New PIN, once more"):
        page.get_by_label(label, exact=True).fill("305817")
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)


def test_on_a_blank_browser_nothing_is_backed_up_by_itself(
    app: Flask, new_context: NewContext, alice: Person, bob: Person, forged: Forged
) -> None:
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    approve(bob, forged, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="They Didn’t Give Me Any").click()
    finish(page)
    page.get_by_role("link", name="Open Vault").click()
    expect(page.get_by_text(TITLE)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("nobody has compared the recovery key of")).to_be_visible()
    with app.app_context():
        assert db.session.scalars(select(CloudBackup.id)).all() == [forged.backup.id]


def test_the_admins_page_stops_and_owners_are_told(
    app: Flask,
    new_context: NewContext,
    alice: Person,
    bob: Person,
    olga: Person,
    organisation_key: ActiveKey,
    forged: Forged,
) -> None:
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    fingerprint = ask(page)
    with app.app_context():
        request = db.session.scalars(select(RestoreRequest.id)).one()
    desk = enter(new_context(), bob)
    desk.goto(f"/admin/requests/{request}")
    file: FilePayload = {"name": "key.txt", "mimeType": "text/plain", "buffer": organisation_key.file}
    desk.get_by_label("Recovery key file").set_input_files(file)
    expect(desk.get_by_text("the comparison will tell")).to_be_visible()
    desk.get_by_label("The 16 characters").fill(fingerprint)
    words = "Stop. Alice’s browser was shown another recovery key than yours. Approve nothing, and tell an owner."
    with desk.expect_response("**/key-warning"):
        desk.get_by_role("button", name="Compare", exact=True).click()
    expect(desk.get_by_text(words)).to_be_visible()
    expect(desk.get_by_role("button", name="Approve for This Member")).to_be_hidden()
    expect(desk.locator("#digits-to-tell")).to_be_hidden()
    with app.app_context():
        told = select(Notice.user_id).where(Notice.kind == "restore_key_warning")
        assert db.session.scalars(told).all() == [olga.user_id]
        assert "restore_request.key_differs" in db.session.scalars(select(Event.kind)).all()
        assert db.session.scalars(select(RestoreRequest.stored_state)).all() == ["requested"]


def test_an_impostor_who_tells_digits_is_believed_by_nobody_who_knew_the_key(
    app: Flask, new_context: NewContext, alice: Person, organisation_key: ActiveKey, forged: Forged
) -> None:
    page = new_context().new_page()
    page.goto("/sign-in")
    page.evaluate(
        """async ([organisation, fingerprint]) => {
          const address = new URL('../js/device/keystore.js', document.querySelector('link[rel=icon]').href);
          await (await import(address)).setPin(organisation, { fingerprint });
        }""",
        [alice.organisation_id, organisation_key.key.public.fingerprint[:32]],
    )
    sign_in(page, alice.email, alice.password)
    page.goto("/recovery/cloud/backups")
    page.get_by_role("button", name="Request Account Restore").click()
    expect(page.get_by_text("Stop: this browser was told another recovery key")).to_be_visible(timeout=SLOW)
    with app.app_context():
        assert db.session.scalars(select(RestoreRequest.id)).all() == []


def test_who_believes_an_impostor_on_a_blank_browser_was_told_whom_to_call(
    new_context: NewContext, alice: Person, bob: Person, forged: Forged
) -> None:
    """No protocol helps against a voice that is believed; the page says whose it has to be."""
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    fingerprint = ask(page)
    expect(page.get_by_text("Call somebody whose voice or number you know")).to_be_visible()
    digits = approve(bob, forged, fingerprint)
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    tell(page, digits)
