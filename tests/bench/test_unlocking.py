"""Unlocking with the right PIN, against nothing but its Argon2id."""

import secrets

from playwright.sync_api import Page

from tests.bench.conftest import Results
from tests.bench.measuring import IN_TURNS, Ratio, turn_by_turn
from tests.support.pages.open_pages import Contexts, enter
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import PIN
from webapp.client.device.lock import stretch

ROUNDS = 7
IN_THE_BROWSER = """async ({ pin, device, rounds }) => {
  const load = (name) => import(new URL(`../js/${name}`, document.querySelector('link[rel=icon]').href));
  const { unlockWith } = await load('device/unlock.js');
  const { argon2id } = await load('../vendor/crypto.js');
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const works = {
    unlock: () => unlockWith(pin, device),
    bare: () => argon2id(new TextEncoder().encode(pin), salt, { m: 19456, t: 2, p: 1, dkLen: 32 }),
  };
  return (IN_TURNS)(works, rounds);
}""".replace("IN_TURNS", IN_TURNS)


def test_in_the_browser(
    results: Results, real_pins: None, alice: Person, live_server: object, new_context: Contexts
) -> None:
    device = enrolled(alice)
    page: Page = enter(new_context(), alice, device)
    cost = page.evaluate(IN_THE_BROWSER, {"pin": PIN, "device": device.id, "rounds": ROUNDS})
    native = turn_by_turn({"argon": lambda: stretch(PIN, secrets.token_bytes(16))}, ROUNDS)["argon"]
    against = "Argon2id alone, in the page"
    results.add(
        "Unlocking",
        Ratio(
            "PIN to open vault key, Chromium, with a worker and the server", against, cost["unlock"], cost["bare"], "ms"
        ),
        Ratio("Argon2id in the browser (@noble/hashes)", "the same by OpenSSL", cost["bare"], native, "ms"),
        note="Argon2id: 19 MiB, 2 passes, 1 lane.",
    )
