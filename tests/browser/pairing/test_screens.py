"""Screens of Pair With Device and of Devices that no journey passes: every one can be used, wide and on a phone."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import SCREEN_SIZES, Complaints, Screens
from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.pages.tour import heading
from tests.support.pairing.devices import add_device
from tests.support.pairing.runs import PairingRun, pairing_run
from tests.support.people.people import Person, be_at, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import PIN, MadeDevice
from webapp.database import transaction
from webapp.flows.pairing import State
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing

LONG = "The browser on the old laptop in the living room, next to the big window that nobody ever closes"


@pytest.fixture
def made(alice: Person, live_server: object) -> PairingRun:
    """A browser of alice’s that asks, and her device."""
    enrolled(alice)
    return pairing_run(alice).upto(State.OPENED)


@pytest.fixture
def new(made: PairingRun, new_context: Contexts) -> Page:
    """The browser that asks."""
    return at(made, new_context, new=True)


@pytest.fixture
def old(made: PairingRun, new_context: Contexts) -> Page:
    """Her device."""
    return at(made, new_context, new=False)


def at(made: PairingRun, new_context: Contexts, *, new: bool) -> Page:
    """A tab in the session of one side, which has proved whose it is already."""
    context, client = new_context(), made.at_new if new else made.at_old
    cookie, site = client.get_cookie("sparekey"), made.person.app.config["PUBLIC_URL"]
    assert cookie
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page = context.new_page()
    page.goto(made.new_path if new else "/pair")
    return page


def test_how_it_ended_otherwise(
    made: PairingRun, new: Page, old: Page, clock: MovableClock, screen: Screens, app: Flask
) -> None:
    with app.app_context(), transaction():
        Pairing.stop_open(User.locked(made.person.user_id))
    for page, name in ((new, "pairing"), (old, "pair")):
        expect(heading(page, "Pairing Stopped")).to_be_visible(timeout=SLOW)
        screen(page, f"{name}-stopped")
    again = pairing_run(made.person).upto(State.OPENED)
    again.at_new.post(f"{again.new_path}/cancellation")
    expect(heading(old, "Pairing Cancelled")).to_be_visible(timeout=SLOW)
    screen(old, "pair-cancelled")
    pairing_run(made.person).upto(State.OPENED)
    expect(heading(old, "Pair With Device")).to_be_visible(timeout=SLOW)
    clock.advance(minutes=10)
    expect(heading(old, "Pairing Expired")).to_be_visible(timeout=SLOW)
    screen(old, "pair-expired")


def test_the_code_is_compared(made: PairingRun, new: Page, screen: Screens) -> None:
    made.upto(State.ANSWERED)
    expect(new.get_by_text("Checking: the other device compares")).to_be_visible(timeout=SLOW)
    screen(new, "enter-pairing-code-checking")


def test_the_field_for_the_code_is_on_the_first_screenful_of_a_phone(made: PairingRun, new: Page) -> None:
    width, height = SCREEN_SIZES["phone"]
    new.set_viewport_size({"width": width, "height": height})
    expect(new.get_by_role("img", name="QR code")).to_be_visible()
    made.offer()
    expect(new.get_by_text("The other device shows a code")).to_be_visible(timeout=SLOW)
    box = new.get_by_role("button", name="Pair", exact=True).bounding_box()
    assert box
    assert box["y"] + box["height"] < height
    new.set_viewport_size({"width": 1280, "height": height})
    expect(new.get_by_role("img", name="QR code")).to_be_visible()


def test_another_browser_asks(made: PairingRun, new: Page, new_context: Contexts, screen: Screens) -> None:
    later = pairing_run(made.person).upto(State.OPENED)
    expect(new.get_by_text("Another browser asks now")).to_be_visible(timeout=SLOW)
    screen(new, "pairing-cancelled-by-another")
    made.person.client = made.person.another_browser()
    third = enter(new_context(), made.person)
    third.goto("/recovery/pair/ready")
    expect(third.get_by_text("Another browser asks now")).to_be_visible()
    screen(third, "pair-with-other-device-another-asks")
    later.upto(State.CONFIRMED)
    third.get_by_role("button", name="I’m Ready To Pair").click()
    expect(third.get_by_text("Another browser is being paired")).to_be_visible(timeout=SLOW)
    screen(third, "pair-with-other-device-being-paired")


def test_before_anything_is_asked(
    app: Flask, alice: Person, live_server: object, new_context: Contexts, screen: Screens
) -> None:
    device = enrolled(alice)
    outside = new_context().new_page()
    outside.goto("/pair")
    expect(heading(outside, "Sign in")).to_be_visible()
    screen(outside, "pair-sign-in")
    alice.client = alice.another_browser()
    page = enter(new_context(), alice)
    set_device(app, device, state=DeviceState.PRIOR)
    page.goto("/recovery/pair")
    screen(page, "pair-with-device-prior")
    set_device(app, device, tries_left=0)
    page.goto("/recovery/pair")
    screen(page, "pair-with-device-none")
    page.goto("/recovery/pair/ready")
    expect(page.get_by_text("No other device of yours can show a code")).to_be_visible()
    screen(page, "pair-with-other-device-none")


def set_device(app: Flask, device: MadeDevice, **values: object) -> None:
    with app.app_context(), transaction() as session:
        row = session.get_one(Device, device.id)
        for name, value in values.items():
            setattr(row, name, value)


def test_the_server_is_out_of_reach(
    made: PairingRun, alice: Person, new_context: Contexts, complaints: Complaints, screen: Screens
) -> None:
    old = enter(new_context(), alice, alice.device)
    old.goto("/pair")
    old.route("**/devices/**", lambda route: route.abort())
    old.get_by_label("PIN of this device", exact=True).fill(PIN)
    old.get_by_role("button", name="Show Code").click()
    expect(old.get_by_role("alert")).to_be_visible(timeout=SLOW)
    screen(old, "pair-out-of-reach")
    complaints.forgive()


def test_devices_under_long_names_locked_and_unpaired_for_good(
    alice: Person, live_server: object, new_context: Contexts, screen: Screens
) -> None:
    enrolled(alice)
    add_device(alice, own_name=LONG)
    locked = enter(new_context(), alice, alice.device)
    be_at(alice, alice.device, locked=True)
    locked.goto("/devices")
    expect(locked.get_by_text("Open your vault to change anything here")).to_be_visible()
    screen(locked, "devices-locked")
    page = enter_open(new_context(), alice)
    page.goto("/devices")
    screen(page, "devices-long-name")
    page.get_by_role("link", name=f"Unpair {LONG}").click()
    expect(heading(page, f"Unpair {LONG}?")).to_be_visible()
    screen(page, "devices-unpair-long-name")
    page.get_by_role("button", name="Unpair", exact=True).click()
    page.get_by_role("link", name="Unpair For Good").click()
    expect(heading(page, f"Unpair {LONG} for good?")).to_be_visible()
    screen(page, "devices-unpair-for-good")
    page.get_by_role("button", name="Unpair For Good").click()
    expect(page.get_by_text("Gone for good")).to_be_visible()
    screen(page, "devices-unpaired-for-good")
