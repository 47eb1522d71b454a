"""The voice check in both directions in real browsers: what the member types, what stops, what goes on without it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from sqlalchemy import func, select

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.vault.devices import login
from webapp.client.formats.restore_requests import RestoreRequest as Request
from webapp.client.recovery.voice_checks import digits_to_tell
from webapp.clock import now
from webapp.crypto.fingerprints import groups
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup

NewContext = Callable[..., BrowserContext]
PIN = "305817"


@pytest.fixture
def page(live_server: object, new_context: NewContext, alice: Person, bob: Person, organisation_key: ActiveKey) -> Page:
    """Alice, who has a vault and a cloud backup, signed in with a browser that knows nothing."""
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    return page


@pytest.fixture
def desk(new_context: NewContext, bob: Person, page: Page) -> Page:
    """Bob’s own browser, signed in; it is there after Alice’s."""
    desk = new_context().new_page()
    sign_in(desk, bob.email, bob.password)
    return desk


def type_digits(page: Page, digits: str) -> None:
    page.get_by_label("The six digits").fill(digits)
    page.get_by_role("button", name="Check the Digits").click()


def type_pin(page: Page) -> None:
    page.get_by_label("New PIN", exact=True).fill(PIN)
    page.get_by_label("New PIN, once more", exact=True).fill(PIN)
    page.get_by_role("button", name="Create PIN And Restore").click()


def wrong(app: Flask, right: str = "") -> str:
    """Digits that nobody of the organisation would tell for the request that is open."""
    return "000000" if right != "000000" else "111111"


def digits_by(app: Flask, person: Person, key: ActiveKey) -> str:
    """What this person would tell of the request that is open."""
    with app.app_context():
        row = db.session.scalars(select(RestoreRequest)).one()
        return digits_to_tell(Request(row.exact, row.signature), key.key.public.fingerprint, person.user_id)


def restore_all_the_same(page: Page, code: str) -> None:
    """As the page of a lying server lets the member: it shows the PIN’s fields. The browser refuses by this code."""
    page.evaluate("document.querySelector('[data-part=pin]').hidden = false")
    type_pin(page)
    slot = page.locator(f"#restore-finish-error[data-code={code}]")
    slot.or_(heading(page, "Done")).first.wait_for(state="attached", timeout=SLOW)
    expect(heading(page, "Create a New PIN")).to_be_visible()


def be_told(page: Page, person: Person, fingerprint: str) -> None:
    """A key that was compared here."""
    page.evaluate(
        """async ([organisation, fingerprint]) => {
          const address = new URL('../js/device/keystore.js', document.querySelector('link[rel=icon]').href);
          await (await import(address)).setPin(organisation, { fingerprint });
        }""",
        [person.organisation_id, fingerprint],
    )


def backups(app: Flask) -> int:
    """Cloud backups of the vault as it is after the recovery."""
    with app.app_context():
        return db.session.scalar(select(func.count()).where(CloudBackup.epoch == 2)) or 0


def test_digits_are_typed_wrong_and_a_reload_gives_no_try_back(
    app: Flask, page: Page, bob: Person, olga: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    fingerprint = ask(page)
    page.get_by_role("button", name="Spell It").click()
    first = fingerprint[0]
    expect(page.locator("#spelled li").first).to_have_text(re.compile(f"^{first} [A-Z]"))
    expect(page.locator("#spelled li")).to_have_count(16)
    screen(page, "waiting-spelled")
    page.get_by_role("button", name="Spell It").click()
    type_digits(page, "12")
    expect(page.get_by_text("This was no try.")).to_be_visible()
    type_digits(page, wrong(app))
    expect(page.get_by_text("Tries left: 4.")).to_be_visible()
    screen(page, "waiting-digits-wrong")
    page.reload()
    type_digits(page, wrong(app))
    expect(page.get_by_text("Tries left: 3.")).to_be_visible()
    page.get_by_text("Details", exact=True).click()
    screen(page, "waiting-details")
    tell(page, digits_by(app, olga, organisation_key))
    digits = approve_shown(bob, organisation_key, fingerprint)  # and not by whoever told those
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("The six digits")).to_be_visible()
    expect(page.get_by_label("New PIN", exact=True)).to_be_hidden()
    restore_all_the_same(page, "digits_missing")
    tell(page, digits)
    screen(page, "digits-right")
    type_pin(page)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    key = groups(organisation_key.key.public.fingerprint)
    expect(page.locator("[data-kit=key]")).to_have_text(key, timeout=SLOW)
    assert backups(app) == 1


def test_five_wrong_digits_stop_the_recovery_and_owners_are_told(
    app: Flask, page: Page, olga: Person, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    fingerprint = ask(page)
    for left in (4, 3, 2, 1):
        type_digits(page, wrong(app))
        expect(page.get_by_text(f"Tries left: {left}.")).to_be_visible()
    type_digits(page, wrong(app))
    stopped = page.get_by_role("heading", name="Request Stopped")
    expect(page.get_by_text("whoever answered holds another recovery key").first).to_be_visible()
    expect(page.get_by_label("The six digits")).to_be_hidden()
    expect(stopped).to_be_visible(timeout=SLOW)
    screen(page, "request-stopped-by-digits")
    with app.app_context():
        row = db.session.scalars(select(RestoreRequest)).one()
        assert (row.state, row.stop_reason) == ("stopped", "check")
        told = select(Notice.user_id).where(Notice.kind == "restore_key_warning")
        assert set(db.session.scalars(told)) == {olga.user_id}
        assert "restore_request.check_failed" in db.session.scalars(select(Event.kind)).all()
    assert fingerprint


def test_a_server_that_goes_on_after_five_wrong_digits_gets_no_further(
    app: Flask, page: Page, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    """It ignores that the browser has stopped, and approves."""
    fingerprint = ask(page)
    page.route("**/check-failure", lambda route: route.fulfill(status=200, json={"next": "/"}))
    for _ in range(5):
        type_digits(page, wrong(app))
        expect(page.get_by_label("The six digits")).to_have_value("")
    expect(page.get_by_text("This recovery has stopped")).to_be_visible()
    screen(page, "waiting-stopped")
    digits = approve_shown(bob, organisation_key, fingerprint)
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("This recovery has stopped")).to_be_visible()
    expect(page.get_by_label("New PIN", exact=True)).to_be_hidden()
    expect(page.get_by_label("The six digits")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("This recovery has stopped")).to_be_visible()
    restore_all_the_same(page, "check_stopped")
    assert digits
    assert backups(app) == 0


def restore_without_digits(page: Page, bob: Person, key: ActiveKey, seen: Callable[[], None] = lambda: None) -> None:
    """Up to Done; `seen` once the page says that it goes on so."""
    fingerprint = ask(page)
    page.get_by_role("button", name="They Didn’t Give Me Any").click()
    expect(page.get_by_text("You go on without digits")).to_be_visible()
    seen()
    approve_shown(bob, key, fingerprint)
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    type_pin(page)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)


def expect_it_on_overview(desk: Page, screen: Screens) -> None:
    desk.goto("/admin/")
    expect(desk.locator("#unconfirmed")).to_contain_text("Alice")
    expect(desk.locator("#unconfirmed")).to_contain_text("no cloud backup since")
    screen(desk, "admin-overview-unconfirmed")


def test_without_digits_it_goes_on_unconfirmed_until_the_key_is_compared(
    app: Flask, page: Page, desk: Page, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    restore_without_digits(page, bob, organisation_key, lambda: screen(page, "waiting-unconfirmed"))
    expect(page.get_by_role("heading", name="Spare Key Recovery Kit")).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-part=kit-key]")).to_be_hidden()
    page.get_by_role("link", name="Open Vault").click()
    line = page.get_by_text("nobody has compared the recovery key of")
    expect(line).to_be_visible(timeout=SLOW)
    screen(page, "vault-unconfirmed")
    page.get_by_role("button", name="Lock", exact=True).click()
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Unlock").click()
    expect(line).to_be_visible(timeout=SLOW)
    assert backups(app) == 0
    expect_it_on_overview(desk, screen)
    page.get_by_role("link", name="Compare it").click()
    expect(page.get_by_role("heading", name="Compare the recovery key")).to_be_visible()
    screen(page, "backups-unconfirmed")
    page.get_by_label("First 16 characters of the recovery key").fill(organisation_key.key.public.fingerprint[:16])
    page.get_by_role("button", name="Turn On Cloud Backups").click()
    expect(page.get_by_role("button", name="Back Up Now")).to_be_visible(timeout=SLOW)
    assert backups(app) == 1
    with app.app_context():
        assert not db.session.scalar(select(func.count()).where(User.key_unconfirmed_at.is_not(None)))
    page.goto("/vault")
    expect(page.get_by_text("Bank")).to_be_visible(timeout=SLOW)
    expect(line).to_be_hidden()


def test_a_link_made_from_the_opened_key_file_ends_it(
    app: Flask, page: Page, desk: Page, alice: Person, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    restore_without_digits(page, bob, organisation_key)
    desk.goto(f"/admin/users/{alice.user_id}")
    file: FilePayload = {"name": "key.txt", "mimeType": "text/plain", "buffer": organisation_key.file}
    desk.get_by_label("Recovery key file").set_input_files(file)
    expect(desk.locator("#key-link")).to_contain_text(f"/backups#k={organisation_key.key.public.fingerprint[:32]}")
    screen(desk, "admin-person-key-link")
    page.goto(desk.locator("#key-link").inner_text().strip())
    said = page.get_by_label("An admin whom I know gave me this link")
    expect(said).to_be_visible(timeout=SLOW)
    assert page.locator("output").inner_text().replace(" ", "") == organisation_key.key.public.fingerprint
    screen(page, "backups-link")
    said.check()
    page.get_by_role("button", name="Turn On Cloud Backups").click()
    expect(page.get_by_role("button", name="Back Up Now")).to_be_visible(timeout=SLOW)
    assert "#" not in page.url
    assert backups(app) == 1


def test_the_keys_own_characters_do_as_well_as_digits(
    app: Flask, page: Page, bob: Person, organisation_key: ActiveKey
) -> None:
    fingerprint = ask(page)
    page.get_by_text("Details", exact=True).click()
    field = page.get_by_label("First 16 characters of the recovery key")
    field.fill("a" * 16)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("These are not the characters of the key")).to_be_visible()
    field.fill(groups(organisation_key.key.public.fingerprint[:16]).upper())
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("They fit", exact=True)).to_be_visible()
    approve_shown(bob, organisation_key, fingerprint)
    expect(page.get_by_label("New PIN", exact=True)).to_be_visible(timeout=SLOW)
    type_pin(page)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    assert backups(app) == 1


@pytest.mark.parametrize(("off", "asks"), [(timedelta(days=3, hours=2), True), (timedelta(days=-3), False)])
def test_a_clock_three_days_off_gets_through(
    app: Flask, page: Page, bob: Person, organisation_key: ActiveKey, screen: Screens, off: timedelta, asks: bool
) -> None:
    digits = approve_shown(bob, organisation_key, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    page.clock.set_fixed_time(now() + off)
    tell(page, digits)
    type_pin(page)
    if asks:
        expect(page.get_by_text("By this computer’s clock the approval is over")).to_be_visible(timeout=SLOW)
        expect(page.locator("[data-told=expires_at]")).to_have_text(re.compile("UTC"))
        screen(page, "approval-past-by-this-clock")
        page.get_by_role("button", name="My Clock Is Wrong").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    assert backups(app) == 1


def test_a_browser_that_is_told_another_key_meanwhile_takes_no_approval_by_the_first(
    app: Flask, page: Page, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    approve_shown(bob, organisation_key, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    be_told(page, alice, "a" * 32)
    page.reload()
    expect(page.get_by_text("This browser knows another recovery key")).to_be_visible()
    restore_all_the_same(page, "key_mismatch")
    with app.app_context():
        assert db.session.get_one(User, alice.user_id).epoch == 1


def test_no_number_to_call_stands_on_the_page_of_a_browser_that_knows_no_key(
    app: Flask, page: Page, alice: Person
) -> None:
    """Forged contact details would lead to whoever forged them."""
    with app.app_context(), transaction():
        organisation = Organisation.locked(alice.organisation_id)
        organisation.contact_name, organisation.contact_phone = "Mallory", "+44 20 7946 0000"
    page.goto("/recovery")
    expect(page.get_by_role("link", name="+44 20 7946 0000")).to_be_visible()
    ask(page)
    expect(page.get_by_label("The six digits")).to_be_visible()
    expect(page.get_by_role("link", name="+44 20 7946 0000")).to_have_count(0)
    expect(page.get_by_text("take no call")).to_be_visible()


def test_a_browser_that_knows_the_key_needs_no_digits_and_may_show_a_number(
    app: Flask, page: Page, alice: Person, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    with app.app_context(), transaction():
        Organisation.locked(alice.organisation_id).contact_phone = "+44 20 7946 0000"
    be_told(page, alice, organisation_key.key.public.fingerprint)
    fingerprint = ask(page)
    expect(page.get_by_text("You need no digits")).to_be_visible()
    expect(page.get_by_role("link", name="+44 20 7946 0000")).to_be_visible()
    screen(page, "waiting-known")
    approve_shown(bob, organisation_key, fingerprint)
    expect(page.get_by_label("New PIN", exact=True)).to_be_visible(timeout=SLOW)
    type_pin(page)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    assert backups(app) == 1
