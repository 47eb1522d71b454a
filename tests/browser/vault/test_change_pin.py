"""Changing the PIN in a real browser, and what is left when that breaks off."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.pages.browser_devices import SLOW, open_vault, type_pin
from tests.support.pages.chromium import Screens
from tests.support.people.people import Person, enrolled
from webapp.models.devices.lock import DeviceLock

NEW_PIN = "314159"


@pytest.fixture
def home(alice: Person) -> Person:
    """Alice, who has a device."""
    enrolled(alice, here=False)
    return alice


def change_pin(page: Page, present: str, new: str, again: str | None = None) -> None:
    page.goto("/settings")
    page.get_by_label("Present PIN", exact=True).fill(present)
    page.get_by_label("New PIN", exact=True).fill(new)
    page.get_by_label("New PIN, once more", exact=True).fill(again or new)
    page.get_by_role("button", name="Change PIN").click()


def lock(page: Page) -> None:
    page.goto("/vault")
    page.get_by_role("button", name="Lock").click()
    page.wait_for_url("**/unlock")


def versions(person: Person) -> list[int]:
    assert person.device
    with person.app.app_context():
        return DeviceLock.versions(person.device.id)


def test_a_changed_pin_opens_and_the_old_one_does_not(home: Person, page: Page, screen: Screens) -> None:
    open_vault(page, home)
    change_pin(page, "271828", NEW_PIN)
    expect(page.get_by_text("Your PIN is changed on this device")).to_be_visible(timeout=SLOW)
    screen(page, "pin-changed")
    assert versions(home) == [2]
    lock(page)
    type_pin(page)
    expect(page.get_by_role("alert")).to_contain_text("not the PIN", timeout=SLOW)
    type_pin(page, NEW_PIN)
    page.wait_for_url("**/vault", timeout=SLOW)


@pytest.mark.parametrize(
    ("present", "new", "again", "sentence"),
    [
        ("000111", NEW_PIN, NEW_PIN, "The present PIN is not right"),
        ("271828", NEW_PIN, "314158", "not the same"),
        ("271828", "111111", "111111", "repeats itself"),
    ],
)
def test_a_pin_that_can_not_be_changed_says_why(
    home: Person, page: Page, present: str, new: str, again: str, sentence: str
) -> None:
    open_vault(page, home)
    change_pin(page, present, new, again)
    expect(page.locator("#change-pin-error")).to_contain_text(sentence, timeout=SLOW)
    assert versions(home) == [1]


@pytest.mark.parametrize("arrives", [True, False])
def test_a_connection_that_breaks_while_the_pin_changes_leaves_one_that_works(
    home: Person, page: Page, arrives: bool
) -> None:
    open_vault(page, home)

    def break_off(route: Route) -> None:
        if arrives:
            route.fetch()
        route.abort()

    page.route("**/devices/pin", break_off)
    change_pin(page, "271828", NEW_PIN)
    expect(page.locator("#change-pin-error")).to_contain_text("the new PIN or the old one opens", timeout=SLOW)
    assert versions(home) == ([1, 2] if arrives else [1])
    lock(page)
    type_pin(page, NEW_PIN if arrives else "271828")
    page.wait_for_url("**/vault", timeout=SLOW)
    assert versions(home) == ([2] if arrives else [1])


def test_the_old_pin_still_opens_while_the_new_one_never_has(home: Person, page: Page) -> None:
    open_vault(page, home)
    page.route("**/devices/unlock", lambda route: route.abort() if versions(home) == [1, 2] else route.continue_())
    change_pin(page, "271828", NEW_PIN)
    expect(page.locator("#change-pin-error")).to_contain_text("the new PIN or the old one", timeout=SLOW)
    lock(page)
    page.unroute("**/devices/unlock")
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)
    lock(page)
    type_pin(page, NEW_PIN)
    page.wait_for_url("**/vault", timeout=SLOW)
    assert versions(home) == [2]
