"""Pair With Device in two real browsers: the code typed right, wrong, too late; declined, left, reloaded; a reset."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter
from tests.support.pages.repeats import press_again, unanswered
from tests.support.pages.tour import heading
from tests.support.pairing.pages import NEW_PIN, Pair, alert, wrong
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import PIN, login
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.pairing.pairing import Pairing


@pytest.fixture
def pair(app: Flask, live_server: object, new_context: Callable[..., BrowserContext], alice: Person) -> Pair:
    """Alice’s device, and a browser that has no key."""
    enrolled(alice, [login("Bank")])
    old = enter(new_context(), alice, alice.device)
    alice.client = alice.another_browser()
    return Pair(app, alice, enter(new_context(), alice), old)


def test_a_new_browser_is_paired_by_a_typed_code(pair: Pair, screen: Screens) -> None:
    pair.old.goto("/pair")
    expect(heading(pair.old, "Nothing to Pair Now")).to_be_visible()
    screen(pair.old, "pair-nothing")
    pair.new.goto("/recovery/pair")
    screen(pair.new, "pair-with-device")
    pair.new.goto("/recovery/pair/ready")
    screen(pair.new, "pair-with-other-device")
    pair.ask()
    expect(heading(pair.old, "Pair With Device")).to_be_visible(timeout=SLOW)
    screen(pair.old, "pair-asks")
    screen(pair.new, "enter-pairing-code")
    code = pair.show_code()
    screen(pair.old, "pair-code")
    screen(pair.new, "enter-pairing-code-shown")
    pair.type_code(code)
    expect(heading(pair.new, "Create a New PIN")).to_be_visible(timeout=SLOW)
    screen(pair.new, "pairing-new-pin")
    expect(pair.old.get_by_text("The code was right")).to_be_visible(timeout=SLOW)
    screen(pair.old, "pair-code-right")
    pair.choose_pin()
    expect(pair.new.get_by_text("Now the device is paired with your Password Manager account.")).to_be_visible()
    screen(pair.new, "pairing-done")
    expect(heading(pair.old, "Paired")).to_be_visible(timeout=SLOW)
    screen(pair.old, "pair-paired")
    pair.new.get_by_role("link", name="Open Vault").click()
    expect(pair.new.get_by_text("Bank")).to_be_visible(timeout=SLOW)
    assert pair.states() == ["active", "active"]


def test_a_wrong_code_is_burnt_and_a_new_one_pairs(pair: Pair, screen: Screens) -> None:
    pair.ask()
    pair.type_code("12345")
    alert(pair.new, "The code has six digits")
    pair.type_code("123456")
    alert(pair.new, "The other device shows no code yet")
    screen(pair.new, "enter-pairing-code-refused")
    code = pair.show_code()
    pair.type_code(wrong(code))
    alert(pair.old, "Another code was typed")
    screen(pair.old, "pair-wrong-code")
    expect(pair.new.get_by_text("Codes left: 2, each good for one try.")).to_be_visible(timeout=SLOW)
    screen(pair.new, "enter-pairing-code-wrong")
    code = pair.new_code()
    pair.type_code(code)
    pair.choose_pin()


def test_a_code_is_tried_once_even_after_a_reload(pair: Pair) -> None:
    pair.ask()
    code = pair.show_code()
    pair.new.route("**/answer", lambda route: route.abort())
    pair.type_code(wrong(code))
    alert(pair.new, "The server can’t be reached")
    pair.new.unroute("**/answer")
    pair.new.reload()
    pair.type_code(code)
    alert(pair.new, "This code was tried already")


def test_three_wrong_codes_lock_pairing(pair: Pair, screen: Screens) -> None:
    pair.ask()
    code = pair.show_code()
    for _ in range(2):
        pair.type_code(wrong(code))
        alert(pair.old, "Another code was typed")
        code = pair.new_code()
    pair.type_code(wrong(code))
    expect(heading(pair.new, "Pairing Locked")).to_be_visible(timeout=SLOW)
    expect(heading(pair.old, "Pairing Locked")).to_be_visible(timeout=SLOW)
    screen(pair.new, "pairing-locked")
    screen(pair.old, "pair-locked")
    pages = {"": "account-recovery", "/pair": "pair-with-device", "/pair/ready": "pair-with-other-device"}
    for path, name in pages.items():
        pair.new.goto(f"/recovery{path}")
        expect(pair.new.locator("#main")).to_contain_text(re.compile(r"Locked\s+until|no\s+code\s+is\s+shown\s+until"))
        screen(pair.new, f"{name}-locked")
    expect(pair.new.get_by_role("button", name="I’m Ready To Pair")).to_have_count(0)


def test_the_device_counts_codes_itself(pair: Pair) -> None:
    pair.ask()
    pair.show_code()
    pair.old.evaluate("""async () => {
      const address = new URL('../js/device/keystore.js', document.querySelector('link[rel=icon]').href);
      const { allDevices, change } = await import(address);
      const [device] = await allDevices();
      await change(device.id, { codes: [Date.now(), Date.now(), Date.now()] });
    }""")
    with pair.app.app_context(), transaction() as session:
        session.query(Pairing).update({"stored_state": "opened", "version": 7, "code_expires_at": None})
    pair.old.goto("/pair")
    pair.old.get_by_label("PIN of this device", exact=True).fill(PIN)
    pair.old.get_by_role("button", name="Show Code").click()
    alert(pair.old, "Three codes were shown here within a day")


def test_declined(pair: Pair, screen: Screens) -> None:
    pair.ask()
    pair.old.goto("/pair")
    pair.old.get_by_role("button", name="Show Code").click()
    alert(pair.old, "no try was used up by this")
    pair.old.get_by_label("PIN of this device", exact=True).fill("905511")
    pair.old.get_by_role("button", name="Show Code").click()
    alert(pair.old, "Tries left: 9.")
    screen(pair.old, "pair-wrong-pin")
    pair.old.get_by_role("button", name="Decline").click()
    expect(heading(pair.old, "Pairing Declined")).to_be_visible()
    screen(pair.old, "pair-declined")
    expect(heading(pair.new, "Pairing Declined")).to_be_visible(timeout=SLOW)
    screen(pair.new, "pairing-declined")


def test_cancelled(pair: Pair, screen: Screens) -> None:
    pair.ask()
    pair.old.goto("/pair")
    pair.new.get_by_role("button", name="Cancel Pairing").click()
    expect(heading(pair.new, "Pairing Cancelled")).to_be_visible()
    screen(pair.new, "pairing-cancelled")
    expect(heading(pair.old, "Pairing Cancelled")).to_be_visible(timeout=SLOW)
    pair.ask()
    pair.type_code(pair.show_code())
    pair.choose_pin()


def test_the_code_runs_out(pair: Pair, screen: Screens, clock: MovableClock) -> None:
    pair.ask()
    pair.old.clock.install()
    code = pair.show_code()
    pair.old.clock.fast_forward("02:01")
    alert(pair.old, "The code ran out before it was typed")
    expect(pair.old.locator("#shown-code")).to_have_count(0)
    clock.advance(minutes=2, seconds=1)
    expect(pair.new.get_by_text("That code came to nothing")).to_be_visible(timeout=SLOW)
    screen(pair.old, "pair-code-ran-out")
    pair.type_code(code)
    alert(pair.new, "The other device shows no code yet")
    clock.advance(minutes=9)
    expect(heading(pair.new, "Pairing Expired")).to_be_visible(timeout=SLOW)
    screen(pair.new, "pairing-expired")


def test_the_other_device_is_closed_midway(pair: Pair, clock: MovableClock) -> None:
    pair.ask()
    code = pair.show_code()
    pair.old.goto("about:blank")
    pair.type_code(code)
    expect(pair.new.get_by_text("Checking: the other device compares")).to_be_visible(timeout=SLOW)
    clock.advance(minutes=1, seconds=1)
    expect(pair.new.get_by_text("or the other device was closed")).to_be_visible(timeout=SLOW)
    pair.type_code(pair.show_code())
    pair.choose_pin()


def test_the_pin_step_survives_a_reload_and_a_lost_answer(pair: Pair) -> None:
    pair.ask()
    pair.type_code(pair.show_code())
    expect(heading(pair.new, "Create a New PIN")).to_be_visible(timeout=SLOW)
    expect(pair.new.locator("pairing-pin")).not_to_have_attribute("aria-busy", "true", timeout=SLOW)  # the key is here
    pair.new.reload()
    pair.new.get_by_label("New PIN", exact=True).fill(NEW_PIN)
    pair.new.get_by_label("New PIN, once more", exact=True).fill(NEW_PIN)
    pair.new.context.set_offline(True)
    pair.new.get_by_role("button", name="Create PIN").click()
    alert(pair.new, "The server can’t be reached. Nothing is lost")
    with unanswered(pair.new, "**/completion", arrives=True):
        with pair.new.expect_event("requestfailed", lambda request: request.url.endswith("/completion")):
            pair.new.context.set_offline(False)
            pair.new.get_by_role("button", name="Create PIN").click()
        alert(pair.new, "The server can’t be reached. Nothing is lost")
    press_again(pair.new, "Create PIN", heading(pair.new, "Done"))


def test_a_page_left_before_the_key_came_says_so(pair: Pair, screen: Screens) -> None:
    pair.ask()
    pair.new.route("**/key", lambda route: route.abort())
    pair.type_code(pair.show_code())
    alert(pair.new, "The server can’t be reached")
    pair.new.unroute("**/key")
    pair.new.reload()
    alert(pair.new, "This page was left before the key had arrived")
    expect(pair.new.get_by_label("New PIN", exact=True)).to_be_hidden()
    screen(pair.new, "pairing-lost")


def test_a_prior_device_lets_a_new_one_in_and_is_active_again(pair: Pair, screen: Screens) -> None:
    assert pair.alice.device
    with pair.app.app_context(), transaction() as session:
        session.get_one(Device, pair.alice.device.id).state = DeviceState.PRIOR
    pair.new.goto("/recovery/pair/ready")
    screen(pair.new, "pair-with-prior-device")
    pair.ask()
    pair.type_code(pair.show_code())
    pair.choose_pin()
    assert pair.states() == ["active", "active"]


def test_pages_that_show_no_code(pair: Pair, screen: Screens) -> None:
    pair.ask()
    pair.new.goto("/pair")
    expect(heading(pair.new, "Open This on Your Other Device")).to_be_visible()
    screen(pair.new, "pair-itself")
    pair.new.get_by_role("link", name="Enter Pairing Code").click()
    expect(heading(pair.new, "Enter Pairing Code")).to_be_visible()
    assert pair.alice.device
    with pair.app.app_context():
        assert db.session.query(Pairing).count() == 1
    with pair.app.app_context(), transaction() as session:
        session.get_one(Device, pair.alice.device.id).tries_left = 0
    pair.old.goto("/pair")
    expect(heading(pair.old, "Not From This Browser")).to_be_visible()
    screen(pair.old, "pair-no-device")
