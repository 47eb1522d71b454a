"""The Admin Portal, screen by screen."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter, show
from tests.support.people.people import ActiveKey, Person, add_person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.recovery.runs import asked
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from tests.views.account.test_notices import give
from webapp.clock import now
from webapp.config import MailServer
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest


@pytest.fixture
def page(bob: Person, live_server: object, new_context: Contexts) -> Page:
    """Bob’s, who has a vault elsewhere."""
    enrolled(bob, here=False)
    return enter(new_context(), bob)


def test_before_anything_happened(page: Page, screen: Screens) -> None:
    show(page, "/admin/", "Overview")
    screen(page, "admin-overview-not-enabled")
    show(page, "/admin/requests", "Requests")
    screen(page, "admin-requests-empty")
    show(page, "/admin/users", "Users")
    screen(page, "admin-users")
    show(page, "/admin/activity", "Activity")
    screen(page, "admin-activity")


def test_the_key_ceremony(page: Page, tmp_path: Path, screen: Screens) -> None:
    show(page, "/admin/settings", "Settings")
    expect(page.get_by_role("button", name="Generate Key")).to_be_enabled()
    screen(page, "admin-key-step-1")
    with page.expect_download(timeout=SLOW) as downloading:
        page.get_by_role("button", name="Generate Key").click()
    downloading.value.save_as(tmp_path / "key.txt")
    expect(page.get_by_role("heading", name="Step 2 of 2: choose the saved file")).to_be_visible()
    screen(page, "admin-key-step-2")
    (tmp_path / "other.txt").write_text("not a key")
    page.get_by_label("Saved key file").set_input_files(tmp_path / "other.txt")
    expect(page.get_by_text("This is not a recovery key file.")).to_be_visible()
    screen(page, "admin-key-wrong-file")
    page.reload()
    expect(page.get_by_text("This page no longer holds the key.")).to_be_visible()
    screen(page, "admin-key-interrupted")
    page.get_by_label("Saved key file").set_input_files(tmp_path / "key.txt")
    page.get_by_role("button", name="Enable Cloud Backups").click()
    expect(page.get_by_text("Cloud Backups are enabled.")).to_be_visible()
    screen(page, "admin-key-enabled")


def test_settings(page: Page, organisation_key: ActiveKey, key_file: Path, screen: Screens) -> None:
    show(page, "/admin/settings", "Settings")
    page.get_by_label("Recovery key file").set_input_files(key_file)
    page.get_by_role("button", name="Check My Key File").click()
    expect(page.get_by_text("This is the right file, and it works.")).to_be_visible()
    screen(page, "admin-settings-checked")
    contact = page.locator("#contact-form")
    contact.get_by_label("Phone").fill("after nine")
    contact.get_by_label("Email address").fill("a@b")
    contact.get_by_role("button", name="Save Contact").click()
    expect(contact.locator("[aria-invalid=true]").first).to_be_visible()
    screen(page, "admin-contact-refused")


def test_users(page: Page, organisation_key: ActiveKey, key_file: Path, alice: Person, screen: Screens) -> None:
    enrolled(alice)
    backed_up(alice, organisation_key)
    show(page, "/admin/users", "Users")
    page.get_by_label("Email address").fill(alice.email)
    page.get_by_role("textbox", name="Name").fill("Alice again")
    page.get_by_role("button", name="Make Invite Link").click()
    expect(page.locator("[aria-invalid=true], [role=alert]:visible").first).to_be_visible()
    screen(page, "admin-invite-refused")
    page.get_by_label("Email address").fill("dana@example.org")
    page.get_by_role("button", name="Make Invite Link").click()
    expect(page.get_by_label("Recovery key file")).to_be_visible()
    screen(page, "admin-invite-made")
    page.get_by_label("Recovery key file").set_input_files(key_file)
    expect(page.locator("#invite-address")).to_contain_text("#k=")
    screen(page, "admin-invite-with-key")


def test_pending_requests(
    page: Page,
    bob: Person,
    alice: Person,
    charlie: Person,
    organisation_key: ActiveKey,
    key_file: Path,
    screen: Screens,
) -> None:
    for person in (alice, charlie):
        enrolled(person, [login()], here=False)
    waiting = [waiting_request(person, organisation_key) for person in (alice, charlie, bob)]
    give(bob, "restore_requested", member="Alice", email=alice.email, address="192.0.2.7")
    show(page, "/admin/", "Overview")
    screen(page, "admin-overview-pending")
    show(page, "/admin/settings", "Settings")
    screen(page, "admin-settings-pending")
    show(page, waiting[2].path, "Request of Bob")
    screen(page, "admin-request-own")
    show(page, waiting[0].path, "Request of Alice")
    screen(page, "admin-request-fresh")
    page.get_by_label("The 16 characters").fill("a" * 16)
    page.get_by_label("Recovery key file").set_input_files(key_file)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("#approve-error")).to_be_visible()
    screen(page, "admin-request-wrong-characters")
    with bob.app.app_context(), transaction() as session:
        session.get_one(RestoreRequest, waiting[1].id).backup_id = None
    show(page, waiting[1].path, "Request of Charlie")
    screen(page, "admin-request-backup-gone")


def test_decided_requests(
    page: Page, bob: Person, alice: Person, organisation_key: ActiveKey, clock: MovableClock, screen: Screens
) -> None:
    people = {name: add_person(bob.app, bob.organisation_id, name) for name in ("Dora", "Emil", "Faye", "Gus")}
    for person in (alice, *people.values()):
        enrolled(person, [login()], here=False)
    ended = {name: waiting_request(person, organisation_key) for name, person in people.items()}
    bob.post(f"{ended['Dora'].path}/denial", data={"reason": "I could not reach you by phone."})
    people["Emil"].post(f"/recovery/requests/{ended['Emil'].id}/cancellation")
    bob.post(f"{ended['Faye'].path}/approval", data=ended["Faye"].approval(organisation_key, bob))
    made = asked(alice, backed_up(alice, organisation_key))
    made.approve(bob, organisation_key)
    opened = made.release()
    show(page, f"/admin/requests/{made.id}", "Request of Alice")
    screen(page, "admin-request-released")
    assert made.signed("finish", made.finish_body(opened)).status_code == 200
    show(page, f"/admin/requests/{made.id}", "Request of Alice")
    screen(page, "admin-request-completed")
    for name, state in (("Dora", "denied"), ("Emil", "cancelled"), ("Faye", "approved")):
        show(page, ended[name].path, f"Request of {name}")
        screen(page, f"admin-request-{state}")
    with bob.app.app_context(), transaction() as session:
        session.get_one(RestoreRequest, ended["Gus"].id).expires_at = now()
        session.get_one(User, people["Gus"].user_id).disabled_at = now()
    show(page, ended["Gus"].path, "Request of Gus")
    screen(page, "admin-request-expired")
    show(page, "/admin/requests", "Requests")
    screen(page, "admin-requests")
    show(page, "/admin/activity", "Activity")
    screen(page, "admin-activity-long")
    show(page, "/admin/users", "Users")
    screen(page, "admin-users-many")


def test_mail_that_does_not_arrive(page: Page, alice: Person, bob: Person, screen: Screens) -> None:
    """One that the mail server refused for good, and others that have been waiting for an hour."""
    given = [give(alice), give(bob)]
    alice.app.config["SMTP"] = MailServer("127.0.0.1", 2525, "none")
    with alice.app.app_context(), transaction() as session:
        lost, waits = (session.get_one(Notice, notice_id) for notice_id in given)
        lost.failed_at, lost.last_error = now(), "550 5.1.1 No such user here"
        waits.made_at, waits.last_error = now() - timedelta(hours=1), "ConnectionRefusedError"
    show(page, "/admin/", "Overview")
    expect(page.get_by_text("No mail goes out")).to_be_visible()
    screen(page, "admin-overview-lost-mail")
    show(page, f"/admin/users/{alice.user_id}", "Alice")
    expect(page.get_by_text("Doesn’t arrive")).to_be_visible()
    screen(page, "admin-user-lost-mail")
