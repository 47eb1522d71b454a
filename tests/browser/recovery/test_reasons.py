"""Every reason to recover, from what brought it about to the open vault, in Chromium; and the other ways."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.support.pages.browser_devices import SLOW, give_keys, open_vault, sign_in
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import ask, finish, heading
from tests.support.pairing.devices import add_device
from tests.support.pairing.pages import Pair
from tests.support.people.password_links import NEW, answered, newest
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.recovery.self_service_pages import begin_anew, kit_file, kit_known, open_kit, open_local, understand
from tests.support.recovery.vetoes import recovered
from tests.support.run.method_table import RESTORES
from tests.support.vault.devices import MadeDevice, login
from webapp.database import transaction
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SMTP_URL": "smtp+plain://localhost:2525", "MAIL_FROM": "keys@example.org"}


@dataclass(frozen=True)
class Place:
    """Whom and what the reasons are made of."""

    app: Flask
    alice: Person
    bob: Person
    olga: Person
    key: ActiveKey
    page: Page
    new_context: Callable[..., BrowserContext]
    phone: MadeDevice
    """The device that can show a code."""


@pytest.fixture
def place(
    app: Flask,
    live_server: object,
    new_context: Callable[..., BrowserContext],
    alice: Person,
    bob: Person,
    olga: Person,
    organisation_key: ActiveKey,
) -> Place:
    """Alice’s browser is her device, and so is her phone; a vault and a cloud backup; Bob and Olga may approve."""
    phone = with_a_phone(app, alice)
    backed_up(alice, organisation_key)
    kit_known(alice)
    page = new_context().new_page()
    return Place(app, alice, bob, olga, organisation_key, page, new_context, phone)


def with_a_phone(app: Flask, alice: Person) -> MadeDevice:
    """A second device that the vault’s own list names, as a pairing leaves it."""
    first = enrolled(alice, [login("Bank")])
    phone = add_device(alice)
    first.listed, first.counter = [phone.entry()], 2
    with app.app_context(), transaction() as session:
        user, device = User.locked(alice.user_id), session.get_one(Device, first.id)
        base = session.scalars(select(Vault)).one().sha256
        Vault.save(user, device, (1, base), 2, 1, first.write([login("Bank")], base_sha256=base))
    return phone


def at_device(place: Place) -> None:
    """The page is in the browser that holds the device’s keys."""
    place.page.goto("/sign-in")
    assert place.alice.device
    give_keys(place.page, place.alice.device)


def choose_password(place: Place, path: str) -> None:
    place.page.goto(path)
    place.page.get_by_label("New password", exact=True).fill(NEW)
    place.page.get_by_role("button", name="Set New Password").click()
    place.page.wait_for_url("**/recovery", timeout=SLOW)


def admin_reset(place: Place) -> str:
    """An admin resets the password; the open session ends at once; the link comes by hand."""
    open_vault(place.page, place.alice)
    portal = enter(place.new_context(), place.bob)
    portal.goto("/admin/users")
    portal.get_by_role("link", name="Alice").first.click()
    portal.get_by_role("link", name="Reset Password").click()
    portal.get_by_label("I hand it over").check()
    portal.get_by_role("button", name="Reset Password").click()
    expect(portal.get_by_text("The password is reset")).to_be_visible()
    place.page.goto("/vault")
    place.page.wait_for_url("**/sign-in**")
    choose_password(place, portal.locator("#password-address").inner_text().strip())
    return r"Bob reset your password on .* has to be brought back"


def own_reset(place: Place) -> str:
    """The member asks for a link by mail."""
    at_device(place)
    place.page.goto("/sign-in")
    place.page.get_by_role("link", name="Forgot password").click()
    place.page.get_by_label("Email address").fill("ALICE@example.org")
    place.page.get_by_role("button", name="Mail Me a Link").click()
    expect(place.page.get_by_text("on its way")).to_be_visible()
    assert answered(place.app) == ["alice@example.org"]
    with place.app.app_context():
        path = newest(place.alice)
    choose_password(place, path)
    return r"You reset your password on .* has to be brought back"


def recovered_elsewhere(place: Place) -> str:
    """Another browser was restored, which unpaired this one."""
    at_device(place)
    made = recovered(place.alice, place.bob, place.key)
    new = made.device
    new.counter += 1
    place.alice.device = new
    place.phone.__dict__.update(
        new.__dict__
    )  # the phone was unpaired, too: the browser that was restored shows the code
    backed_up(place.alice, place.key)  # as the browser that was restored does at once
    kit_known(place.alice)
    sign_in(place.page, place.alice)
    place.page.wait_for_url("**/recovery", timeout=SLOW)
    return r"Your account was recovered in Firefox on Windows on .*, and that unpaired this browser"


def no_key(place: Place) -> str:
    """A browser that never saw this account, or forgot it."""
    sign_in(place.page, place.alice)
    place.page.wait_for_url("**/recovery", timeout=SLOW)
    return r"This browser has no key to your vault yet\. .* is new here, or its storage was cleared"


def pin_forgotten(place: Place) -> str:
    """[Forgot PIN] where the PIN is asked for."""
    at_device(place)
    sign_in(place.page, place.alice)
    place.page.wait_for_url("**/unlock**", timeout=SLOW)
    place.page.get_by_role("link", name="Forgot PIN").click()
    return r"You have forgotten the PIN of .*, which last opened your vault on"


def lock_destroyed(place: Place) -> str:
    """The tenth wrong PIN (the other nine are tested with the lock)."""
    at_device(place)
    assert place.alice.device
    with place.app.app_context(), transaction():
        DeviceLock.destroy(place.alice.device.id)
    sign_in(place.page, place.alice)
    place.page.wait_for_url("**/recovery", timeout=SLOW)
    return r"The PIN of .* was wrong ten times"


def with_local_backup(place: Place) -> None:
    """A file that the Python client made, and the kit."""
    assert place.alice.device
    open_local(place.page, place.alice.device.file, kit_file(place.alice, place.alice.device.kit))
    understand(place.page)


def with_kit(place: Place) -> None:
    assert place.alice.device
    open_kit(place.page, kit_file(place.alice, place.alice.device.kit))
    understand(place.page)


def with_nothing(place: Place) -> None:
    begin_anew(place.page, place.alice.password)


OWN_WAYS = {"Local Backup": with_local_backup, "Recovery Kit": with_kit, "Create New Account": with_nothing}
REASONS = (admin_reset, own_reset, recovered_elsewhere, no_key, pin_forgotten, lock_destroyed)


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.__name__)
def test_every_reason_leads_back_through_the_cloud_and_to_the_last_step_of_the_own_ways(
    place: Place, reason: Callable[[Place], str], note_way: Callable[[str, str, str], None], tmp_path: Path
) -> None:
    """The cloud up to the open vault. Of the ways that need nobody’s help all that the browser does before Finish: what
    Finish does after each reason is in tests/client/recovery/test_reasons.py, what the browser sends in
    test_self_service.py."""
    sentence = reason(place)
    page, name = place.page, reason.__name__.replace("_", " ")
    expect(heading(page, "Account Recovery")).to_be_visible()
    expect(page.locator(".step__lead").first).to_have_text(re.compile(sentence.replace(" ", r"\s+"), re.DOTALL))
    for way, walk in OWN_WAYS.items():
        walk(place)
        note_way(name, way, "opens, up to the new PIN")
    page.goto("/recovery")
    note_way(name, "Pair With Device", page.locator("#pair-with-device-state").inner_text())
    fingerprint = ask(page)
    digits = approve_shown(place.olga, place.key, fingerprint)
    finish(page, "305817", tmp_path / "kit.txt", digits)
    page.get_by_role("link", name="Open Vault").click()
    page.wait_for_url("**/vault", timeout=SLOW)
    expect(page.get_by_text("Bank")).to_be_visible(timeout=SLOW)
    note_way(name, "Cloud Backup", RESTORES)


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.__name__)
def test_every_reason_leads_back_by_pairing(
    place: Place, reason: Callable[[Place], str], note_way: Callable[[str, str, str], None]
) -> None:
    reason(place)
    person = place.alice.another_browser  # the phone signs in with the password of now
    if reason in (admin_reset, own_reset):
        place.alice.password = NEW
    place.alice.client = person()
    pair = Pair(place.app, place.alice, place.page, enter(place.new_context(), place.alice, place.phone))
    pair.ask()
    pair.type_code(pair.show_code())
    pair.choose_pin()
    place.page.get_by_role("link", name="Open Vault").click()
    place.page.wait_for_url("**/vault", timeout=SLOW)
    expect(place.page.get_by_text("Bank")).to_be_visible(timeout=SLOW)
    note_way(reason.__name__.replace("_", " "), "Pair With Device", RESTORES)
