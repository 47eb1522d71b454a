"""The Admin Portal around one person: their page, Reset Password, holds, and who may approve. Screen by screen."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter, show
from tests.support.people.marks import disable, hold, mark
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.recovery.runs import asked, request_row
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.clock import now
from webapp.database import transaction
from webapp.flows.restore_request import State
from webapp.models.approval.conflict_mark import ConflictKind
from webapp.models.recovery.restore_request import RestoreRequest


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SMTP_URL": "smtp://mail.example.org:587", "MAIL_FROM": "keys@example.org"}


@pytest.fixture
def page(bob: Person, live_server: object, new_context: Contexts) -> Page:
    """Bob’s, who has a vault elsewhere."""
    enrolled(bob, here=False)
    return enter(new_context(), bob)


def test_a_person_after_a_recovery(
    page: Page, bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    made = asked(alice, backed_up(alice, organisation_key))
    made.approve(olga, organisation_key)
    assert made.finish().status_code == 200
    for kind in (ConflictKind.RESET_PASSWORD, ConflictKind.HELD_LINK):
        mark(bob, alice, kind)
    mark(olga, alice)
    page.goto("/admin/users")
    page.get_by_role("link", name="Alice", exact=True).click()
    expect(page.get_by_text("The member can undo it until")).to_be_visible()
    screen(page, "admin-person-recovered")
    page.get_by_role("link", name="Reset Password").click()
    expect(page.get_by_role("heading", name="There is no cloud backup")).to_have_count(0)
    screen(page, "admin-reset-no-backup")


def test_resetting_a_password(
    page: Page, bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    waiting_request(alice, organisation_key)
    show(page, f"/admin/users/{alice.user_id}", "Alice")
    screen(page, "admin-person-recovering")
    page.get_by_role("link", name="Reset Password").click()
    expect(page.get_by_role("heading", name="Reset the password of Alice")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("By mail"))).to_be_checked()
    screen(page, "admin-reset")
    page.get_by_role("radio", name=re.compile("I hand it over")).check()
    page.get_by_role("button", name="Reset Password").click()
    expect(page.locator("#password-address")).to_contain_text("/password/")
    screen(page, "admin-reset-link")
    page.reload()
    expect(page.get_by_role("heading", name="What happens")).to_be_visible()
    expect(page.locator("#password-address")).to_have_count(0)
    page.get_by_role("button", name="Reset Password").click()
    expect(page.get_by_text("on its way by mail")).to_be_visible()
    screen(page, "admin-person-reset")
    show(page, f"/admin/users/{olga.user_id}", "Olga")
    screen(page, "admin-person-owner")


def test_after_this_was_not_me(
    page: Page, bob: Person, olga: Person, alice: Person, charlie: Person, screen: Screens
) -> None:
    for person in (alice, charlie):
        enrolled(person, here=False)
        hold(person)
    mark(bob, charlie)
    show(page, "/admin/", "Overview")
    screen(page, "admin-overview-incidents")
    page.get_by_role("link", name="Look Into It for Charlie").click()
    expect(page.get_by_text("lift-hold charlie@example.org")).to_be_visible()
    screen(page, "admin-hold-not-mine")
    show(page, f"/admin/users/{alice.user_id}", "Alice")
    screen(page, "admin-hold")
    page.get_by_label("I talked to Alice").check()
    page.get_by_role("button", name="Lift Hold").click()
    expect(page.get_by_text("The hold is lifted")).to_be_visible()
    screen(page, "admin-hold-lifted")
    show(page, "/admin/users", "Users")
    screen(page, "admin-users-states")


def test_who_may_approve(
    page: Page, bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    enrolled(alice, [login()], here=False)
    made = waiting_request(alice, organisation_key)
    own = waiting_request(bob, organisation_key)
    show(page, "/admin/requests", "Requests")
    screen(page, "admin-requests-mail-not-confirmed")
    show(page, "/admin/", "Overview")
    screen(page, "admin-overview-mail-not-confirmed")
    mark(bob, alice, ConflictKind.RESET_PASSWORD)
    show(page, made.path, "Request of Alice")
    expect(page.get_by_text("Ask Olga to decide it.")).to_be_visible()
    screen(page, "admin-request-marked")
    disable(olga)
    show(page, made.path, "Request of Alice")
    expect(page.get_by_text("Your approval counts after a wait")).to_be_visible()
    screen(page, "admin-request-waits")
    show(page, own.path, "Request of Bob")
    expect(page.get_by_text("No other admin is there to decide your request.")).to_be_visible()
    screen(page, "admin-request-own-waits")


def test_an_approval_that_waits(page: Page, bob: Person, alice: Person, clock: MovableClock, screen: Screens) -> None:
    enrolled(alice, here=False)
    with bob.app.app_context():
        request_id = request_row(alice, State.APPROVED)
        with transaction() as session:
            row = session.get_one(RestoreRequest, request_id)
            row.decided_at, row.decided_by, row.mail_confirmed_at, row.usable_at = now(), bob.user_id, now(), None
    show(page, f"/admin/requests/{request_id}", "Request of Alice")
    expect(page.get_by_text("The wait begins when their notice has arrived")).to_be_visible()
    screen(page, "admin-request-notice-on-its-way")
    with bob.app.app_context(), transaction() as session:
        session.get_one(RestoreRequest, request_id).usable_at = now() + timedelta(hours=24)
    page.reload()
    expect(page.get_by_text("so it counts from")).to_be_visible()
    screen(page, "admin-request-in-the-wait")


def test_the_waiting_time(
    bob: Person, olga: Person, live_server: object, new_context: Contexts, page: Page, screen: Screens
) -> None:
    show(page, "/admin/settings", "Settings")
    expect(page.locator("#waiting-time-form").get_by_text("Owners change it.")).to_be_visible()
    screen(page, "admin-waiting-time-admin")
    owner = enter(new_context(), olga)
    show(owner, "/admin/settings", "Settings")
    owner.get_by_label("Hours").fill("48")
    owner.get_by_role("button", name="Save Waiting Time").click()
    expect(owner.get_by_text("Saved. Every other admin is told.")).to_be_visible()
    expect(owner.get_by_label("Hours")).to_have_value("48")
    screen(owner, "admin-waiting-time-owner")
    show(page, "/admin/users", "Users")
    expect(page.get_by_text("Only owners invite admins and owners.")).to_be_visible()
    screen(page, "admin-invite-members-only")
