"""“This wasn’t me” after somebody was tricked into pairing a browser: what the page shows, and what its ticks do."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter_open
from tests.support.pages.tour import heading
from tests.support.pairing.tricked import add_paired, state, unpair_by
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import asked
from tests.support.recovery.vetoes import device_link, recovered, veto_path
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def page(new_context: Contexts, live_server: object) -> Page:
    """A browser in which nobody is signed in, as whoever opens a mail has it."""
    return new_context().new_page()


@pytest.fixture
def laptop(alice: Person, clock: MovableClock) -> MadeDevice:
    """Alice’s own device."""
    device = enrolled(alice, [login("Bank")])
    clock.advance(minutes=1)
    return device


@pytest.fixture
def paired(alice: Person, laptop: MadeDevice, clock: MovableClock) -> MadeDevice:
    """A browser that somebody tricked her into pairing."""
    device = add_paired(alice)
    clock.advance(minutes=1)
    return device


def test_the_tick_unpairs_it_and_brings_back_what_it_unpaired(
    page: Page, alice: Person, laptop: MadeDevice, paired: MadeDevice, screen: Screens
) -> None:
    unpair_by(alice, paired, laptop)
    page.goto(veto_path(alice))
    tick = page.get_by_role("checkbox", name="Unpair Chrome on Android, paired on")
    expect(tick).to_be_checked()
    expect(page.get_by_text("What it had unpaired comes back: Firefox on Linux.")).to_be_visible()
    screen(page, "veto-paired")
    page.get_by_role("button", name="This Wasn’t Me").click()
    expect(heading(page, "Your Account Is on Hold")).to_be_visible()
    expect(page.get_by_text("Firefox on Linux still opens your vault")).to_be_visible()
    screen(page, "veto-paired-done")
    assert (state(alice, paired), state(alice, laptop)) == ("unpaired", "active")


def test_an_unticked_one_stays(page: Page, alice: Person, paired: MadeDevice) -> None:
    page.goto(veto_path(alice))
    page.get_by_role("checkbox", name="Unpair Chrome on Android, paired on").uncheck()
    page.get_by_role("button", name="This Wasn’t Me").click()
    expect(heading(page, "Your Account Is on Hold")).to_be_visible()
    assert state(alice, paired) == "active"


def test_from_a_device_it_says_what_it_does_not_reach(
    page: Page, new_context: Contexts, alice: Person, laptop: MadeDevice, paired: MadeDevice, screen: Screens
) -> None:
    page.goto(device_link(alice.client, laptop))
    expect(page.get_by_text("Chrome on Android was paired lately, and stays")).to_be_visible()
    screen(page, "veto-paired-out-of-reach")
    page = enter_open(new_context(), alice)
    page.goto(device_link(alice.client, laptop))
    expect(page.get_by_text("this unpairs only what was paired after it")).to_be_visible()
    screen(page, "veto-paired-from-a-device")


def test_several_of_them_beside_a_recovery_and_a_request(
    page: Page, alice: Person, bob: Person, organisation_key: ActiveKey, clock: MovableClock, screen: Screens
) -> None:
    made = recovered(alice, bob, organisation_key)
    clock.advance(minutes=1)
    alice.device = made.device
    first = add_paired(alice)
    clock.advance(minutes=1)
    second = add_paired(alice, "Safari on iPhone")
    unpair_by(alice, second, first)
    asked(alice, backed_up(alice, organisation_key))
    page.goto(veto_path(alice))
    expect(page.get_by_role("checkbox", name="Unpair Safari on iPhone, paired on")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Keep Chrome on Android unpaired, paired on")).to_be_checked()
    screen(page, "veto-everything-at-once")
