"""The Devices page in a real browser: every screen of it, and the comparison with the vault’s own list."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.pairing.devices import add_device
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import MadeDevice
from webapp.database import transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault

UNKNOWN = "Your vault’s own list does not know this device"
MISSING = "Your vault’s own list names a device that is not here"
COMPLETE = "and no device of that list is missing here"


@pytest.fixture
def opened(alice: Person, live_server: object, new_context: Contexts) -> Page:
    """Alice’s open vault."""
    enrolled(alice)
    return enter_open(new_context(), alice)


def list_in_vault(alice: Person, devices: list[MadeDevice]) -> None:
    """Her device saves the vault with these on its list."""
    own = alice.device
    assert own
    own.listed, own.counter = [device.entry() for device in devices], own.counter + 1
    with alice.app.app_context(), transaction() as session:
        user, row = User.locked(alice.user_id), session.get_one(Device, own.id)
        base = session.scalars(select(Vault)).one().sha256
        Vault.save(user, row, (1, base), own.counter, 0, own.write(base_sha256=base))


def test_unknown_devices_are_marked_and_unpaired(alice: Person, opened: Page, screen: Screens) -> None:
    opened.goto("/devices")
    expect(opened.get_by_text("Every active device is on your vault’s own list")).to_be_visible(timeout=SLOW)
    add_device(alice, own_name="Not mine")
    add_device(alice, "Edge on Windows", DeviceState.PRIOR, own_name="Office")
    opened.reload()
    expect(opened.get_by_text(UNKNOWN)).to_have_count(1, timeout=SLOW)
    stranger = opened.get_by_role("region", name="Not mine")
    expect(stranger.get_by_text(UNKNOWN)).to_be_visible()
    screen(opened, "devices-unknown")
    stranger.get_by_role("link", name="Unpair").click()
    expect(opened.get_by_role("heading", name="Unpair Not mine?")).to_be_visible()
    screen(opened, "devices-unpair")
    opened.get_by_role("button", name="Unpair", exact=True).click()
    expect(opened.get_by_text("Not mine is unpaired.")).to_be_visible()
    screen(opened, "devices-unpaired")
    opened.get_by_role("button", name="Bring Back").click()
    expect(opened.get_by_text("Not mine is back")).to_be_visible()
    stranger.get_by_role("link", name="Unpair").click()
    opened.get_by_role("button", name="Unpair For Good").click()
    expect(opened.get_by_text("Gone for good")).to_be_visible()


def test_a_known_device_under_other_keys_is_unknown(alice: Person, opened: Page) -> None:
    """The server could hand out keys of its own under a familiar id."""
    swapped = add_device(alice)
    with alice.app.app_context(), transaction() as session:
        assert alice.device
        session.get_one(Device, alice.device.id).recipient = swapped.recipient
        session.get_one(Device, swapped.id).state = DeviceState.PRIOR
    opened.goto("/devices")
    own = opened.get_by_role("region", name=alice.device.name)
    expect(own.get_by_text(UNKNOWN)).to_be_visible(timeout=SLOW)


def test_devices_of_the_vaults_own_list_that_the_server_hides_are_named(
    alice: Person, opened: Page, screen: Screens
) -> None:
    """The server could leave out the card of a device that it lets open the vault."""
    shown = [add_device(alice, f"Chrome {state}", state) for state in DeviceState]
    hidden = [alice.new_device(), alice.new_device()]
    hidden[0].name, hidden[1].name = "Old phone", "<b>Kiosk</b>"
    list_in_vault(alice, [*shown, *hidden])
    opened.goto("/devices")
    notice = opened.get_by_role("alert").filter(has_text=MISSING)
    expect(notice).to_contain_text("but not on this page: Old phone, <b>Kiosk</b>. Each has had the key", timeout=SLOW)
    expect(notice).to_contain_text("Tell your IT admin, and change the passwords")
    expect(opened.get_by_text(COMPLETE)).to_be_hidden()
    screen(opened, "devices-missing")


def test_a_device_has_a_card_whether_it_is_active_or_not(alice: Person, opened: Page) -> None:
    list_in_vault(alice, [add_device(alice, f"Chrome {state}", state) for state in DeviceState])
    opened.goto("/devices")
    expect(opened.get_by_text(COMPLETE)).to_be_visible(timeout=SLOW)
    expect(opened.get_by_text(MISSING)).to_be_hidden()


def test_where_the_vault_is_locked_nothing_is_asked(alice: Person, live_server: object, new_context: Contexts) -> None:
    page = enter(new_context(), alice, enrolled(alice))
    add_device(alice)
    page.goto("/devices")
    page.locator("device-list[data-looked]").wait_for()
    assert page.url.endswith("/devices")
    expect(page.get_by_text(UNKNOWN)).to_have_count(0)


def test_renaming(alice: Person, opened: Page, screen: Screens) -> None:
    opened.goto("/settings")
    opened.get_by_role("link", name="Devices", exact=True).click()
    opened.get_by_role("link", name="Rename").click()
    opened.get_by_label("Name").fill(" ")
    opened.get_by_role("button", name="Rename").click()
    expect(opened.get_by_text("1 to 100 characters")).to_be_visible()
    screen(opened, "devices-rename")
    opened.get_by_label("Name").fill("Laptop at home")
    opened.get_by_role("button", name="Rename").click()
    expect(opened.get_by_role("heading", name="Laptop at home")).to_be_visible()


def test_all_others_then_this_one(alice: Person, opened: Page, screen: Screens) -> None:
    for name in ("Chrome on Android", "Safari on iPad"):
        add_device(alice, name)
    opened.goto("/devices")
    opened.get_by_role("link", name="Unpair All Others").click()
    expect(opened.get_by_role("heading", name="Unpair all others?")).to_be_visible()
    screen(opened, "devices-unpair-others")
    opened.get_by_role("button", name="Unpair All Others").click()
    expect(opened.get_by_text("2 other devices are unpaired")).to_be_visible()
    opened.get_by_role("link", name="Unpair Firefox on Linux").click()
    expect(opened.get_by_role("heading", name="Unpair this device?")).to_be_visible()
    screen(opened, "devices-unpair-last")
    opened.get_by_label("I understand").check()
    opened.get_by_role("button", name="Unpair", exact=True).click()
    opened.wait_for_url("**/recovery")
    expect(opened.locator("h1")).to_be_visible()
    screen(opened, "devices-unpaired-here")
    opened.goto("/devices")
    expect(opened.get_by_text("Nothing can be changed here")).to_be_visible()
    screen(opened, "devices-readable")


def test_a_device_that_was_brought_back_opens_again(
    alice: Person, opened: Page, live_server: object, new_context: Contexts
) -> None:
    phone = add_device(alice)
    for what in ("unpairing", "return"):
        alice.post(f"/devices/{phone.id}/{what}")
    phone.file = alice.device.file if alice.device else b""
    open_vault(new_context().new_page(), alice, phone)
