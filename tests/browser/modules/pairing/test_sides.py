"""Both sides of a pairing with a server in between that checks nothing: tries are noted, and no fork is written on."""

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.browser.modules.conftest import Answer, Modules, Site
from tests.browser.modules.crypto.test_pairing import STORY
from webapp.crypto.framing import frame, unframe

# The member's two devices as this browser keeps them; `old` is about to let `fresh` in.
SIDES = (
    STORY
    + """
const [store, other_side, new_side, seen] = await Promise.all(
  ['device/keystore', 'pairing/host', 'pairing/joiner', 'device/vault-watermark'].map(load));
const make = async (name) => {
  const device = await store.makeDevice({ ...place, name });
  return { ...device, device: device.id, ...(await store.keysOf(device)) };
};
const [showing, typing] = [await make('Old'), await make('New')];
const announced = await announceAs(typing);
await store.change(typing.id, { pairing: { id: announced.pairing, exact: announced.exact } });
const parts = { ...place, ...announced, announcement: announced.exact, announcementSignature: announced.signature };
"""
)
VAULT = """
const kit = { number: 1, recipient: await identities.recipientOf(identities.makeIdentity()), made_at: bytes.now() };
const { id, sign, recipient, signingKey } = showing;
const writeVault = async (counter, more = {}) => documents.write({
  manifest: { ...place, account: 'alice@example.org', epoch: 1, counter, device: id, base_sha256: '', devices:
    [{ id, sign, recipient, name: 'Old' }], organisation_key: null },
  body: { items: [], tombstones: [], keyring: { epochs: [{ epoch: 1, key: V }], kit, ...more } },
  signingKey, recipients: [await identities.recipientOf(V), kit.recipient],
});
const post = (name, json) => fetch(name, { method: 'POST', body: JSON.stringify(json) });
const letIn = async (known, served) => {
  await store.change(id, { seen: seen.watermarkOf(known), codes: [] });
  await post('/serve', { file: base64(served.file) });
  const run = await other_side.makeOffer(showing, parts);
  const { offer: exact, signature } = await (await post('/last-offer', {})).json();
  const { message } = await pairing.answer({ exact: announced.exact, offer: { exact, signature }, code: run.code });
  const found = await code(() => other_side.letIn({ device: showing, vaultKey: V }, run, message));
  const record = await store.deviceBy(id);
  return [found, record.seen.counter, record.codes.length];
};
"""


class Between:
    """Hands out challenges and the file it was given, and remembers what else came."""

    def __init__(self) -> None:
        self.file = b""
        self.heard: dict[str, list[bytes]] = {}

    def __call__(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        what = path.rpartition("/")[2]
        if what == "challenge":
            return said({"challenge": base64.b64encode(bytes(32)).decode()})
        if what == "serve":
            self.file = base64.b64decode(json.loads(body)["file"])
        if what == "vault":
            place = {"epoch": 1, "counter": 1, "sha256": hashlib.sha256(self.file).hexdigest(), "kit": 1}
            return 200, "application/octet-stream", frame({**place, "size": len(self.file)}, self.file)
        if what == "last-offer":
            return said(json.loads(self.heard["offer"][-1]))
        if what == "last-confirmation":
            return said({"confirmation": base64.b64encode(self.heard["confirmation"][-1]).decode()})
        self.heard.setdefault(what, []).append(body)
        return said({"pairing": path.split("/")[-2], **stored(what, body)})


def stored(what: str, body: bytes) -> dict[str, Any]:
    """What the answer repeats of what was sent."""
    if what in ("offer", "answer"):
        return {"sha256": hashlib.sha256(json.loads(body)[what].encode()).hexdigest()}
    if what == "confirmation":
        header, _ = unframe(body)
        return {"epoch": header["epoch"], "counter": header["counter"], "sha256": header["file_sha256"]}
    return {}


@pytest.fixture
def modules(alone: Modules) -> Modules:
    """These tests keep keys."""
    return alone


def said(value: object) -> Answer:
    return 200, "application/vnd.spare-key+json", json.dumps(value).encode()


def test_of_two_tabs_that_answer_the_same_offer_at_once_one_does(modules: Modules, site: Site) -> None:
    site.answerer = server = Between()
    assert modules(SIDES + """await other_side.makeOffer(showing, parts);
        const offered = await (await fetch('/last-offer', { method: 'POST' })).json();
        const type = (typed) => code(() => new_side.typeCode(
          { ...parts, offer: offered.offer, offerSignature: offered.signature }, typed));
        const codes = await Promise.all(['123456', '234567', '345678'].map(type));
        const { used } = (await store.deviceBy(typing.id)).pairing;
        return [codes.sort(), used.length, await type('456789')];""") == [
        ["code_used", "code_used", "no error"], 2, "code_used",
    ]  # fmt: skip
    assert len(server.heard["answer"]) == 1


def test_the_same_code_answers_one_offer_only(modules: Modules, site: Site) -> None:
    site.answerer = server = Between()
    assert modules(SIDES + """const offers = [];
        for (let n = 0; n < 2; n++) {
          await other_side.makeOffer(showing, parts);
          offers.push(await (await fetch('/last-offer', { method: 'POST' })).json());
        }
        const codes = await Promise.all(offers.map(({ offer, signature }) =>
          code(() => new_side.typeCode({ ...parts, offer, offerSignature: signature }, '123456'))));
        return codes.sort();""") == ["code_used", "no error"]  # fmt: skip
    assert len(server.heard["answer"]) == 1


def test_a_vault_that_is_older_or_forked_lets_nobody_in(modules: Modules, site: Site) -> None:
    site.answerer = server = Between()
    assert modules(SIDES + VAULT + """const [older, known, fork, newer] =
          [await writeVault(4), await writeVault(5), await writeVault(5), await writeVault(7)];
        const found = [];
        for (const served of [older, fork, known, newer]) found.push(await letIn(known, served));
        return found;""") == [
        ["rolled_back", 5, 1], ["rolled_back", 5, 1], ["no error", 6, 0], ["no error", 8, 0],
    ]  # fmt: skip
    assert len(server.heard["confirmation"]) == 2


def test_what_another_tab_has_seen_since_the_pin_counts(modules: Modules, site: Site) -> None:
    """The record that was read at the PIN is old by then."""
    site.answerer = server = Between()
    assert modules(SIDES + VAULT + """const [older, newer] = [await writeVault(4), await writeVault(5)];
        return [showing.seen, await letIn(newer, older)];""") == [None, ["rolled_back", 5, 1]]  # fmt: skip
    assert "confirmation" not in server.heard


def test_while_a_kit_takes_the_place_of_another_both_open_the_vault_that_lists_the_new_device(
    modules: Modules, site: Site
) -> None:
    site.answerer = server = Between()
    assert modules(
        SIDES
        + VAULT
        + """const identity = identities.makeIdentity();
        const next = { number: 2, recipient: await identities.recipientOf(identity), made_at: bytes.now(), identity };
        const known = await writeVault(5, { next_kit: { ...next, verify_key: base64(bytes.randomBytes(32)) } });
        const [found] = await letIn(known, known);
        const { confirmation } = await (await post('/last-confirmation', {})).json();
        const { file } = (await load('device/server')).unframe(fromBase64(confirmation));
        return [found, (await documents.read(file, [identity])).manifest.devices.length];"""
    ) == ["no error", 2]
    assert len(server.heard["confirmation"]) == 1
