"""A restore with all that can come between: the network, other devices, other tabs, a lying page, a forgotten PIN."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support.pages.browser_devices import SLOW, give_keys
from tests.support.pages.repeats import press_again, unanswered
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.vault.devices import login
from webapp.database import db, transaction
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.vault import Vault

NewContext = Callable[..., BrowserContext]
PIN = "305817"
CREATE = "Create PIN And Restore"
# Where a page still has it open it goes with that page, and before the next one opens it.
FORGET = """() => new Promise((resolve) => {
  const deleting = indexedDB.deleteDatabase('spare-key');
  deleting.onsuccess = deleting.onblocked = () => resolve();
})"""


@pytest.fixture
def page(live_server: object, new_context: NewContext, alice: Person, bob: Person, organisation_key: ActiveKey) -> Page:
    """Alice, who has a vault and a cloud backup, signed in with a browser that has no key."""
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    return page


@pytest.fixture
def approved(app: Flask, page: Page, bob: Person, organisation_key: ActiveKey) -> Page:
    """The page that asks for the new PIN."""
    digits = approve_shown(bob, organisation_key, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible()
    tell(page, digits)
    page.get_by_label("New PIN", exact=True).fill(PIN)
    page.get_by_label("New PIN, once more", exact=True).fill(PIN)
    return page


def press(page: Page) -> None:
    page.get_by_role("button", name=CREATE).click()


def alert(page: Page, words: str) -> None:
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible(timeout=SLOW)


def done(page: Page) -> None:
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("step", ["release", "vault", "finish"])
def test_a_step_that_does_not_reach_the_server_is_taken_again(app: Flask, approved: Page, step: str) -> None:
    with unanswered(approved, f"**/{step}"):
        press(approved)
        alert(approved, "The server can’t be reached. Nothing is lost: your PIN is still typed")
    press_again(approved, CREATE, heading(approved, "Done"))


def test_a_finish_whose_answer_got_lost_is_recognised(app: Flask, approved: Page) -> None:
    with unanswered(approved, "**/finish", arrives=True):
        press(approved)
        alert(approved, "If the last step had arrived, the server recognises it.")
        with app.app_context():
            assert db.session.query(Vault).count() == 2, "it had arrived"
    press_again(approved, CREATE, heading(approved, "Done"))
    approved.get_by_role("link", name="Open Vault").click()
    expect(approved.get_by_text("Bank")).to_be_visible()


def test_another_pin_after_a_lost_answer_says_which_pin_counts(app: Flask, approved: Page, alice: Person) -> None:
    with unanswered(approved, "**/finish", arrives=True):
        press(approved)
        alert(approved, "If the last step had arrived")
        approved.get_by_label("New PIN", exact=True).fill("846203")
        approved.get_by_label("New PIN, once more", exact=True).fill("846203")
    press(approved)
    alert(approved, "Your vault was restored by an earlier try already.")
    approved.reload()
    approved.get_by_label("PIN", exact=True).fill(PIN)
    approved.get_by_role("button", name="Unlock").click()
    done(approved)


def save_elsewhere(app: Flask, alice: Person) -> None:
    """The old device saves one item more."""
    old = alice.device
    assert old
    with app.app_context(), transaction() as session:
        user, device = User.locked(alice.user_id), session.get_one(Device, old.id)
        vault = Vault.current(user)
        assert vault
        base, old.counter = (vault.epoch, vault.sha256), vault.counter + 1
        file = old.write([login("Bank"), login("Saved meanwhile")], base_sha256=vault.sha256)
        Vault.save(user, device, base, old.counter, 2, file)


def test_what_another_device_saves_meanwhile_is_taken_along(app: Flask, approved: Page, alice: Person) -> None:
    def save_first(route: Route) -> None:
        save_elsewhere(app, alice)
        route.continue_()

    approved.route("**/finish", save_first, times=1)
    press(approved)
    done(approved)
    approved.get_by_role("link", name="Open Vault").click()
    expect(approved.get_by_text("Saved meanwhile")).to_be_visible()


def test_a_device_that_keeps_saving_is_named_as_the_reason(app: Flask, approved: Page, alice: Person) -> None:
    def save_first(route: Route) -> None:
        save_elsewhere(app, alice)
        route.continue_()

    approved.route("**/finish", save_first, times=2)
    press(approved)
    alert(approved, "Another device keeps saving to your vault")
    press(approved)
    done(approved)


def test_a_request_cancelled_in_another_tab_says_so(approved: Page) -> None:
    other = approved.context.new_page()
    other.goto(approved.url)
    other.get_by_role("button", name="Cancel Request").click()
    expect(heading(other, "Request Cancelled")).to_be_visible()
    press(approved)
    alert(approved, "This request was cancelled, here or in another browser. Nothing was changed.")


def test_the_waiting_survives_a_lost_network(app: Flask, page: Page, bob: Person, organisation_key: ActiveKey) -> None:
    fingerprint = ask(page)
    page.context.set_offline(True)
    expect(page.get_by_text("The server can’t be reached.", exact=False).first).to_be_visible(timeout=SLOW)
    approve_shown(bob, organisation_key, fingerprint)
    page.context.set_offline(False)
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)


def test_a_fingerprint_that_the_browser_did_not_make_is_never_shown(page: Page) -> None:
    ask(page)

    def swap(route: Route) -> None:
        response = route.fetch()
        markup = re.sub(r'(<span class="code__group">)\w{4}', r"\1aaaa", response.text())
        route.fulfill(response=response, body=markup)

    page.route("**/recovery/requests/*", swap)
    page.reload()
    alert(page, "Stop: the server shows another request than the one this browser made.")
    expect(page.locator("#fingerprint")).to_be_hidden()


def test_a_browser_that_lost_its_keys_says_so(page: Page) -> None:
    ask(page)
    page.evaluate(FORGET)
    page.reload()
    alert(page, "This browser no longer has the key of this request")
    page.get_by_role("button", name="Cancel Request").click()
    expect(heading(page, "Request Cancelled")).to_be_visible()


def test_a_forgotten_pin_leads_back_to_the_waiting_and_cancelling_to_the_pin(
    app: Flask, live_server: object, new_context: NewContext, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    device = enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    page.goto("/sign-in")
    give_keys(page, device)
    sign_in(page, alice.email, alice.password)
    page.wait_for_url("**/unlock**")
    page.goto("/recovery?reason=pin_forgotten")
    expect(page.get_by_text("You have forgotten the PIN of")).to_be_visible()
    fingerprint = ask(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(page, alice.email, alice.password)
    expect(page.locator("#fingerprint")).to_have_text(fingerprint)
    page.get_by_role("button", name="Cancel Request").click()
    expect(heading(page, "Request Cancelled")).to_be_visible()
    with app.app_context():
        assert db.session.query(RestoreRequest).one().reason == "pin_forgotten"
    page.goto("/recovery")
    page.get_by_role("link", name="Open Vault").click()
    page.wait_for_url("**/unlock**")
