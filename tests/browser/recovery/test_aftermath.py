"""After a restore: which PIN counts where two tabs finished at once, and the first backup under the new key."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.vault.devices import login
from webapp.database import db, transaction
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

PINS = ("305817", "846203")


@pytest.fixture
def page(
    app: Flask,
    live_server: object,
    new_context: Callable[..., BrowserContext],
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
) -> Page:
    """The page that asks for the new PIN. Alice’s vault pins the organisation’s key, as joining leaves it."""
    old = enrolled(alice, [login("Bank")])
    with app.app_context(), transaction() as session:
        user, device, vault = (
            User.locked(alice.user_id),
            session.get_one(Device, old.id),
            session.scalars(select(Vault)).one(),
        )
        base, old.counter = (1, vault.sha256), 2
        pin = {"epoch": organisation_key.key.epoch, "fingerprint": organisation_key.key.public.fingerprint}
        file = old.write([login("Bank")], base_sha256=vault.sha256, pin=pin)  # type: ignore[arg-type]
        Vault.save(user, device, base, 2, 1, file)
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    digits = approve_shown(bob, organisation_key, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible()
    tell(page, digits)
    return page


def type_pin(page: Page, pin: str) -> None:
    page.get_by_label("New PIN", exact=True).fill(pin)
    page.get_by_label("New PIN, once more", exact=True).fill(pin)


def test_the_restored_vault_is_backed_up_at_once(app: Flask, page: Page, alice: Person) -> None:
    """Backups of the former epoch can’t be restored any more, so there is none without this one."""
    type_pin(page, PINS[0])
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    with app.app_context():
        backups = CloudBackup.of(alice.user_id)
        assert [(backup.epoch, backup.items) for backup in backups] == [(2, 1), (1, 1)]
        device = db.session.scalars(select(Device).where(Device.state == "active")).one()
        assert backups[0].device_id == device.id


def test_of_two_tabs_that_finish_at_once_one_pin_counts_and_is_told(app: Flask, page: Page, alice: Person) -> None:
    tabs = [page, page.context.new_page()]
    tabs[1].goto(page.url)
    for tab, pin in zip(tabs, PINS, strict=True):
        type_pin(tab, pin)
    for tab in tabs:
        tab.get_by_role("button", name="Create PIN And Restore").click(no_wait_after=True)
    late = "Your vault was restored by an earlier try already."
    outcomes = []
    for tab in tabs:
        told = tab.get_by_role("alert").filter(has_text=late)
        expect(heading(tab, "Done").or_(told)).to_be_visible(timeout=SLOW)
        outcomes.append(told.count() == 0)
    assert sorted(outcomes) == [False, True]
    winner = outcomes.index(True)
    with app.app_context():
        device = db.session.scalars(select(Device).where(Device.state == "active")).one()
        assert len(DeviceLock.versions(device.id)) == 1
    fresh = page.context.new_page()
    fresh.goto("/unlock")
    fresh.get_by_label("PIN", exact=True).fill(PINS[winner])
    fresh.get_by_role("button", name="Unlock").click()
    fresh.wait_for_url("**/vault", timeout=SLOW)
    expect(fresh.get_by_text("Bank")).to_be_visible()
