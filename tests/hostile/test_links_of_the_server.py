"""A link that names a recovery key, in a page or an answer of a server that lies: alone it sets no root of trust."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import func, select

from tests.hostile.test_swapped_keys import EVIL, KEY_STORE
from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Complaints
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import ask, heading, sign_in
from tests.support.people.invitations import accept, choose_pin, confirm_kit, fragment, invite
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.recovery.self_service_pages import choose_pin as choose_new_pin
from tests.support.recovery.self_service_pages import kit_file, kit_known, open_kit, understand
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import restore_row, row_of
from webapp.client.crypto.identities import recipient_of
from webapp.client.formats.documents import seal_document, write
from webapp.client.formats.encoding import sha256_hex, unframe
from webapp.database import db
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def blank(live_server: object, new_context: Contexts, alice: Person, organisation_key: ActiveKey) -> Page:
    """Alice, who has a vault and a cloud backup, signed in with a browser that knows nothing."""
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    return page


def lying(page: Page, address: str, old: str, new: str) -> None:
    """From now on, what comes from there has `new` in the place of `old`."""

    def answer(route: Route) -> None:
        got = route.fetch()
        route.fulfill(response=got, body=got.text().replace(old, new))

    page.route(address, answer)


def is_unconfirmed(person: Person) -> bool:
    """Whether no key is on record, and nothing backed up since."""
    with person.app.app_context():
        made = db.session.scalar(select(func.count()).where(CloudBackup.epoch == 2))
        return not made and db.session.get_one(User, person.user_id).key_unconfirmed_at is not None


def finish_unconfirmed(page: Page, bob: Person, key: ActiveKey) -> None:
    """Up to the click that ends a recovery without digits."""
    fingerprint = ask(page)
    page.get_by_role("button", name="They Didn’t Give Me Any").click()
    approve_shown(bob, key, fingerprint)
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    for label in ("New PIN", "New PIN, once more"):
        page.get_by_label(label, exact=True).fill("305817")
    page.get_by_role("button", name="Create PIN And Restore").click()


def test_where_the_last_step_leads_names_no_key(
    blank: Page, alice: Person, bob: Person, organisation_key: ActiveKey, complaints: Complaints
) -> None:
    """An address with a fragment is no answer of ours: `next` would read as a link that somebody handed over."""
    lies: list[str] = []

    def lie(route: Route) -> None:
        got = route.fetch()
        lies.append(json.dumps({**got.json(), "next": f"/backups#k={EVIL}"}))
        route.fulfill(response=got, body=lies[-1])

    blank.route("**/finish", lie)
    finish_unconfirmed(blank, bob, organisation_key)
    expect(blank.locator("#restore-finish-error")).to_be_visible(timeout=SLOW)
    assert lies
    assert "/backups" not in blank.url
    assert blank.evaluate(KEY_STORE, ["pinOf", alice.organisation_id]) is None
    complaints.forgive()


def test_a_link_in_a_page_of_the_server_spares_nobody_the_digits(
    live_server: object, new_context: Contexts, alice: Person, organisation_key: ActiveKey, app: Flask
) -> None:
    """Before anything is asked for: an ordinary link, no redirect, leads over an address with a fragment."""
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page, named = new_context().new_page(), organisation_key.key.public.fingerprint[:32]  # any key of the server’s
    link = f'<p id=lie><a href="{invite(app, alice.organisation_id)}#k={named}">Sign in</a></p></main>'
    lying(page, "**/sign-in", "</main>", link)
    page.goto("/sign-in")
    page.locator("#lie a").click()
    page.locator("invite-pin[data-state=kept]").wait_for(state="attached")
    page.unroute("**/sign-in")
    sign_in(page, alice.email, alice.password)
    ask(page)
    expect(page.get_by_label("The six digits")).to_be_visible()


@pytest.mark.parametrize("path", ["/backups", "/settings"])
def test_a_link_to_who_has_a_vault_records_nothing_before_they_say_where_it_is_from(
    blank: Page, alice: Person, bob: Person, organisation_key: ActiveKey, path: str
) -> None:
    finish_unconfirmed(blank, bob, organisation_key)
    expect(heading(blank, "Done")).to_be_visible(timeout=SLOW)
    blank.goto(f"{path}#k={organisation_key.key.public.fingerprint[:32]}")
    turn_on = blank.get_by_role("button", name="Turn On Cloud Backups")
    turn_on.click()
    expect(blank.get_by_text("Tick the box only if that is where the link is from")).to_be_visible()
    assert is_unconfirmed(alice)
    assert blank.evaluate(KEY_STORE, ["pinOf", alice.organisation_id]) is None
    blank.reload()
    expect(blank.get_by_label("First 16 characters of the recovery key")).to_be_visible(timeout=SLOW)


def test_what_a_link_named_before_a_recovery_spares_no_characters_after_it(
    blank: Page, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    named = organisation_key.key.public.fingerprint[:32]
    blank.evaluate(KEY_STORE, ["setPin", alice.organisation_id, {"fingerprint": named, "by": "link"}])
    finish_unconfirmed(blank, bob, organisation_key)
    expect(heading(blank, "Done")).to_be_visible(timeout=SLOW)
    blank.goto("/backups")
    expect(blank.get_by_label("First 16 characters of the recovery key")).to_be_visible(timeout=SLOW)


def test_a_recovery_of_ones_own_takes_no_key_that_a_link_named(
    live_server: object, new_context: Contexts, alice: Person, organisation_key: ActiveKey
) -> None:
    """The vault is unconfirmed; without the link it would stay so."""
    device, named = enrolled(alice, here=False), organisation_key.key.public.fingerprint[:32]
    assert device.document
    draft: Any = {**device.document.manifest, "unconfirmed_since": "2026-11-01T00:00:00Z"}
    document = write(draft, device.document.body, device.seed)
    file = seal_document(document, [recipient_of(device.vault_key), recipient_of(device.kit)])
    restore_row(alice, {**row_of(alice), "file": file, "sha256": sha256_hex(file)})
    kit_known(alice)
    page = new_context().new_page()
    page.goto("/sign-in")
    page.evaluate(KEY_STORE, ["setPin", alice.organisation_id, {"fingerprint": named, "by": "link"}])
    page = enter(page.context, alice)
    open_kit(page, kit_file(alice, device.kit))
    understand(page)
    with page.expect_request("**/recovery/own/finish", timeout=SLOW) as finishing:
        choose_new_pin(page)
    header, _ = unframe(finishing.value.post_data_buffer or b"")
    assert header["organisation_key"] is None
    assert page.evaluate(KEY_STORE, ["pinOf", alice.organisation_id]) == {"fingerprint": named, "by": "link"}


def test_of_two_links_that_differ_neither_spares_the_characters_at_joining(
    live_server: object, new_context: Contexts, app: Flask, olga: Person, organisation_key: ActiveKey
) -> None:
    """Whichever came first can be the server’s."""
    page, link = new_context().new_page(), invite(app, olga.organisation_id)
    page.goto(invite(app, olga.organisation_id, "erin@example.org") + fragment(organisation_key))
    page.locator("invite-pin[data-state=kept]").wait_for(state="attached")
    page.goto(f"{link}#k={EVIL}")
    page.locator("invite-pin[data-state=kept]").wait_for(state="attached")
    accept(page, link)
    choose_pin(page)
    confirm_kit(page)
    expect(page.get_by_label("First 16 characters of the recovery key")).to_be_visible(timeout=SLOW)
