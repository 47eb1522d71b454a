"""A vault or an edit with an earlier recovery key than the browser, or the newest vault, knows: it takes none back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.hostile.test_swapped_keys import KEY_STORE
from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.open_pages import enter
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.self_service_pages import choose_pin, kit_file, kit_known, open_kit, understand
from tests.support.recovery_keys.life import follow
from tests.support.recovery_keys.pages import put_vault
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import document_of, restore_row, row_of
from webapp.client.formats.document_shapes import KeyPin
from webapp.client.formats.encoding import sha256_hex, unframe
from webapp.client.formats.recovery_keys import make_key

STORE = """async () => {
  const address = new URL('../js/device/vault-store.js', document.querySelector('link[rel=icon]').href);
  globalThis.store = await (await import(address)).openVault();
}"""


def test_a_recovery_of_ones_own_takes_nothing_back_that_the_browser_knows(
    live_server: object,
    new_context: Callable[..., BrowserContext],
    alice: Person,
    olga: Person,
    organisation_key: ActiveKey,
) -> None:
    """It knows the second key. The vault that the server hands out, an older one, has the first on record."""
    second = follow(olga, organisation_key).key.public
    put_vault(alice, organisation_key)
    kit_known(alice)
    known = {"fingerprint": second.fingerprint, "epoch": second.epoch}
    page = new_context().new_page()
    page.goto("/sign-in")
    page.evaluate(KEY_STORE, ["setPin", alice.organisation_id, known])
    page = enter(page.context, alice)
    assert alice.device
    open_kit(page, kit_file(alice, alice.device.kit))
    understand(page)
    with page.expect_request("**/recovery/own/finish", timeout=SLOW) as finishing:
        choose_pin(page)
    assert unframe(finishing.value.post_data_buffer or b"")[0]["organisation_key"] == second.fingerprint
    assert page.evaluate(KEY_STORE, ["pinOf", alice.organisation_id]) == known


@pytest.mark.parametrize("typed", [False, True])
def test_an_edit_from_before_takes_no_key_back_that_another_device_has_recorded(
    page: Page, alice: Person, organisation_key: ActiveKey, typed: bool
) -> None:
    """Typed or not: the characters were compared with what the vault had then."""
    first, second = organisation_key.key.public, make_key(alice.organisation_id, "Example", "Second", 2).public
    device, newer = enrolled(alice, [login("Bank")], here=False), {"epoch": 2, "fingerprint": second.fingerprint}
    open_vault(page, alice)
    expect(page.locator(".item")).to_have_count(1)
    page.evaluate(STORE)
    earlier = {"epoch": 1, "fingerprint": first.fingerprint, "typed": typed}
    page.evaluate("(pin) => store.edit(() => {}, pin)", earlier)
    put_newer(alice, {"epoch": 2, "fingerprint": second.fingerprint})
    page.evaluate("() => store.saveOnTop()")
    assert document_of(alice, device).manifest["organisation_key"] == newer


@pytest.mark.parametrize("typed", [False, True])
def test_only_characters_that_a_person_typed_lead_back_to_an_earlier_key(
    page: Page, alice: Person, organisation_key: ActiveKey, typed: bool
) -> None:
    second = make_key(alice.organisation_id, "Example", "Second", 2).public
    enrolled(alice, [login("Bank")], here=False)
    later: KeyPin = {"epoch": 2, "fingerprint": second.fingerprint}
    put_newer(alice, later)
    earlier: KeyPin = {"epoch": 1, "fingerprint": organisation_key.key.public.fingerprint}
    open_vault(page, alice)
    expect(page.locator(".item")).to_have_count(1)
    page.evaluate(STORE)
    page.evaluate("(pin) => store.edit(() => {}, pin)", {**earlier, "typed": typed})
    page.evaluate("() => store.saveOnTop()")
    assert document_of(alice).manifest["organisation_key"] == (earlier if typed else later)


def put_newer(person: Person, pin: KeyPin) -> None:
    """The next version, with this key on record."""
    device, row = person.device, row_of(person)
    assert device
    device.counter += 1
    file = device.write([login("Bank")], base_sha256=row["sha256"], pin=pin)
    restore_row(person, {**row, "file": file, "sha256": sha256_hex(file), "counter": device.counter})
