"""The signed POSTs that a page sends as it is opened, or to note something, by every answer that isn’t our server’s."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from tests.support.pages.browser_devices import SLOW, give_keys, open_vault
from tests.support.pages.false_answers import SIGNED_POSTS, Between, Table, in_slot
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import heading
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.runs import asked
from tests.support.recovery.self_service import recovered
from tests.support.vault.devices import PIN, login
from webapp.database import db
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.notices.link import Link
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.cloud_backup import CloudBackup


def reload_of(page: Page, path: str) -> Callable[[], None]:
    """A page that asks as it is opened, with the clock of the test before."""

    def press() -> None:
        hurry = page.evaluate("Boolean(globalThis.hurry)")
        page.context.add_init_script(f"globalThis.hurry = {str(hurry).lower()};")
        page.goto(path)

    return press


def test_every_signed_post_has_its_row(app: Flask) -> None:
    found, checks = set(), {"check_signature", "signing_device"}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        source = inspect.getsource(inspect.unwrap(view))
        if "POST" in (rule.methods or ()) and ("@signed\n" in source or any(name in source for name in checks)):
            found.add(rule.rule)
    assert found == SIGNED_POSTS
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_answers*.py"))
    rows = {path for path in SIGNED_POSTS if f'"/{path.rpartition("/")[2]}"' in tests or f'"{path}"' in tests}
    assert rows == SIGNED_POSTS


def test_the_key_of_this_browser(still: BrowserContext, app: Flask, alice: Person) -> None:
    device = enrolled(alice, here=False)
    page = enter(still, alice, device)
    be_at(alice, None)

    def state() -> object:
        with app.app_context():
            return db.session.scalars(select(SignIn.device_id).where(SignIn.user_id == alice.user_id)).all()

    press, told = reload_of(page, "/devices/here"), in_slot(page, "#looking-error")
    forged = {"device": "0" * 32, "next": "/vault", "state": "active"}
    Table(page, Between(still, "/devices/here"), press, told, state).run(forged, loses=False)
    page.wait_for_url("**/unlock**", timeout=SLOW)
    assert state() == [device.id]


def test_the_key_of_an_open_tab(still: BrowserContext, app: Flask, alice: Person) -> None:
    enrolled(alice, [login("Bank")], here=False)
    page = still.new_page()
    open_vault(page, alice)

    def state() -> object:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(TabKey))

    press, told = reload_of(page, "/vault"), in_slot(page, "#vault-error")
    forged = {"tab": "0" * 32, "key": "A" * 43 + "="}
    Table(page, Between(still, "/devices/tab-keys/open"), press, told, state).run(forged)
    expect(page.locator(".item")).to_have_count(1, timeout=SLOW)


def test_a_copy_outside_of_the_browser(still: BrowserContext, app: Flask, alice: Person) -> None:
    enrolled(alice, [login("Bank")], here=False)
    page = still.new_page()
    open_vault(page, alice)
    page.goto("/backups/local")

    def state() -> object:
        with app.app_context():
            return db.session.get_one(User, alice.user_id).local_copy_at

    press = page.get_by_role("button", name="Back Up Now").click
    between = Between(still, "/backups/local/copies")
    Table(page, between, press, in_slot(page, "#local-backups-error"), state).run({"epoch": 9}, loses=False)
    expect(page.locator("local-backups:not([aria-busy])")).to_be_visible(timeout=SLOW)
    assert state()


def test_a_trial(still: BrowserContext, app: Flask, alice: Person, organisation_key: ActiveKey) -> None:
    device = enrolled(alice, [login("Bank")], here=False)
    backed_up(alice, organisation_key)
    page = still.new_page()
    open_vault(page, alice)
    page.goto("/backups")
    page.get_by_role("button", name="Try a Recovery").click()
    page.get_by_label("Or type its key").fill(device.kit)

    def state() -> object:
        with app.app_context():
            newest = CloudBackup.newest(alice.user_id)
            return newest and newest.tried_at

    press = page.get_by_role("button", name="Continue").click
    between = Between(still, "/trials")
    Table(page, between, press, in_slot(page, "#opening-error"), state).run({"backup": "0" * 32}, loses=False)
    expect(page.get_by_text("Items in it: 1. Nothing was changed.")).to_be_visible(timeout=SLOW)
    assert state()


def test_the_pin_of_a_former_device(still: BrowserContext, app: Flask, alice: Person) -> None:
    former = enrolled(alice, [login("Mail")])
    made = recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    page = still.new_page()
    page.goto("/sign-in")
    give_keys(page, former)
    open_vault(page, alice, made.device)
    page.goto("/vault/earlier")
    page.get_by_role("button", name="Open the vault").click()
    field = page.get_by_role("textbox", name="PIN of Firefox on Linux")

    def press() -> None:
        field.fill(PIN)
        page.get_by_role("button", name="Open With This PIN").click()

    def state() -> object:
        with app.app_context():
            return db.session.get_one(Device, former.id).tries_left

    forged = {"keyslot": "AAAA", "server_share": "A" * 43 + "=", "version": 9}
    Table(page, Between(still, "/vault/earlier/1/unlock"), press, in_slot(page, "#opening-error"), state).run(forged)
    expect(page.get_by_role("button", name="Save to Vault")).to_be_visible(timeout=SLOW)
    assert state() == 10


def test_what_runs_elsewhere_is_told_by_our_server_alone(
    still: BrowserContext, app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    device = enrolled(alice, [login("Bank")])
    asked(alice, backed_up(alice, organisation_key))
    page = still.new_page()
    page.goto("/sign-in")
    give_keys(page, device)

    def state() -> object:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(Link))

    def quiet(_: str) -> None:
        page.locator("recovery-watch[data-looked]").wait_for(state="attached")
        expect(page.locator("recovery-watch")).to_be_hidden()

    Table(page, Between(still, "/veto/running"), reload_of(page, "/sign-in"), quiet, state).run(loses=False)
    expect(page.get_by_text("A recovery of your account is running")).to_be_visible(timeout=SLOW)


def test_the_way_to_this_was_not_me_is_our_server_s_alone(still: BrowserContext, app: Flask, alice: Person) -> None:
    device = enrolled(alice, here=False)
    page = enter(still, alice, device)

    def state() -> object:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(Link))

    def quiet(_: str) -> None:
        page.locator("recovery-watch[data-looked]").wait_for(state="attached")
        assert re.search("/veto$", page.url)

    Table(page, Between(still, "/veto/link"), reload_of(page, "/veto"), quiet, state).run(loses=False)
    expect(heading(page, "Was This You?").or_(page.get_by_role("heading").first)).to_be_visible(timeout=SLOW)
    page.wait_for_url(re.compile("/veto/.+"), timeout=SLOW)
