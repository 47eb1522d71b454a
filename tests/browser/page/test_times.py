"""Times on pages: in the zone of whoever reads, exactly on demand, reckoned by the server’s clock, kept up to date."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select

from tests.support.pages.browser_devices import open_vault
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.run.clock import MovableClock
from tests.support.run.patience import wait_until
from tests.support.vault.devices import login
from tests.support.vault.local_copies import wait_for_copy
from tests.support.vault.vault_pages import open_item
from webapp.clock import now
from webapp.database import transaction
from webapp.models.devices.device import Device
from webapp.models.vaults.cloud_backup import CloudBackup

NIGHT = datetime(2026, 10, 24, 23, 50, 46, tzinfo=UTC)
"""Ten minutes to midnight; in Berlin the hour comes soon that comes twice that night, so the zone is said there."""
THERE = {
    "Europe/Berlin": ("25 Oct 2026, 01:50 UTC+2", "25 Oct 2026, 01:50:46 UTC+2"),
    "Asia/Kathmandu": ("25 Oct 2026, 05:35", "25 Oct 2026, 05:35:46 UTC+5:45"),
    "America/St_Johns": ("24 Oct 2026, 21:20", "24 Oct 2026, 21:20:46 UTC−2:30"),
    "Pacific/Apia": ("25 Oct 2026, 12:50", "25 Oct 2026, 12:50:46 UTC+13"),
    "UTC": ("24 Oct 2026, 23:50 UTC", "24 Oct 2026, 23:50:46 UTC"),
}
Contexts = Callable[..., BrowserContext]


@pytest.fixture
def zone() -> str:
    """Where the reader lives."""
    return "Asia/Kathmandu"


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], zone: str) -> dict[str, Any]:
    """With a phone."""
    return {**browser_context_args, "timezone_id": zone, "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def alices(alice: Person, live_server: object) -> Person:
    """Her one device was first used that night, and last five hours ago."""
    enrolled(alice)
    used(alice, NIGHT, ago=timedelta(hours=5, minutes=30))
    return alice


def used(person: Person, first: datetime, *, ago: timedelta) -> None:
    with person.app.app_context(), transaction() as session:
        device = session.scalars(select(Device)).one()
        device.enrolled_at, device.last_used_at = first, MovableClock().now() - ago


def fact(page: Page, term: str) -> Locator:
    return page.locator(".facts__row", has_text=term).locator("time")


def times(page: Page) -> Locator:
    """What stands at the foot of the page once a script has written its times."""
    return page.get_by_role("region", name="Times")


@pytest.mark.parametrize("zone", THERE)
def test_times_are_those_of_the_reader_and_exact_on_demand(alices: Person, new_context: Contexts, zone: str) -> None:
    """By the keyboard as by touch; for the tab, until it is pressed again."""
    page = enter(new_context(), alices)
    page.goto("/devices")
    shown, exact = THERE[zone]
    # An engine may know a city by its former name.
    expect(times(page)).to_contain_text(f"Times are those of your time zone, {zone.split('/')[0]}")
    expect(fact(page, "First use")).to_have_text(shown)
    expect(fact(page, "First use")).to_have_attribute("title", exact)
    expect(fact(page, "Last use")).to_have_text("5 hours ago")

    button = times(page).get_by_role("button", name="Exact Times", pressed=False)
    button.focus()
    page.keyboard.press("Enter")
    expect(fact(page, "First use")).to_have_text(exact)
    expect(fact(page, "Last use")).to_have_text(re.compile(r"^\d+ \w{3} \d{4}, \d\d:\d\d:\d\d UTC"))
    page.reload()
    expect(fact(page, "First use")).to_have_text(exact)
    times(page).get_by_role("button", name="Exact Times", pressed=True).click()
    expect(fact(page, "First use")).to_have_text(shown)
    expect(fact(page, "Last use")).to_have_text("5 hours ago")


def test_without_a_script_the_zone_is_named(alices: Person, new_context: Contexts) -> None:
    page = enter(new_context(java_script_enabled=False), alices)
    page.goto("/devices")
    expect(fact(page, "First use")).to_have_text(THERE["UTC"][0])
    expect(times(page)).to_be_hidden()


@pytest.mark.parametrize("hours", [-3, 3, 24 * 400])
def test_a_device_whose_clock_is_wrong_reckons_by_the_servers(
    alices: Person, new_context: Contexts, hours: int
) -> None:
    context = new_context()
    context.clock.install(time=now() + timedelta(hours=hours))
    page = enter(context, alices)
    page.goto("/devices")
    expect(times(page)).to_be_visible()
    expect(fact(page, "Last use")).to_have_text("5 hours ago")
    expect(fact(page, "First use")).to_have_text(THERE["Asia/Kathmandu"][0])


def test_a_page_that_stays_open_goes_on_saying_how_long_ago_it_was(
    alices: Person, clock: MovableClock, new_context: Contexts
) -> None:
    page = enter(new_context(), alices)
    page.clock.install()
    page.goto("/devices")
    expect(times(page)).to_be_visible()
    clock.advance(hours=2)
    page.clock.fast_forward("02:00:00")
    expect(fact(page, "Last use")).to_have_text("7 hours ago")
    expect(fact(page, "Last use")).to_have_attribute("aria-live", "off")


def test_a_clock_that_is_set_right_meanwhile_changes_nothing(
    alices: Person, clock: MovableClock, new_context: Contexts
) -> None:
    """The next answer says what time it is for the server."""
    page = enter(new_context(), alices)
    page.clock.install()
    page.goto("/devices")
    expect(times(page)).to_be_visible()
    page.clock.set_system_time(now() - timedelta(hours=5))

    def is_right_again() -> bool:
        page.clock.run_for(13_000)  # until it asks, and until it writes
        return fact(page, "Last use").text_content() == "5 hours ago"

    wait_until(is_right_again, "the server’s time")


def test_copies_of_one_minute_are_told_apart_in_a_list_that_is_swapped_too(
    alices: Person, organisation_key: ActiveKey, new_context: Contexts, screen: Screens
) -> None:
    make_backups(alices, organisation_key, [NIGHT, NIGHT + timedelta(seconds=9)])
    page = enter(new_context(), alices)
    page.goto("/backups")
    made = page.get_by_role("region", name="Your cloud backups").get_by_role("rowheader").locator(":scope > time")
    expect(made).to_have_text(["25 Oct 2026, 05:35:55", "25 Oct 2026, 05:35:46"])
    screen(page, "cloud-backups-of-one-minute")
    make_backups(alices, organisation_key, [NIGHT + timedelta(seconds=40)])
    page.evaluate("document.body.dispatchEvent(new CustomEvent('backup-made'))")
    expect(made).to_have_text(["25 Oct 2026, 05:36", "25 Oct 2026, 05:35:55", "25 Oct 2026, 05:35:46"])
    expect(page.get_by_role("rowheader", name="Newest")).to_have_count(1)
    expect(page.get_by_role("rowheader").first).to_contain_text("Newest")


def make_backups(person: Person, key: ActiveKey, moments: Sequence[datetime]) -> None:
    for moment in moments:
        backed_up(person, key)
        with person.app.app_context(), transaction() as session:
            newest = select(CloudBackup).order_by(CloudBackup.made_at.desc()).limit(1)
            session.scalars(newest).one().made_at = moment


def test_what_scripts_write_is_in_the_same_zone(alice: Person, live_server: object, new_context: Contexts) -> None:
    enrolled(alice, [{**login("Bank"), "updated_at": "2026-10-24T23:50:46Z"}])
    page = new_context().new_page()
    open_vault(page, alice)
    wait_for_copy(page, alice.user_id)
    open_item(page, "Bank")
    expect(page.locator("item-view time")).to_have_text("25 Oct 2026, 05:35")
    page.goto("/backups/local")
    expect(page.get_by_role("rowheader").locator("time")).to_have_attribute("title", re.compile(r" UTC\+5:45$"))
    times(page).get_by_role("button", name="Exact Times").click()
    expect(page.get_by_role("rowheader").locator("time")).to_have_text(re.compile(r"\d\d:\d\d:\d\d UTC\+5:45$"))
