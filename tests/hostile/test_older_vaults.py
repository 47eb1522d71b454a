"""A server that sends an older vault: that shows nothing, and putting the copy back takes nothing back."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from tests.hostile.test_swapped_keys import KEY_STORE
from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.vault.devices import MadeDevice, login
from tests.support.vault.vault_pages import document_of, restore_row, row_of
from webapp.client.crypto.identities import recipient_of
from webapp.client.formats.document_shapes import KeyPin
from webapp.client.formats.documents import seal_document, write
from webapp.client.formats.encoding import sha256_hex
from webapp.client.formats.recovery_keys import make_key
from webapp.database import db
from webapp.models.vaults.cloud_backup import CloudBackup

REFUSED = "The server sent an older vault than this browser has already seen"
PUT_BACK = "Put This Browser’s Copy Back"


@pytest.fixture
def hers(live_server: object, alice: Person) -> MadeDevice:
    """Alice’s, with one login."""
    return enrolled(alice, [login("Bank")], here=False)


def replace(person: Person, hers: MadeDevice, file: bytes) -> dict[str, Any]:
    """The row that the server has from now on."""
    assert hers.document
    row = {**row_of(person), "file": file, "sha256": sha256_hex(file)}
    row |= {"counter": hers.document.manifest["counter"], "items": hers.document.manifest["items"]}
    restore_row(person, row)
    return row


def see_newer(page: Page, person: Person, hers: MadeDevice, pin: KeyPin | None = None) -> None:
    """This browser opens the version after the present one; then the server has the present one again."""
    older = row_of(person)
    hers.counter += 1
    newer = hers.write([login("Bank"), login("Of today")], base_sha256=older["sha256"], pin=pin)
    replace(person, hers, newer)
    open_vault(page, person)
    expect(page.locator(".item")).to_have_count(2)
    page.evaluate(KEY_STORE, ["fileAt", f"{hers.id}/vault"])
    restore_row(person, older)


def put_back(page: Page) -> None:
    """From the refusal to the saved vault, which has the items of both versions."""
    page.reload()
    expect(page.get_by_text(REFUSED)).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name=PUT_BACK).click()
    expect(page.locator(".item")).to_have_count(3, timeout=SLOW)


def test_putting_a_copy_back_takes_no_key_back(
    page: Page, alice: Person, hers: MadeDevice, organisation_key: ActiveKey
) -> None:
    first, second = organisation_key.key.public, make_key(alice.organisation_id, "Example", "Second", 2).public
    replace(alice, hers, hers.write([login("Bank")], pin={"epoch": 1, "fingerprint": first.fingerprint}))
    known: KeyPin = {"epoch": 2, "fingerprint": second.fingerprint}
    see_newer(page, alice, hers, known)
    put_back(page)
    expect(page.get_by_text("No cloud backup is made", exact=True)).to_be_visible(timeout=SLOW)
    assert document_of(alice).manifest["organisation_key"] == known
    assert page.evaluate(KEY_STORE, ["pinOf", alice.organisation_id]) == known
    with alice.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CloudBackup)) == 0


def test_putting_a_copy_back_takes_no_address_of_the_server(page: Page, alice: Person, hers: MadeDevice) -> None:
    """An older version of this epoch, from before addresses were sealed: the page’s would be sealed in its place."""
    assert hers.document
    draft: Any = {name: value for name, value in hers.document.manifest.items() if name != "account"}
    document = write(draft, hers.document.body, hers.seed)
    replace(alice, hers, seal_document(document, [recipient_of(hers.vault_key), recipient_of(hers.kit)]))
    see_newer(page, alice, hers)

    def lie(route: Route) -> None:
        got = route.fetch()
        route.fulfill(response=got, body=got.text().replace('data-account="alice@', 'data-account="accomplice@'))

    page.route("**/vault", lie)
    put_back(page)
    assert document_of(alice).manifest["account"] == alice.email


def test_putting_a_copy_back_keeps_the_devices_of_both(page: Page, alice: Person, hers: MadeDevice) -> None:
    older = alice.new_device()
    hers.listed = [older.entry()]
    replace(alice, hers, hers.write([login("Bank")]))
    newer = alice.new_device()
    hers.listed = [newer.entry()]
    see_newer(page, alice, hers)
    put_back(page)
    assert {each["id"] for each in document_of(alice).manifest["devices"]} == {hers.id, older.id, newer.id}


def test_trying_again_opens_no_vault_that_was_refused_as_older(page: Page, alice: Person, hers: MadeDevice) -> None:
    """This browser had no room for a copy of its own, so there is nothing to put back."""
    see_newer(page, alice, hers)
    page.evaluate(KEY_STORE, ["dropFile", f"{hers.id}/vault"])
    page.reload()
    page.get_by_role("button", name=PUT_BACK).click()
    expect(page.get_by_text("This browser has kept no copy of its own")).to_be_visible()
    page.get_by_role("button", name="Try Again").click()
    expect(page.get_by_text(REFUSED)).to_be_visible(timeout=SLOW)
    assert page.locator(".item").count() == 0
