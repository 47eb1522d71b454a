"""What a pairing leaves in the browser that asked: nothing where it came to nothing, and no vault key without a PIN."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, TimeoutError, expect

from tests.support.pages.browser_devices import SLOW, type_pin
from tests.support.pages.open_pages import enter
from tests.support.pages.repeats import unanswered
from tests.support.pages.tour import heading
from tests.support.pairing.pages import NEW_PIN, Pair, alert
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock

LEFT = """async () => {
  const address = new URL('../js/device/keystore.js', document.querySelector('link[rel=icon]').href);
  const { allDevices, filesUnder } = await import(address);
  const kept = (await filesUnder('')).filter((name) => name.endsWith('/paired'));
  const devices = (await allDevices()).map(({ id, state, pairing }) => (
    { state, asks: Boolean(pairing), key: kept.includes(`${id}/paired`) }));
  return { devices, files: kept.length };
}"""
NOTHING: dict[str, Any] = {"devices": [], "files": 0}
GOT = {"devices": [{"state": "pending", "asks": True, "key": True}], "files": 1}
ASKED = {"devices": [{"state": "pending", "asks": True, "key": False}], "files": 0}
PAIRED = {"devices": [{"state": "enrolled", "asks": False, "key": False}], "files": 0}


@pytest.fixture
def pair(app: Flask, live_server: object, new_context: Callable[..., BrowserContext], alice: Person) -> Pair:
    """Alice’s device, and a browser that has no key."""
    enrolled(alice)
    old = enter(new_context(), alice, alice.device)
    alice.client = alice.another_browser()
    return Pair(app, alice, enter(new_context(), alice), old)


def assert_left(page: Page, expected: dict[str, Any]) -> None:
    """In the browser of this page, before long."""
    is_left = f"async (wanted) => JSON.stringify(await ({LEFT})()) === wanted"
    try:
        page.wait_for_function(is_left, arg=json.dumps(expected, separators=(",", ":")), timeout=SLOW)
    except TimeoutError:
        assert page.evaluate(LEFT) == expected


def get_key(pair: Pair) -> None:
    """Up to Create a New PIN, where the key is kept."""
    pair.ask()
    pair.type_code(pair.show_code())
    expect(heading(pair.new, "Create a New PIN")).to_be_visible(timeout=SLOW)
    assert_left(pair.new, GOT)


def lose_the_answer(pair: Pair) -> None:
    """The last step arrives, its answer doesn’t, and the page is loaded again."""
    get_key(pair)
    for label in ("New PIN", "New PIN, once more"):
        pair.new.get_by_label(label, exact=True).fill(NEW_PIN)
    with unanswered(pair.new, "**/completion", arrives=True):
        pair.new.get_by_role("button", name="Create PIN").click()
        alert(pair.new, "The server can’t be reached. Nothing is lost")
        assert pair.states() == ["active", "active"]
        pair.new.reload()
    expect(heading(pair.new, "Done")).to_be_visible(timeout=SLOW)


def unlock(page: Page) -> None:
    """The vault opens with the PIN that was chosen."""
    page.goto("/unlock")
    type_pin(page, NEW_PIN)
    page.wait_for_url("**/vault", timeout=SLOW)
    page.locator("item-list").wait_for(timeout=SLOW)


def test_nothing_is_left_of_one_that_was_cancelled(pair: Pair) -> None:
    get_key(pair)
    pair.new.get_by_role("button", name="Cancel Pairing").click()
    expect(heading(pair.new, "Pairing Cancelled")).to_be_visible(timeout=SLOW)
    assert_left(pair.new, NOTHING)
    pair.ask()
    pair.type_code(pair.show_code())
    pair.choose_pin()
    assert_left(pair.new, PAIRED)
    pair.new.get_by_role("link", name="Open Vault").click()
    pair.new.locator("item-list").wait_for(timeout=SLOW)


def test_nothing_is_left_of_one_that_was_declined(pair: Pair) -> None:
    get_key(pair)
    pair.old.goto("/pair")
    pair.old.get_by_role("button", name="Decline").click()
    expect(heading(pair.old, "Pairing Declined")).to_be_visible(timeout=SLOW)
    pair.new.reload()
    expect(heading(pair.new, "Pairing Declined")).to_be_visible(timeout=SLOW)
    assert_left(pair.new, NOTHING)


def test_nothing_is_left_of_one_that_expired(pair: Pair, clock: MovableClock) -> None:
    get_key(pair)
    clock.advance(minutes=11)
    pair.new.reload()
    expect(heading(pair.new, "Pairing Expired")).to_be_visible(timeout=SLOW)
    assert_left(pair.new, NOTHING)


def test_nothing_is_left_where_its_page_was_closed_before_it_expired(pair: Pair, clock: MovableClock) -> None:
    get_key(pair)
    pair.new.goto("about:blank")
    clock.advance(minutes=11)
    pair.new.goto("/devices/here")
    expect(heading(pair.new, "Account Recovery")).to_be_visible(timeout=SLOW)
    assert_left(pair.new, NOTHING)


def test_what_could_not_be_asked_at_its_end_goes_before_the_next(pair: Pair) -> None:
    get_key(pair)
    pair.new.route("**/key", lambda route: route.abort())
    pair.new.get_by_role("button", name="Cancel Pairing").click()
    expect(heading(pair.new, "Pairing Cancelled")).to_be_visible(timeout=SLOW)
    pair.new.goto("/recovery/pair/ready")
    expect(heading(pair.new, "Pair With Other Device")).to_be_visible(timeout=SLOW)
    assert_left(pair.new, GOT)
    pair.new.unroute("**/key")
    pair.new.get_by_role("button", name="I’m Ready To Pair").click()
    expect(heading(pair.new, "Enter Pairing Code")).to_be_visible(timeout=SLOW)
    assert_left(pair.new, ASKED)


def test_one_that_is_open_stays_when_the_key_is_looked_for_in_another_tab(pair: Pair) -> None:
    get_key(pair)
    tab = pair.new.context.new_page()
    tab.goto("/devices/here")
    expect(heading(tab, "Create a New PIN")).to_be_visible(timeout=SLOW)
    assert_left(tab, GOT)
    tab.close()
    pair.choose_pin()
    assert_left(pair.new, PAIRED)


def test_a_lost_last_answer_leaves_no_key_once_the_vault_was_unlocked(pair: Pair) -> None:
    lose_the_answer(pair)
    unlock(pair.new)
    assert_left(pair.new, PAIRED)


def test_a_device_whose_last_answer_got_lost_keeps_its_own_keys_and_no_vault_key(pair: Pair) -> None:
    lose_the_answer(pair)
    pair.new.goto("/devices/here")
    pair.new.wait_for_url("**/unlock**", timeout=SLOW)
    assert_left(pair.new, ASKED)
    unlock(pair.new)
    assert_left(pair.new, PAIRED)
