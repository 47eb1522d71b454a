"""A large backup that the Python client made, restored in a browser: Python reads the same items from what it saved."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import heading, save_kit
from tests.support.people.people import Person, enrolled
from tests.support.recovery.self_service_pages import kit_file, kit_known, open_local, type_pin, understand
from tests.support.vault.devices import login
from tests.support.vault.documents import note
from tests.support.vault.vault_pages import row_of
from webapp.client.formats.documents import open_document
from webapp.client.formats.recovery_kits import read_kit


def test_ten_thousand_items_and_a_long_note_come_back_byte_for_byte(
    live_server: object, new_context: Callable[..., BrowserContext], alice: Person, tmp_path: Path
) -> None:
    items = [
        *[login(f"Number {number} 🔑", "zoë", "ключ\u2028\x00\ud800") for number in range(10_000)],
        note("Long", "x" * 1_000_000),
        note(),
    ]
    device = enrolled(alice, items, here=False)
    kit_known(alice)
    page = enter(new_context(), alice)
    open_local(page, device.file, kit_file(alice, device.kit))
    expect(page.locator("[data-of=backup] [data-told=items]")).to_have_text("10002")
    understand(page)
    type_pin(page)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    save_kit(page, tmp_path / "kit.txt")
    kit = read_kit((tmp_path / "kit.txt").read_text())
    assert open_document(row_of(alice)["file"], [kit.identity]).body["items"] == items
