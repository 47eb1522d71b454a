"""A restore request of version 1 that is open at the upgrade: it is finished as one, and nobody has compared a key."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from sqlalchemy import func, select

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import ask, heading
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.first_requests import SECOND
from tests.support.vault.devices import login
from webapp.client.formats.encoding import from_base64
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup

PIN = "305817"
AS_FIRST = """async ([user, names]) => {
  const place = document.querySelector('link[rel=icon]').href;
  const load = (name) => import(new URL(`../js/${name}.js`, place));
  const { change, devicesOf, keysOf } = await load('device/keystore');
  const { base64, utf8 } = await load('crypto/bytes');
  const { sign } = await load('crypto/signatures');
  const device = (await devicesOf(user)).find(({ request }) => request);
  const { id, exact: second } = device.request;
  const kept = Object.entries(JSON.parse(second)).filter(([name]) => !names.includes(name));
  const exact = JSON.stringify({ ...Object.fromEntries(kept), v: 1 });
  const signature = base64(await sign('spare-key/v1/restore-request', utf8(exact), (await keysOf(device)).signingKey));
  await change(device.id, { request: { id, exact } });
  return { exact, signature };
}"""
"""What a browser of before the upgrade has kept of its request, and has signed."""


def made_first(app: Flask, page: Page, user: str) -> str:
    """The open request becomes one of version 1, in this browser and on the server; the characters to read out."""
    made = page.evaluate(AS_FIRST, [user, list(SECOND)])
    with app.app_context(), transaction() as session:
        row = session.scalars(select(RestoreRequest)).one()
        row.exact, row.signature = made["exact"], from_base64(made["signature"])
        fingerprint = row.fingerprint
    page.reload()
    return fingerprint


def approve_at_desk(desk: Page, fingerprint: str, key: ActiveKey) -> None:
    file: FilePayload = {"name": "key.txt", "mimeType": "text/plain", "buffer": key.file}
    desk.goto("/admin/")
    desk.get_by_role("link", name="Review the request of Alice").click()
    desk.get_by_label("Recovery key file").set_input_files(file)
    desk.get_by_label("The 16 characters").fill(fingerprint)
    desk.get_by_role("button", name="Compare", exact=True).click()
    expect(desk.get_by_text("so there are no digits to tell")).to_be_visible(timeout=SLOW)
    expect(desk.locator("#digits-to-tell")).to_be_hidden()
    desk.get_by_role("button", name="Approve for This Member").click()
    expect(desk.get_by_text("Approved by").first).to_be_visible(timeout=SLOW)


def test_a_request_from_before_the_upgrade_is_finished_as_one_unconfirmed(
    app: Flask,
    live_server: object,
    new_context: Callable[..., BrowserContext],
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
) -> None:
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = enter(new_context(), alice)
    page.goto("/recovery")
    ask(page)
    fingerprint = made_first(app, page, alice.user_id)
    expect(page.locator("#fingerprint")).to_have_text(" ".join(fingerprint[i : i + 4] for i in range(0, 16, 4)))
    expect(page.get_by_text("so there are no digits to type")).to_be_visible()
    approve_at_desk(enter(new_context(), bob), fingerprint, organisation_key)
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    for label in ("New PIN", "New PIN, once more"):
        page.get_by_label(label, exact=True).fill(PIN)
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", name="Spare Key Recovery Kit")).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-part=kit-key]")).to_be_hidden()
    with app.app_context():
        user = db.session.get_one(User, alice.user_id)
        backups = db.session.scalar(select(func.count()).where(CloudBackup.epoch == 2))
        assert (user.epoch, bool(user.key_unconfirmed_at), backups) == (2, True, 0)
