"""Cloud Backups with the Recovery Kit: tried without a change, and items brought back from one."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Screens
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import row_of, titles_of
from webapp.client.crypto.identities import new_identity
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup


@pytest.fixture
def center(alice: Person, organisation_key: ActiveKey, page: Page) -> Page:
    """The Backup Center at Cloud Backups, where there is one; Alice’s vault is open."""
    enrolled(alice, [login("Example"), login("Bank")], here=False)
    backed_up(alice, organisation_key)
    open_vault(page, alice)
    expect(page.locator(".item")).to_have_count(2)
    page.goto("/backups")
    return page


def tried(person: Person) -> bool:
    with person.app.app_context():
        newest = CloudBackup.newest(person.user_id)
        return newest is not None and newest.tried_at is not None


def type_kit(page: Page, identity: str) -> None:
    expect(page.get_by_text("Recovery Kit number 1 opens this backup.")).to_be_visible(timeout=SLOW)
    page.get_by_label("Or type its key").fill(identity)
    page.get_by_role("button", name="Continue").click()


def test_a_trial_checks_the_backup_and_is_remembered(alice: Person, center: Page, screen: Screens) -> None:
    before = row_of(alice)
    screen(center, "cloud-backups")
    center.get_by_role("button", name="Try a Recovery").click()
    type_kit(center, new_identity())
    expect(center.get_by_text("This Recovery Kit does not open this backup.")).to_be_visible(timeout=SLOW)
    assert not tried(alice)
    screen(center, "cloud-backups-kit")
    assert alice.device
    type_kit(center, alice.device.kit)
    expect(center.get_by_text("Items in it: 2. Nothing was changed.")).to_be_visible(timeout=SLOW)
    expect(center.get_by_text(re.compile(r"Recovery tried (just now|\d+ minutes? ago)"))).to_be_visible()
    screen(center, "cloud-backups-tried")
    assert tried(alice)
    assert row_of(alice) == before


def test_what_was_deleted_comes_back_from_a_cloud_backup(alice: Person, center: Page) -> None:
    center.goto("/vault")
    center.locator(".item", has_text="Bank").click()
    center.get_by_role("button", name="Delete", exact=True).click()
    center.get_by_role("button", name="Delete Item").click()
    expect(center.get_by_text("1 item", exact=True)).to_be_visible()
    center.goto("/backups")
    center.get_by_role("button", name="Restore Backup").last.click()
    assert alice.device
    type_kit(center, alice.device.kit)
    center.get_by_role("button", name="Save to Vault").click()
    expect(center.get_by_text("Items brought in: 1")).to_be_visible(timeout=SLOW)
    assert titles_of(alice) == ["Bank", "Example"]


def test_a_backup_that_does_not_come_says_so(center: Page) -> None:
    center.route("**/backups/*/file", lambda route: route.abort())
    center.get_by_role("button", name="Try a Recovery").click()
    expect(center.locator("#opening-error")).to_contain_text("The server can’t be reached.")


def test_an_open_request_shows_and_is_cancelled_there(
    alice: Person, organisation_key: ActiveKey, center: Page, screen: Screens
) -> None:
    asked = waiting_request(alice, organisation_key)
    center.reload()
    expect(center.get_by_role("heading", name="Restore request")).to_contain_text("Waiting for approval")
    screen(center, "cloud-backups-open-request")
    center.get_by_role("button", name="Cancel Request").click()
    expect(center.get_by_role("heading", name="Request Cancelled")).to_be_visible()
    with alice.app.app_context():
        found = RestoreRequest.by_id(asked.id)
        assert found
        assert found.state == "cancelled"
