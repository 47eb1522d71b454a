"""“This wasn’t me” in real browsers: on the sign-in page of a device, from the mail, and the PIN after an undo."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, give_keys, sign_in, type_pin
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import heading
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.runs import Restoring, asked
from tests.support.recovery.vetoes import recovered, veto_path
from tests.support.vault.devices import login
from webapp.database import transaction
from webapp.models.approval.hold import Hold
from webapp.models.directory.user import User

Contexts = Callable[..., BrowserContext]
RUNNING = "A recovery of your account is running"
RECOVERED = "Your account was recovered elsewhere"


@pytest.fixture
def waiting(alice: Person, bob: Person, organisation_key: ActiveKey, live_server: object) -> Restoring:
    """Somebody asked for alice’s backup in another browser."""
    enrolled(alice, [login("Bank")])
    return asked(alice, backed_up(alice, organisation_key))


@pytest.fixture
def former(new_context: Contexts, alice: Person, waiting: Restoring) -> Page:
    """Her browser, in which nobody is signed in."""
    assert alice.device
    page = new_context().new_page()
    page.goto("/sign-in")
    give_keys(page, alice.device)
    return page


def answered(page: Page) -> None:
    """Load the sign-in page, until the watch has heard what it asked."""
    with page.expect_response("**/veto/running"):
        page.goto("/sign-in")
    looked(page)


def looked(page: Page) -> None:
    """Whatever it was to say, the watch has said it."""
    page.locator("recovery-watch[data-looked]").wait_for(state="attached")


def test_a_device_tells_of_a_request_before_anybody_signs_in(former: Page, screen: Screens) -> None:
    former.goto("/sign-in")
    expect(former.get_by_text(RUNNING)).to_be_visible()
    expect(former.get_by_label("Email address")).to_be_focused()
    screen(former, "sign-in-recovery-running")
    former.get_by_role("link", name="This Wasn’t Me").click()
    expect(heading(former, "Was This You?")).to_be_visible()
    screen(former, "veto-request")
    former.get_by_role("button", name="This Wasn’t Me").click()
    expect(heading(former, "Your Account Is on Hold")).to_be_visible()
    screen(former, "veto-done")
    answered(former)
    expect(former.locator("recovery-watch")).to_be_hidden()


def test_the_browser_that_asks_is_not_warned_of_itself(former: Page, waiting: Restoring) -> None:
    give_keys(former, waiting.device, "pending")
    answered(former)
    expect(former.locator("recovery-watch")).to_be_hidden()


def test_without_keys_or_connection_the_page_is_as_it_was(
    new_context: Contexts, former: Page, complaints: Complaints
) -> None:
    stranger = new_context().new_page()
    asked_for: list[str] = []
    stranger.on("request", lambda request: asked_for.append(request.url))
    stranger.goto("/sign-in")
    looked(stranger)
    assert not [url for url in asked_for if "/veto/" in url]
    former.route("**/veto/**", lambda route: route.abort())
    with former.expect_event("requestfailed"):
        former.goto("/sign-in")
    looked(former)
    expect(former.locator("recovery-watch")).to_be_hidden()
    assert complaints.heard == []


def test_undone_from_a_former_device_its_pin_opens_it_again(
    new_context: Contexts, alice: Person, bob: Person, organisation_key: ActiveKey, live_server: object, screen: Screens
) -> None:
    enrolled(alice, [login("Bank")])
    assert alice.device
    recovered(alice, bob, organisation_key)
    page = new_context().new_page()
    page.goto("/sign-in")
    give_keys(page, alice.device)
    page.goto("/sign-in")
    expect(page.get_by_text(RECOVERED)).to_be_visible()
    screen(page, "sign-in-recovered-elsewhere")
    sign_in(page, alice)
    expect(heading(page, "Account Recovery")).to_be_visible()
    screen(page, "recovery-can-be-undone")
    page.get_by_role("link", name="Undo", exact=True).click()
    expect(heading(page, "Was This You?")).to_be_visible()
    screen(page, "veto-recovery")
    page.get_by_role("button", name="Undo This Recovery").click()
    expect(heading(page, "The Recovery Is Undone")).to_be_visible()
    screen(page, "undone")
    page.get_by_role("link", name="Open Vault").click()
    page.wait_for_url("**/unlock?next=**")
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)
    expect(page.locator("item-list").get_by_text("Bank", exact=True)).to_be_visible()


def test_links_that_do_not_work_and_passwords_that_are_not_enough(
    new_context: Contexts, waiting: Restoring, alice: Person, screen: Screens
) -> None:
    page = new_context().new_page()
    page.goto("/veto/" + "a" * 43)
    expect(heading(page, "This link doesn’t work any more")).to_be_visible()
    screen(page, "veto-closed")
    page.goto(veto_path(alice))
    page.get_by_role("button", name="This Wasn’t Me").click()
    expect(heading(page, "Your Account Is on Hold")).to_be_visible()
    page.goto(veto_path(alice))
    screen(page, "veto-on-hold-already")
    del alice.client
    tab = enter(new_context(), alice)
    tab.goto("/veto")
    expect(heading(tab, "This Wasn’t Me")).to_be_visible()
    screen(tab, "veto-password-alone")
    tab.goto("/recovery")
    expect(heading(tab, "Your Account Is on Hold")).to_be_visible()
    screen(tab, "recovery-on-hold")


def test_banners_and_a_request_elsewhere(
    new_context: Contexts, waiting: Restoring, alice: Person, screen: Screens
) -> None:
    tab = enter(new_context(), alice, alice.device)
    tab.goto("/recovery")
    screen(tab, "recovery-asked-elsewhere-on-a-device")
    tab.get_by_role("link", name="This Wasn’t Me", exact=True).click()
    expect(heading(tab, "Was This You?")).to_be_visible()
    with alice.app.app_context(), transaction():
        Hold.begin(User.locked(alice.user_id), "Laptop")
    be_at(alice, alice.device)
    tab.goto("/recovery")
    expect(tab.get_by_role("link", name="Open Vault")).to_be_visible()
    screen(tab, "recovery-on-hold-at-a-device")
