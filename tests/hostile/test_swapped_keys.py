"""A lying server, genuine scripts, and a browser that could know better: nothing it was told before is overruled."""

import hashlib
import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import func, select

from tests.support.browser_devices import SLOW, give_keys
from tests.support.devices import login
from tests.support.entering import enter
from tests.support.joining import fragment, invite
from tests.support.people import ActiveKey, backed_up, enrolled
from tests.support.person import Person
from tests.support.restoring import approve_shown
from tests.support.touring import ask, heading, sign_in
from webapp.database import db, transaction
from webapp.models import CloudBackup, User, Vault

KEY_STORE = """async ([work, ...rest]) => {
  const address = new URL('keystore.js', document.querySelector('script[type=module]').src);
  return (await import(address))[work](...rest);
}"""
EVIL = "a" * 32


@pytest.fixture
def page(live_server: object, new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


def restore(page: Page, alice: Person, bob: Person, key: ActiveKey) -> None:
    """Alice, signed in and without her PIN: approved, with a new PIN typed."""
    page.goto("/recovery")
    approve_shown(bob, key, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible()
    for label in ("New PIN", "New PIN, once more"):
        page.get_by_label(label, exact=True).fill("305817")
    page.get_by_role("button", name="Create PIN And Restore").click()


def test_a_browser_that_has_seen_a_newer_vault_restores_no_older_one(
    page: Page, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    device = enrolled(alice, [login("Bank")], here=False)
    backed_up(alice, organisation_key)
    page.goto("/sign-in")
    give_keys(page, device)
    page.evaluate(KEY_STORE, ["change", device.id, {"seen": {"epoch": 1, "counter": 9, "sha256": "f" * 64}}])
    sign_in(page, alice.email, alice.password)
    restore(page, alice, bob, organisation_key)
    expect(page.get_by_role("alert").filter(has_text="older")).to_be_visible(timeout=SLOW)
    with alice.app.app_context():
        assert db.session.get_one(User, alice.user_id).epoch == 1


def test_a_restore_takes_no_key_but_the_one_this_browser_was_told(
    page: Page, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    device, public = enrolled(alice, here=False), organisation_key.key.public
    device.document = None
    file = device.write([login("Bank")], pin={"epoch": public.epoch, "fingerprint": public.fingerprint})
    with alice.app.app_context(), transaction() as session:
        vault = session.scalars(select(Vault)).one()
        vault.file, vault.sha256 = file, hashlib.sha256(file).hexdigest()
    backed_up(alice, organisation_key)
    page.goto("/sign-in")
    page.evaluate(KEY_STORE, ["setPin", alice.organisation_id, {"fingerprint": EVIL}])
    sign_in(page, alice.email, alice.password)
    restore(page, alice, bob, organisation_key)
    expect(page.get_by_role("alert").filter(has_text="key")).to_be_visible(timeout=SLOW)
    with alice.app.app_context():
        assert not db.session.scalar(select(func.count()).where(CloudBackup.epoch == 2))


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
    page.wait_for_function("() => customElements.get('invite-pin')")
    assert hops
    assert page.evaluate(KEY_STORE, ["pinOf", olga.organisation_id]) is None


def test_a_later_link_names_no_other_key_to_a_browser_that_knows_one(
    page: Page, app: Flask, olga: Person, organisation_key: ActiveKey
) -> None:
    """Whoever was invited can put another fragment behind their link and send that on, and so can a page."""
    for named in (fragment(organisation_key), f"#k={EVIL}"):
        page.goto(invite(app, olga.organisation_id) + named)
        page.locator("invite-pin[data-state=kept]").wait_for(state="attached")
    kept = page.evaluate(KEY_STORE, ["pinOf", olga.organisation_id])
    assert kept == {"fingerprint": organisation_key.key.public.fingerprint[:32]}
