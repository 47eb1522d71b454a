"""A lying server, genuine scripts, and a browser that could know better: nothing it was told before is overruled."""

import hashlib
import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import func, select

from tests.support.pages.browser_devices import SLOW, give_keys
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.invitations import fragment, invite
from tests.support.people.people import ActiveKey, backed_up, enrolled
from tests.support.people.person import Person
from tests.support.recovery.runs import approve_shown
from tests.support.recovery.self_service_pages import kit_file, kit_known, understand
from tests.support.vault.devices import MadeDevice, login
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

KEY_STORE = """async ([work, ...rest]) => {
  const address = new URL('../js/device/keystore.js', document.querySelector('link[rel=icon]').href);
  return (await import(address))[work](...rest);
}"""
EVIL = "a" * 32


@pytest.fixture
def page(live_server: object, new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


def type_pin(page: Page, digits: str = "") -> None:
    """On Create a New PIN, which may ask for the digits first."""
    expect(heading(page, "Create a New PIN")).to_be_visible()
    if digits:
        tell(page, digits)
    for label in ("New PIN", "New PIN, once more"):
        page.get_by_label(label, exact=True).fill("305817")
    page.get_by_role("button", name="Create PIN And Restore").click()


def restore(page: Page, alice: Person, bob: Person, key: ActiveKey) -> None:
    """Alice, signed in where the key is known, or one of its line: approved, with a new PIN typed, and no digits."""
    page.goto("/recovery")
    approve_shown(bob, key, ask(page))
    type_pin(page)


def approved_where(page: Page, alice: Person, bob: Person, key: ActiveKey, seen: dict[str, int]) -> str:
    """Alice asks in a browser that has seen a vault of this place, and Bob approves; the digits that he tells back."""
    device = enrolled(alice, [login("Bank")], here=False)
    backed_up(alice, key)
    page.goto("/sign-in")
    give_keys(page, device)
    page.evaluate(KEY_STORE, ["change", device.id, {"seen": {**seen, "sha256": "f" * 64}}])
    sign_in(page, alice.email, alice.password)
    page.wait_for_url("**/unlock**")  # where the vault’s page leads by itself
    page.goto("/recovery")
    return approve_shown(bob, key, ask(page))


def test_a_browser_that_has_seen_a_newer_vault_restores_no_older_one(
    page: Page, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    type_pin(page, approved_where(page, alice, bob, organisation_key, {"epoch": 1, "counter": 9}))
    expect(page.get_by_role("alert").filter(has_text="older")).to_be_visible(timeout=SLOW)
    with alice.app.app_context():
        assert db.session.get_one(User, alice.user_id).epoch == 1


def test_a_browser_that_knows_of_a_later_recovery_asks_whether_it_was_undone(
    page: Page, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    type_pin(page, approved_where(page, alice, bob, organisation_key, {"epoch": 2, "counter": 1}))
    expect(page.get_by_role("alert").filter(has_text="later recovery")).to_be_visible(timeout=SLOW)
    with alice.app.app_context():
        assert db.session.get_one(User, alice.user_id).epoch == 1
    page.get_by_label("I know that the later recovery was undone.").check()
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)


def with_key_on_record(alice: Person, key: ActiveKey) -> MadeDevice:
    """Alice’s vault says which recovery key was compared."""
    device, public = enrolled(alice, here=False), key.key.public
    device.document = None
    file = device.write([login("Bank")], pin={"epoch": public.epoch, "fingerprint": public.fingerprint})
    with alice.app.app_context(), transaction() as session:
        vault = session.scalars(select(Vault)).one()
        vault.file, vault.sha256 = file, hashlib.sha256(file).hexdigest()
    return device


def test_a_recovery_with_the_kit_takes_no_vault_of_another_line_than_this_browser_was_told(
    page: Page, alice: Person, organisation_key: ActiveKey
) -> None:
    device = with_key_on_record(alice, organisation_key)
    kit_known(alice)
    page.goto("/sign-in")
    page.evaluate(KEY_STORE, ["setPin", alice.organisation_id, {"fingerprint": EVIL}])
    sign_in(page, alice.email, alice.password)
    page.goto("/recovery/kit")
    page.get_by_label("File of your Recovery Kit").set_input_files(kit_file(alice, device.kit))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("It opens.")).to_be_visible(timeout=SLOW)
    understand(page)
    type_pin(page)
    slot = page.locator("#restore-finish-error[data-code=key_mismatch]")
    expect(slot.or_(heading(page, "Done")).first).to_be_visible(timeout=SLOW)
    with alice.app.app_context():
        assert db.session.get_one(User, alice.user_id).epoch == 1


def test_a_restore_takes_no_key_but_the_one_this_browser_was_told(
    page: Page, alice: Person, bob: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    with_key_on_record(alice, organisation_key)
    backed_up(alice, organisation_key)
    page.goto("/sign-in")
    page.evaluate(KEY_STORE, ["setPin", alice.organisation_id, {"fingerprint": EVIL}])
    sign_in(page, alice.email, alice.password)
    page.goto("/recovery/cloud/backups")
    page.get_by_role("button", name="Request Account Restore").click()
    expect(page.get_by_role("alert").filter(has_text="another recovery key")).to_be_visible(timeout=SLOW)
    with alice.app.app_context():
        assert not db.session.scalar(select(func.count()).select_from(RestoreRequest)), "nothing was asked"
    page.get_by_label("I know why").check()
    page.get_by_role("button", name="Request Account Restore").click()
    expect(page.get_by_text("You go on without digits")).to_be_visible(timeout=SLOW)
    digits = approve_shown(bob, organisation_key, page.locator("#fingerprint").inner_text())
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Type Digits After All").click()
    page.get_by_label("The six digits").fill(digits)
    page.get_by_role("button", name="Check the Digits").click()
    expect(page.get_by_text("so your recovery stays unconfirmed")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Type Digits After All")).to_be_hidden()
    screen(page, "digits-fit-another-key-is-known")
    type_pin(page)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    with alice.app.app_context():
        assert not db.session.scalar(select(func.count()).where(CloudBackup.epoch == 2))
        assert db.session.get_one(User, alice.user_id).key_unconfirmed_at


def test_the_server_names_no_key_in_an_invite_link(
    live_server: object, new_context: Callable[..., BrowserContext], bob: Person, organisation_key: ActiveKey
) -> None:
    page = enter(new_context(), bob)

    def answer(route: Route) -> None:
        got = route.fetch()
        lie = re.sub('data-link="([^"]+)"', rf'data-link="\1#k={EVIL}&amp;x="', got.text())
        route.fulfill(response=got, body=lie)

    page.route("**/admin/invites", answer)
    page.goto("/admin/users")
    page.get_by_label("Email address").fill("dora@example.org")
    page.get_by_role("button", name="Make Invite Link").click()
    expect(page.locator("#invite-address")).to_have_text(re.compile("/join/"))
    assert organisation_key.key.public.fingerprint[:4] not in page.locator("#invite-link").inner_text()
    page.get_by_label("Recovery key file").set_input_files(
        {"name": "key.txt", "mimeType": "text/plain", "buffer": organisation_key.file}
    )
    expect(page.locator("#invite-address")).to_contain_text(fragment(organisation_key))
    link = page.locator("#invite-address").inner_text().strip()
    assert f"#{link.partition('#')[2]}" == fragment(organisation_key)


def test_a_redirect_names_no_key_to_an_invited_browser(
    page: Page, app: Flask, olga: Person, organisation_key: ActiveKey
) -> None:
    path, hops = invite(app, olga.organisation_id), list[str]()

    def answer(route: Route) -> None:
        if hops:
            route.continue_()
        else:
            hops.append(route.request.url)
            route.fulfill(status=303, headers={"Location": f"{path}?x=1#k={EVIL}"})

    page.route(re.compile("/join/"), answer)
    page.goto(path + fragment(organisation_key))
    page.locator("invite-pin[data-state=none]").wait_for(state="attached")
    assert hops
    assert page.evaluate(KEY_STORE, ["pinOf", olga.organisation_id]) is None


def test_a_later_link_names_no_other_key_to_a_browser_that_was_told_one(
    page: Page, app: Flask, olga: Person, organisation_key: ActiveKey
) -> None:
    """Whoever was invited can put another fragment behind their link and send that on, and so can a page."""
    for named in (fragment(organisation_key), f"#k={EVIL}"):
        page.goto(invite(app, olga.organisation_id) + named)
        page.locator("invite-pin[data-state=kept]").wait_for(state="attached")
    kept = page.evaluate(KEY_STORE, ["pinOf", olga.organisation_id])
    assert kept == {"fingerprint": organisation_key.key.public.fingerprint[:32], "by": "link", "disputed": True}
