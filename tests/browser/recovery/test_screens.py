"""Every screen of Account Recovery that the journey in test_cloud_restore doesn’t come by: reasons, doors that lead
nowhere, ends of a request."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter, show
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.runs import Restoring, asked
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.clock import now
from webapp.database import transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.recovery.reasons import Reason
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup


def change_device(person: Person, **values: object) -> None:
    """Straight in the database, as what happened elsewhere left it."""
    assert person.device
    with person.app.app_context(), transaction() as session:
        device = session.get_one(Device, person.device.id)
        for name, value in values.items():
            setattr(device, name, value)


@pytest.fixture
def tab(alice: Person, new_context: Contexts, live_server: object) -> Page:
    """Alice has a vault, and is signed in with a browser that has no key to it."""
    enrolled(alice, [login("Bank"), login("Mail")])
    return enter(new_context(), alice)


def test_why(alice: Person, bob: Person, organisation_key: ActiveKey, tab: Page, screen: Screens) -> None:
    backed_up(alice, organisation_key)
    be_at(alice, alice.device)
    show(tab, "/recovery", "Account Recovery")
    expect(tab.get_by_text("You have forgotten the PIN")).to_be_visible()
    screen(tab, "recovery-pin-forgotten")
    assert alice.device
    reasons: dict[str, dict[str, object]] = {
        "lock-destroyed": {"lock_destroyed_at": now(), "tries_left": 0},
        "password-reset": {"state": DeviceState.PRIOR},
        "unpaired": {"state": DeviceState.UNPAIRED, "unpaired_at": now(), "unpaired_by": alice.device.id},
    }
    with alice.app.app_context(), transaction():
        user = User.locked(alice.user_id)
        user.reset_at, user.reset_reason, user.reset_by = now(), Reason.ADMIN_RESET, "Bob"
    for name, values in reasons.items():
        change_device(alice, **values)
        show(tab, "/recovery", "Account Recovery")
        screen(tab, f"recovery-{name}")


def test_doors(
    alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey, tab: Page, screen: Screens
) -> None:
    backed_up(alice, organisation_key)
    backed_up(alice, organisation_key)
    show(tab, "/recovery/cloud", "Restore from Cloud Backup")
    tab.get_by_role("button", name="Continue With Account Recovery").click()
    expect(tab.get_by_text("Tick the box to go on")).to_be_visible()
    screen(tab, "cloud-not-ticked")
    show(tab, "/recovery/cloud/backups", "Restore from Cloud Backup")
    expect(tab.get_by_role("button", name="Request Account Restore")).to_be_enabled()
    screen(tab, "cloud-backups")
    with alice.app.app_context(), transaction() as session:
        session.execute(delete(CloudBackup).where(CloudBackup.id == alice.backups[1].id))
    tab.get_by_role("button", name="Request Account Restore").click()
    expect(tab.get_by_text("has been deleted meanwhile")).to_be_visible()
    screen(tab, "cloud-backup-gone")


def test_doors_without_a_cloud_backup(app: Flask, alice: Person, tab: Page, screen: Screens) -> None:
    show(tab, "/recovery", "Account Recovery")
    screen(tab, "recovery-not-enabled")
    show(tab, "/recovery/cloud", "Restore from Cloud Backup")
    screen(tab, "cloud-not-enabled")
    show(tab, "/recovery/backup-type", "Choose Your Backup Type")
    screen(tab, "choose-your-backup-type-without-cloud")


def test_doors_with_none_who_may_approve(
    olga: Person, organisation_key: ActiveKey, new_context: Contexts, screen: Screens
) -> None:
    enrolled(olga)
    backed_up(olga, organisation_key)
    tab = enter(new_context(), olga)
    show(tab, "/recovery/cloud", "Restore from Cloud Backup")
    screen(tab, "cloud-nobody-may-approve")


def test_no_backup_was_made_yet(olga: Person, organisation_key: ActiveKey, tab: Page, screen: Screens) -> None:
    show(tab, "/recovery/cloud/backups", "Restore from Cloud Backup")
    screen(tab, "cloud-no-backup-yet")


@pytest.fixture
def waiting(alice: Person, bob: Person, organisation_key: ActiveKey, tab: Page) -> Restoring:
    """Alice asked from another browser."""
    return asked(alice, backed_up(alice, organisation_key))


def test_a_request_that_belongs_elsewhere(
    alice: Person, bob: Person, organisation_key: ActiveKey, waiting: Restoring, tab: Page, screen: Screens
) -> None:
    waiting.approve(bob, organisation_key)
    show(tab, "/recovery", "Account Recovery")
    screen(tab, "recovery-approved-elsewhere")
    assert waiting.finish().status_code == 200
    del alice.client  # that ended her other sessions
    tab.context.clear_cookies()
    tab = enter(tab.context, alice)
    show(tab, waiting.path, "Recovery Completed")
    screen(tab, "request-completed")
    be_at(alice, waiting.device)
    with alice.app.app_context(), transaction() as session:
        session.get_one(User, alice.user_id).kit_confirmed_at = now()
    show(tab, "/recovery/done?from=backup", "Done")
    screen(tab, "done-from-the-backup-itself")


def test_a_request_whose_key_is_gone(alice: Person, waiting: Restoring, tab: Page, screen: Screens) -> None:
    be_at(alice, waiting.device)
    show(tab, waiting.path, "Waiting for Approval")
    expect(tab.get_by_text("no longer has the key of this request")).to_be_visible()
    screen(tab, "waiting-without-the-key")


def test_an_approval_that_expired(
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
    waiting: Restoring,
    tab: Page,
    screen: Screens,
    clock: MovableClock,
) -> None:
    waiting.approve(bob, organisation_key)
    be_at(alice, waiting.device)
    show(tab, f"{waiting.path}/restore", "Create a New PIN")
    tab.get_by_label("New PIN", exact=True).fill("123456")
    tab.get_by_label("New PIN, once more", exact=True).fill("123456")
    tab.get_by_role("button", name="Create PIN And Restore").click()
    expect(tab.get_by_text("row of digits")).to_be_visible()
    screen(tab, "create-a-new-pin-refused")
    with alice.app.app_context(), transaction() as session:
        session.get_one(RestoreRequest, waiting.id).backup_id = None
    show(tab, f"{waiting.path}/restore", "Create a New PIN")
    screen(tab, "create-a-new-pin-backup-gone")
    clock.advance(days=4)
    show(tab, waiting.path, "Request Expired")
    screen(tab, "approval-expired")
