"""Opening and saving a vault of 10,000 items, against packing and parsing alone, in the browser and in Python."""

import gzip
import json
import random
from typing import Any

from playwright.sync_api import Page

from tests.bench.conftest import Results
from tests.bench.measuring import IN_TURNS, Ratio, turn_by_turn
from tests.support.vault.devices import MadeDevice, login
from webapp.client.crypto.identities import recipient_of
from webapp.client.crypto.sealing import unseal
from webapp.client.formats import documents
from webapp.client.formats.document_shapes import Item
from webapp.client.formats.encoding import new_id

COUNT, ROUNDS = 10_000, 5
PART = "A vault of 10,000 items"
WORDS = "amber bridge copper dune ember fern garnet harbour iris juniper kettle lantern maple north ocean pebble"

IN_THE_BROWSER = """async ({ key, rounds }) => {
  const load = (name) => import(new URL(`../js/${name}`, document.querySelector('link[rel=icon]').href));
  const { read, write } = await load('crypto/documents.js');
  const { recipientOf } = await load('crypto/identities.js');
  const file = new Uint8Array(await (await fetch('/vault-of-the-bench')).arrayBuffer());
  const { plaintext, manifest, body } = await read(file, [key]);
  const through = async (bytes, stream) => (
    new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer()));
  const unpacked = () => through(packed, new DecompressionStream('gzip'));
  const packed = await through(plaintext, new CompressionStream('gzip'));
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const sign = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))));
  const device = { ...manifest.devices[0], sign };
  const recipients = [await recipientOf(key), body.keyring.kit.recipient];
  const works = {
    open: () => read(file, [key]),
    parse: async () => JSON.parse(new TextDecoder().decode(await unpacked()).split('\\n')[2]),
    save: () => write({ manifest: { ...manifest, devices: [device] }, body, signingKey: pair.privateKey, recipients }),
    pack: () => through(plaintext, new CompressionStream('gzip')),
  };
  return (IN_TURNS)(works, rounds);
}""".replace("IN_TURNS", IN_TURNS)


def items() -> list[Item]:
    """Logins as people have them: short words, some notes, a password each."""
    chance, words = random.Random(10_000), WORDS.split()
    made = []
    for _ in range(COUNT):
        first, second = chance.choices(words, k=2)
        item = login(f"{first} {second}", f"{first}@{second}.example", chance.randbytes(9).hex())
        notes = " ".join(chance.choices(words, k=12)) if chance.random() < 0.3 else ""
        made.append({**item, "url": f"https://{second}.example/{first}", "notes": notes})
    return made  # type: ignore[return-value]


def made() -> MadeDevice:
    device = MadeDevice("http://localhost", new_id(), new_id())
    device.write(items())
    return device


def ratios(where: str, cost: dict[str, Any], parse: str) -> list[Ratio]:
    return [
        Ratio(f"open: decrypt, inflate, verify, check, {where}", parse, cost["open"], cost["parse"], "ms"),
        Ratio(f"save: check, sign, pack, encrypt, {where}", "gzip of the same bytes", cost["save"], cost["pack"], "ms"),
    ]


def test_in_the_browser(results: Results, page: Page) -> None:
    device = made()
    page.route("**/vault-of-the-bench", lambda route: route.fulfill(body=device.file))
    page.goto("/sign-in")
    assert page.context.browser
    results.browser = f"Chromium {page.context.browser.version}"
    cost = page.evaluate(IN_THE_BROWSER, {"key": device.vault_key, "rounds": ROUNDS})
    assert device.document
    size = f"{len(device.file) / 1e6:.1f} MB, {len(device.document.lines) / 1e6:.1f} MB inflated"
    results.add(PART, *ratios("Chromium", cost, "inflate and JSON.parse"), note=f"The file: {size}.")


def test_in_python(results: Results) -> None:
    device = made()
    document = device.document
    assert document
    packed = unseal(device.file, [device.vault_key])
    recipients = [recipient_of(device.vault_key), recipient_of(device.kit)]
    draft: Any = {
        name: value for name, value in document.manifest.items() if name not in {"format", "items", "body_sha256"}
    }

    def save() -> None:
        documents.seal_document(documents.write(draft, document.body, device.seed), recipients)

    cost = turn_by_turn(
        {
            "open": lambda: documents.open_document(device.file, [device.vault_key]),
            "parse": lambda: json.loads(gzip.decompress(packed).split(b"\n")[2]),
            "save": save,
            "pack": lambda: gzip.compress(document.lines),
        },
        ROUNDS,
    )
    results.add(PART, *ratios("Python", cost, "gunzip and json.loads"))
