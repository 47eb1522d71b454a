"""The Admin Portal with many people in it, an owner at somebody’s page, and the ways back: screen by screen."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter, show
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.servers.crowd import crowd


@pytest.fixture
def page(olga: Person, live_server: object, new_context: Contexts) -> Page:
    """Olga’s, the owner’s."""
    return enter(new_context(), olga)


def test_with_many_people(
    page: Page, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    crowd(olga.app, olga.organisation_id, organisation_key.id, range(1, 140))
    for person in (alice, bob):
        enrolled(person)
    denied, approved = waiting_request(alice, organisation_key), waiting_request(bob, organisation_key)
    assert olga.post(f"{denied.path}/denial", data={"reason": "I could not reach you by phone."}).status_code == 303
    form = approved.approval(organisation_key, olga)
    assert olga.post(f"{approved.path}/approval", data=form).status_code == 303
    show(page, "/admin/", "Overview")
    screen(page, "admin-overview-many")
    show(page, "/admin/requests?show=decided", "Requests")
    screen(page, "admin-requests-many")
    show(page, "/admin/users?gap=no_kit", "Users")
    screen(page, "admin-users-gap")
    show(page, "/admin/users?words=nemo", "Users")
    expect(page.get_by_text("Nobody fits these filters.")).to_be_visible()
    screen(page, "admin-users-nobody")
    show(page, "/admin/invites", "Open invites")
    screen(page, "admin-invites")


def test_somebodys_page(
    page: Page, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    backed_up(alice, organisation_key)
    alice.another_browser()
    show(page, f"/admin/users/{alice.user_id}", "Alice")
    screen(page, "admin-member")
    page.get_by_role("button", name="Unpair Devices").click()
    expect(page.get_by_text("Choose at least one device")).to_be_visible()
    screen(page, "admin-member-no-device-chosen")
    page.get_by_label("I understand that Alice").check()
    page.get_by_role("button", name="Disable Account").click()
    expect(page.get_by_text("The account is disabled.")).to_be_visible()
    screen(page, "admin-member-disabled")
    page.get_by_role("button", name="Enable Account").click()
    expect(page.get_by_text("The account is enabled:")).to_be_visible()


def test_ways_back(
    page: Page, alice: Person, bob: Person, organisation_key: ActiveKey, new_context: Contexts, screen: Screens
) -> None:
    waiting_request(bob, organisation_key)
    show(page, "/admin/settings", "Settings")
    for name in ("Pair With Device", "Cloud Backup", "Recovery Kit"):
        page.get_by_role("checkbox", name=name).uncheck()
    page.get_by_role("checkbox", name="Local Backup").uncheck()
    page.get_by_role("button", name="Save Ways Back").click()
    expect(page.get_by_text("Leave at least one way that brings a vault back")).to_be_visible()
    screen(page, "admin-ways-none")
    page.get_by_role("checkbox", name="Recovery Kit").check()
    page.get_by_role("button", name="Save Ways Back").click()
    expect(page.get_by_text("Saved. Every member and every other admin is told.")).to_be_visible()
    expect(page.get_by_text("these requests stand still")).to_be_visible()
    screen(page, "admin-ways")
    enrolled(alice)
    member = enter(new_context(), alice)
    be_at(alice, None)
    show(member, "/recovery", "Account Recovery")
    screen(member, "recovery-pairing-off")
    show(member, "/recovery/backup-type", "Choose Your Backup Type")
    expect(member.get_by_text("Not enabled by your organisation")).to_have_count(2)
    screen(member, "recovery-ways-off")
    show(member, "/recovery/local", "Not Enabled by Your Organisation")
    screen(member, "recovery-way-off")
