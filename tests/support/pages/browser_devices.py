"""Real browsers that hold the keys of a made device, and the way from signing in to an open vault."""

from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page

from tests.support.people.people import Person, be_at
from tests.support.run import patience
from tests.support.vault.devices import PIN, MadeDevice
from webapp.client.crypto.identities import scalar_of
from webapp.client.formats.encoding import to_base64

SLOW = patience.DERIVED
"""Milliseconds for what derives keys: a second on a quiet machine, where they are not cheap."""

# The key store’s own format, with keys that can’t be exported, as `makeDevice` would have left them.
STORE = """async ({ record, seed, scalar, salt }) => {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const start = (oid) => [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, oid, 4, 0x22, 4, 0x20];
  const pkcs8 = (oid, secret) => Uint8Array.of(...start(oid), ...bytes(secret));
  const agree = await crypto.subtle.importKey('pkcs8', pkcs8(0x6e, scalar), 'X25519', false, ['deriveBits']);
  const sign = await crypto.subtle.importKey('pkcs8', pkcs8(0x70, seed), 'Ed25519', false, ['sign']);
  const address = new URL('../js/device/keystore.js', document.querySelector('link[rel=icon]').href);
  await (await import(address)).devicesOf('nobody');  // makes the stores
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open('spare-key');
    opening.onsuccess = () => resolve(opening.result);
  });
  const writing = database.transaction(['devices', 'keys'], 'readwrite');
  writing.objectStore('devices').put({ ...record, salts: { 1: bytes(salt) } }, record.id);
  writing.objectStore('keys').put({ key: agree }, `${record.id}/agree`);
  writing.objectStore('keys').put({ key: sign }, `${record.id}/sign`);
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  database.close();
}"""


def give_keys(page: Page, device: MadeDevice, state: str = "enrolled") -> None:
    """Make this browser profile the one that holds the device’s keys. The page must be one of ours."""
    record = {
        "id": device.id,
        "organisation": device.organisation,
        "user": device.user,
        "name": device.name,
        "state": state,
        "recipient": device.recipient,
        "sign": to_base64(device.sign_public),
        "made_at": "2026-11-22T16:10:46Z",
        "seen": None,
    }
    secrets = {"seed": device.seed, "scalar": scalar_of(device.identity), "salt": device.salt}
    page.evaluate(STORE, {"record": record, **{name: to_base64(value) for name, value in secrets.items()}})


def sign_in(page: Page, person: Person) -> None:
    """Fill in and send the form that the page shows, or that /sign-in shows."""
    if "/sign-in" not in page.url:
        page.goto("/sign-in")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Sign in").click()


def type_pin(page: Page, pin: str = PIN) -> None:
    """On the page that asks for it."""
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Unlock").click()


def open_vault(page: Page, person: Person, device: MadeDevice | None = None) -> None:
    """From nothing to the open vault, in a browser that is the person’s device. Its session is one of its own, and the
    way to it by the page that asks for the password is tested in test_unlock."""
    device = device or person.device
    assert device
    client = person.another_browser()
    be_at(person, device, client, locked=True)
    use_session(page.context, person, client)
    unlock_here(page, device)


def use_session(context: BrowserContext, person: Person, client: FlaskClient) -> None:
    """Give the browser the session of a client that is signed in."""
    cookie = client.get_cookie("sparekey")
    assert cookie
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": person.app.config["PUBLIC_URL"]}])


def unlock_here(page: Page, device: MadeDevice) -> None:
    """From the session of somebody who was at this device to their open vault."""
    page.goto("/unlock")
    give_keys(page, device)
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)
    page.locator("item-list").wait_for(timeout=SLOW)
