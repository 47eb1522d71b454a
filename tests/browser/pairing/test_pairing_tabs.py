"""Pairing where a browser has more than one tab: one try for each code, and no key left behind by a lock."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import stop_clock
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import heading
from tests.support.pairing.pages import Pair, alert, wrong
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import PIN
from tests.support.vault.vault_pages import go_to_vault

# Types the code, and presses Pair when all tabs are told to; `tried` comes when the form is busy no longer.
TYPE = """(code) => {
  const [form] = document.querySelectorAll('pairing-code form');
  form.querySelector('input').value = code;
  globalThis.tried = new Promise((resolve) => {
    new MutationObserver(() => form.ariaBusy ?? resolve()).observe(form, { attributeFilter: ['aria-busy'] });
  });
  new BroadcastChannel('press').onmessage = () => form.requestSubmit();
}"""
PRESS = "new BroadcastChannel('press').postMessage('now')"


@pytest.fixture
def pair(app: Flask, live_server: object, new_context: Callable[..., BrowserContext], alice: Person) -> Pair:
    """Alice’s device, and a browser that has no key."""
    enrolled(alice)
    old = enter(new_context(), alice, alice.device)
    alice.client = alice.another_browser()
    return Pair(app, alice, enter(new_context(), alice), old)


def back_at_the_pin(page: Page) -> None:
    """The code is gone, and the PIN is asked."""
    expect(page.get_by_label("PIN of this device", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("PIN of this device", exact=True)).to_be_empty()
    expect(page.locator("#shown-code")).to_have_count(0)
    expect(page.get_by_role("button", name="New Code")).to_be_hidden()


def test_of_two_tabs_one_answers_a_code(pair: Pair) -> None:
    pair.ask()
    second = pair.new.context.new_page()
    second.goto(pair.new.url)
    code = wrong(pair.show_code())
    expect(second.get_by_text("The other device shows a code")).to_be_visible(timeout=SLOW)
    answers: list[str] = []
    pair.new.context.on(
        "request", lambda request: answers.append(request.url) if request.url.endswith("/answer") else None
    )
    for tab, typed in ((pair.new, code), (second, wrong(code))):
        tab.evaluate(TYPE, typed)
    pair.new.evaluate(PRESS)
    alert(pair.old, "Another code was typed")
    for tab in (pair.new, second):
        tab.evaluate("globalThis.tried")
    assert len(answers) == 1


def test_a_lock_in_another_tab_takes_the_code_and_the_key(pair: Pair) -> None:
    pair.ask()
    code = pair.show_code()
    tab = pair.old.context.new_page()
    go_to_vault(tab)
    expect(pair.old.locator("#shown-code")).to_be_visible()
    tab.get_by_role("button", name="Lock").click()
    back_at_the_pin(pair.old)
    sent: list[str] = []
    pair.old.on("request", lambda request: sent.append(request.url))
    pair.type_code(code)
    expect(pair.new.get_by_text("Checking: the other device compares")).to_be_visible(timeout=SLOW)
    expect(pair.old.locator("#pair-poll[data-state=answered]")).to_be_attached(timeout=SLOW)
    with pair.old.expect_response("**/pair/status**", timeout=SLOW):  # by then an answer was seen to, if it ever is
        pass
    assert not [address for address in sent if re.search("/pair/(?!status)|/challenge$", address)]
    assert pair.states() == ["active"]
    back_at_the_pin(pair.old)


def test_a_lock_after_a_code_came_to_nothing_asks_for_the_pin_again(pair: Pair) -> None:
    pair.ask()
    pair.type_code(wrong(pair.show_code()))
    alert(pair.old, "Another code was typed")
    pair.old.evaluate("user => new BroadcastChannel('spare-key/lock').postMessage({ user })", pair.alice.user_id)
    back_at_the_pin(pair.old)
    expect(pair.old.get_by_role("alert").filter(has_text="Another code")).to_have_count(0)
    pair.type_code(pair.show_code())
    pair.choose_pin()


def test_an_idle_page_drops_the_key(pair: Pair) -> None:
    pair.ask()
    pair.old.clock.install()
    pair.type_code(wrong(pair.show_code()))
    alert(pair.old, "Another code was typed")
    pair.old.route("**/pair/status**", lambda route: route.abort())  # no news ends this page
    stop_clock(pair.old)
    pair.old.keyboard.press("Shift")  # from here on it is idle
    pair.old.clock.fast_forward("14:00")
    expect(pair.old.get_by_role("button", name="New Code")).to_be_visible()
    pair.old.clock.fast_forward("01:11")
    back_at_the_pin(pair.old)


def test_a_lock_after_the_key_was_sent_changes_nothing(pair: Pair) -> None:
    pair.ask()
    pair.type_code(pair.show_code())
    expect(pair.old.get_by_text("The code was right")).to_be_visible(timeout=SLOW)
    pair.old.evaluate("user => new BroadcastChannel('spare-key/lock').postMessage({ user })", pair.alice.user_id)
    pair.choose_pin()
    expect(heading(pair.old, "Paired")).to_be_visible(timeout=SLOW)


def test_the_page_of_the_new_pin_hears_that_the_other_device_declined(pair: Pair) -> None:
    pair.ask()
    pair.type_code(pair.show_code())
    expect(heading(pair.new, "Create a New PIN")).to_be_visible(timeout=SLOW)
    pair.old.goto("/pair")
    pair.old.get_by_role("button", name="Decline").click()
    expect(heading(pair.new, "Pairing Declined")).to_be_visible(timeout=SLOW)


def test_a_code_is_taken_before_the_page_has_heard_of_it(pair: Pair) -> None:
    pair.ask()
    deaf = [True]
    pair.new.route("**/status?*", lambda route: route.fulfill(status=204) if deaf else route.continue_())
    pair.old.goto("/pair")
    pair.old.get_by_label("PIN of this device", exact=True).fill(PIN)
    pair.old.get_by_role("button", name="Show Code").click()
    code = pair.old.locator("#shown-code")
    expect(code).to_have_text(re.compile(r"^\d{3} \d{3}$"), timeout=SLOW)
    expect(pair.new.get_by_text("It shows no code yet")).to_be_visible()
    pair.new.get_by_label("Code from your other device").fill(code.inner_text())
    deaf.clear()
    pair.new.get_by_role("button", name="Pair", exact=True).click()
    expect(heading(pair.new, "Create a New PIN")).to_be_visible(timeout=SLOW)
