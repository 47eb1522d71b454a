"""The Backup Center in a real browser: by hand, by itself, and never to a key nobody told the member about."""

import json

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault, type_pin
from tests.support.pages.chromium import Screens
from tests.support.people.people import ActiveKey, Person, add_organisation_key, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import add_login
from webapp.client.formats.cloud_backups import backup_identity, open_share_a, require_writer
from webapp.client.formats.documents import open_document
from webapp.client.formats.recovery_keys import make_key
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault


@pytest.fixture
def home(alice: Person, organisation_key: ActiveKey, page: Page) -> Page:
    """Alice’s open vault, with cloud backups on; the first has just been made."""
    public = organisation_key.key.public
    device = enrolled(alice, [login()], here=False)
    file = device.write([login()], pin={"epoch": public.epoch, "fingerprint": public.fingerprint})
    with alice.app.app_context(), transaction():
        user = User.locked(alice.user_id)
        user.cloud_backups_at, user.cloud_backups_fingerprint = user.created_at, public.fingerprint
        vault = Vault.current(user)
        assert vault
        vault._put(device.id, 1, file)
    with page.expect_response(lambda answer: answer.url.endswith("/backups") and answer.status == 200, timeout=SLOW):
        open_vault(page, alice)
    return page


def count(person: Person) -> int:
    with person.app.app_context():
        return CloudBackup.count(person.user_id)


def newest_items(person: Person) -> int | None:
    with person.app.app_context():
        newest = CloudBackup.newest(person.user_id)
        return newest.items if newest else None


def other_key(person: Person) -> None:
    """What a server does that wants to read backups: it names a key of its own as the organisation’s."""
    with person.app.app_context(), transaction():
        row = OrganisationKey.active(person.organisation_id)
        assert row
        forged = make_key(person.organisation_id, "Example Works", row.name, row.epoch).public
        row.recipient, row.sign_public, row.fingerprint = forged.recipient, forged.sign, forged.fingerprint
        User.locked(person.user_id).cloud_backups_fingerprint = forged.fingerprint


def test_the_first_backup_comes_by_itself_and_opens_with_both_shares(
    app: Flask, alice: Person, organisation_key: ActiveKey, home: Page, screen: Screens
) -> None:
    home.goto("/backups")
    expect(home.get_by_role("cell", name="First key")).to_be_visible()
    screen(home, "backups")
    with app.app_context():
        newest = CloudBackup.newest(alice.user_id)
        assert newest
        row = CloudBackup.with_file(newest.id)
        assert row
        share_a = open_share_a(row.share_a, organisation_key.key)
        document = open_document(row.file, [backup_identity(share_a, row.open_share_s())])
        require_writer(share_a, document)
        assert document.body["items"][0]["title"] == "Example"
        assert json.loads(row.meta)["items"] == row.items == 1


def test_one_more_is_made_when_asked(alice: Person, home: Page) -> None:
    home.goto("/backups")
    expect(home.get_by_role("row")).to_have_count(2)
    home.get_by_role("button", name="Back Up Now").click()
    expect(home.get_by_text("Your vault is backed up")).to_be_visible(timeout=SLOW)
    expect(home.get_by_role("row")).to_have_count(3)
    assert count(alice) == 2


def test_by_itself_it_happens_at_most_hourly(alice: Person, home: Page, clock: MovableClock) -> None:
    expect(home.locator(".item")).to_have_count(1)
    add_login(home, "Second")
    expect(home.get_by_role("heading", name="Second")).to_be_visible(timeout=SLOW)
    home.goto("/backups")
    assert count(alice) == 1
    clock.advance(minutes=61)
    home.goto("/vault")
    home.wait_for_url("**/unlock?next=**")
    made = lambda answer: answer.url.endswith("/backups") and answer.request.method == "POST"  # noqa: E731
    with home.expect_response(made, timeout=SLOW):
        type_pin(home)
    assert count(alice) == 2
    clock.advance(minutes=61)
    home.goto("/vault")
    with home.expect_response("**/organisation/key", timeout=SLOW):
        type_pin(home)
    # Nothing changed since, so none is made: one made all the same would leave the next change too soon for another.
    made = lambda answer: answer.url.endswith("/backups") and answer.request.method == "POST"  # noqa: E731
    with home.expect_response(made, timeout=SLOW):
        add_login(home, "Third")
    assert count(alice) == 3
    assert newest_items(alice) == 3


def test_another_key_is_a_red_page_and_no_backup(alice: Person, home: Page, screen: Screens) -> None:
    home.goto("/backups")
    made = count(alice)
    other_key(alice)
    home.reload()
    home.get_by_role("button", name="Back Up Now").click()
    expect(home.get_by_text("This is another key than the one you know")).to_be_visible(timeout=SLOW)
    screen(home, "backups-other-key")
    home.get_by_label("First 16 characters of the recovery key").fill("a" * 16)
    home.get_by_role("button", name="Turn On Cloud Backups").click()
    expect(home.get_by_role("alert").filter(has_text="not the characters of the key")).to_be_visible(timeout=SLOW)
    assert count(alice) == made


def test_another_key_shows_in_the_vault_too(alice: Person, home: Page, clock: MovableClock) -> None:
    expect(home.locator(".item")).to_have_count(1)
    add_login(home, "Second")
    expect(home.get_by_role("heading", name="Second")).to_be_visible(timeout=SLOW)
    made = count(alice)
    other_key(alice)
    clock.advance(minutes=61)
    home.goto("/vault")
    type_pin(home)
    expect(home.get_by_text("No cloud backup is made", exact=True)).to_be_visible(timeout=SLOW)
    expect(home.locator(".item")).to_have_count(2)
    assert count(alice) == made


def test_a_key_the_honest_server_knows_to_be_new_is_asked_about(alice: Person, olga: Person, home: Page) -> None:
    with alice.app.app_context(), transaction() as session:
        row = OrganisationKey.active(alice.organisation_id)
        assert row
        row.state = KeyState.DISABLED
        session.flush()
    new = add_organisation_key(olga, "Second key")
    home.goto("/backups")
    expect(home.get_by_text("This is another key than the one you know")).to_be_visible(timeout=SLOW)
    home.get_by_label("First 16 characters of the recovery key").fill(new.key.public.fingerprint[:16])
    home.get_by_role("button", name="Turn On Cloud Backups").click()
    expect(home.get_by_role("button", name="Back Up Now")).to_be_visible(timeout=SLOW)
    expect(home.get_by_role("cell", name="Second key")).to_be_visible()


def test_a_backup_that_does_not_get_through_says_so(alice: Person, home: Page) -> None:
    home.goto("/backups")
    made = count(alice)
    home.route("**/backups", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    home.get_by_role("button", name="Back Up Now").click()
    expect(home.get_by_text("The server can’t be reached. Nothing is lost")).to_be_visible(timeout=SLOW)
    assert count(alice) == made


def test_a_locked_vault_asks_for_the_pin_first(home: Page) -> None:
    home.get_by_role("button", name="Lock").click()
    home.wait_for_url("**/unlock")
    home.goto("/backups")
    home.get_by_role("button", name="Back Up Now").click()
    home.wait_for_url("**/unlock?next=%2Fbackups")
    type_pin(home)
    home.wait_for_url("**/backups", timeout=SLOW)
