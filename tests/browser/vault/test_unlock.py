"""Finding the key, the PIN, and changing it, in a real browser."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, give_keys, open_vault, sign_in, type_pin
from tests.support.pages.chromium import Screens, stop_clock
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def home(alice: Person) -> Person:
    """Alice, who has a device."""
    enrolled(alice, here=False)
    return alice


def test_signing_in_where_the_key_is_leads_to_the_pin_and_to_the_vault(
    home: Person, page: Page, screen: Screens
) -> None:
    page.goto("/sign-in")
    give_keys(page, home.device)  # type: ignore[arg-type]
    sign_in(page, home)
    expect(page.get_by_role("heading", name="Unlock Your Vault")).to_be_visible()
    screen(page, "unlock")
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)
    expect(page.get_by_text("Your vault is empty")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Your vault is empty")).to_be_visible()
    page.goto("/unlock?next=/settings")
    expect(page).to_have_url("/settings")


def test_a_browser_without_a_key_is_led_to_recovery(home: Person, page: Page) -> None:
    sign_in(page, home)
    page.wait_for_url("**/recovery")
    expect(page.get_by_role("heading", name="Account Recovery")).to_be_visible()


def test_a_key_that_waits_for_a_restore_is_tried_after_one_that_is_enrolled(home: Person, page: Page) -> None:
    page.goto("/sign-in")
    give_keys(page, home.new_device(), state="pending")
    give_keys(page, home.device)  # type: ignore[arg-type]
    proved: list[str] = []
    page.on("request", lambda sent: proved.append(sent.headers.get("spare-device", "")))
    sign_in(page, home)
    page.wait_for_url("**/unlock?next=**")
    assert home.device
    assert {device for device in proved if device} == {home.device.id}


def test_a_browser_that_keeps_nothing_says_so_and_goes_on_when_asked(
    home: Person, new_context: Contexts, screen: Screens
) -> None:
    context = new_context()
    context.add_init_script("indexedDB.open = () => { throw new DOMException('refused', 'SecurityError'); };")
    page = context.new_page()
    sign_in(page, home)
    expect(page.get_by_role("heading", name="This browser can’t show its key")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("did not keep the key")
    screen(page, "no-storage")
    page.get_by_role("button", name="Go On Without It").click()
    page.wait_for_url("**/recovery")


def test_an_insecure_page_says_what_to_do(home: Person, new_context: Contexts) -> None:
    context = new_context()
    context.add_init_script("Object.defineProperty(globalThis, 'isSecureContext', { value: false });")
    page = context.new_page()
    sign_in(page, home)
    expect(page.get_by_role("alert")).to_contain_text("https")


def test_wrong_pins_are_counted_down_to_recovery(home: Person, page: Page, screen: Screens) -> None:
    page.goto("/sign-in")
    give_keys(page, home.device)  # type: ignore[arg-type]
    sign_in(page, home)
    for left in range(9, 0, -1):
        type_pin(page, "000111")
        expect(page.locator("[data-part=tries]")).to_have_text(f"Tries left: {left}.", timeout=SLOW)
        expect(page.get_by_role("alert")).to_contain_text("not the PIN of this device")
    expect(page.get_by_role("link", name="Forgot PIN")).to_be_visible()
    type_pin(page, "000111")
    expect(page.get_by_role("heading", name="This device can’t be unlocked any more")).to_be_visible(timeout=SLOW)
    screen(page, "lock-destroyed")
    page.get_by_role("link", name="Go to Account Recovery").click()
    expect(page.get_by_role("heading", name="Account Recovery")).to_be_visible()


def test_a_forgotten_pin_leads_to_recovery_and_destroys_nothing(home: Person, page: Page) -> None:
    page.goto("/sign-in")
    give_keys(page, home.device)  # type: ignore[arg-type]
    sign_in(page, home)
    page.get_by_role("link", name="Forgot PIN").click()
    expect(page.get_by_role("heading", name="Account Recovery")).to_be_visible()
    with home.app.app_context():
        assert home.device
        assert DeviceLock.versions(home.device.id) == [1]
    page.goto("/unlock")
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)


def test_a_device_unpaired_meanwhile_is_led_to_recovery(home: Person, page: Page) -> None:
    page.goto("/sign-in")
    give_keys(page, home.device)  # type: ignore[arg-type]
    sign_in(page, home)
    page.wait_for_url("**/unlock?next=**")
    with home.app.app_context(), transaction() as session:
        session.get_one(Device, home.device.id).unpair(None, 2, None)  # type: ignore[union-attr]
    type_pin(page)
    page.wait_for_url("**/recovery", timeout=SLOW)
    expect(page.get_by_role("heading", name="Account Recovery")).to_be_visible()


def test_a_session_that_ended_meanwhile_signs_in_and_comes_back(home: Person, page: Page) -> None:
    page.goto("/sign-in")
    give_keys(page, home.device)  # type: ignore[arg-type]
    sign_in(page, home)
    page.wait_for_url("**/unlock?next=**")
    page.context.clear_cookies()
    type_pin(page)
    page.wait_for_url("**/sign-in?next=**", timeout=SLOW)
    with page.expect_request("**/devices/here?**"):
        sign_in(page, home)
    page.wait_for_url("**/unlock?next=**", timeout=SLOW)
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)


def test_locking_one_tab_locks_all(home: Person, page: Page) -> None:
    open_vault(page, home)
    other = page.context.new_page()
    other.goto("/unlock")
    type_pin(other)
    other.wait_for_url("**/vault", timeout=SLOW)
    other.locator(".vault").wait_for()
    page.get_by_role("button", name="Lock").click()
    page.wait_for_url("**/unlock")
    other.wait_for_url("**/unlock?next=%2Fvault")


def test_signing_out_locks_the_other_tabs(home: Person, page: Page) -> None:
    open_vault(page, home)
    other = page.context.new_page()
    other.goto("/settings")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in")
    expect(page).to_have_url(re.compile(r"/(unlock|sign-in)\?next="))


def test_a_vault_left_alone_locks_itself(home: Person, page: Page, clock: MovableClock) -> None:
    page.clock.install()
    open_vault(page, home)
    stop_clock(page)
    for _ in range(2):
        page.mouse.down()
        page.mouse.up()
        page.clock.run_for(14 * 60_000)
    assert page.evaluate("sessionStorage.getItem('spare-key/tab')")  # a lock takes it away at once
    expect(page.locator(".vault")).to_be_visible()
    page.clock.run_for(2 * 60_000)
    page.wait_for_url("**/unlock?next=%2Fvault")


def test_the_server_s_clock_locks_too(home: Person, page: Page, clock: MovableClock) -> None:
    open_vault(page, home)
    clock.advance(minutes=16)
    page.reload()
    page.wait_for_url("**/unlock?next=%2Fvault")


def test_the_key_of_the_vault_is_not_in_the_storage_of_the_tab(home: Person, page: Page, app: Flask) -> None:
    open_vault(page, home)
    assert home.device
    kept = page.evaluate("JSON.stringify({...sessionStorage}) + JSON.stringify({...localStorage}) + document.cookie")
    assert "tab" in kept
    assert home.device.vault_key not in kept
    with app.app_context():
        assert db.session.get_one(Device, home.device.id).tries_left == 10
