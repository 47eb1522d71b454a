"""The device lock: three parts, all needed, the same in the browser and in Python."""

import base64

import pytest

from tests.browser.modules.conftest import Modules, vectors
from webapp.client.crypto.identities import Identity
from webapp.client.device import lock as client

MADE = """
const { argon2id } = await load('device/kdf');
const identity = identities.makeIdentity();
const vaultKey = identities.makeIdentity();
const place = { origin: location.origin, user: bytes.randomId(), device: bytes.randomId() };
const made = await lock.makeLock({ pin: '246810', vaultKey, recipient: await identities.recipientOf(identity),
  ...place, argon2id });
const argonOutput = await argon2id('246810', made.salt);
const parts = { argonOutput, serverShare: made.serverShare, keyslot: made.keyslot, identity, ...place };
"""


@pytest.fixture
def modules(alone: Modules) -> Modules:
    """One of these tests keeps a key."""
    return alone


def test_the_browser_opens_pythons_lock(modules: Modules) -> None:
    given = vectors("device-lock")
    assert modules("""const { argon2id } = await load('device/kdf');
        const argonOutput = await argon2id(given.pin, fromHex(given.salt));
        const place = { origin: given.origin, user: given.user, device: given.device };
        return [hex(argonOutput), hex(await lock.proofOf({ argonOutput, ...place })),
          await lock.openLock({ argonOutput, serverShare: fromHex(given.server_share),
            keyslot: fromBase64(given.keyslot),
            identity: given.device_identity, ...place })];""", given=given) == [
        given["stretched"], given["proof"], given["vault_key"],
    ]  # fmt: skip


def test_python_opens_the_browsers_lock(modules: Modules) -> None:
    found = modules(
        MADE
        + """return { identity, vaultKey, place, salt: hex(made.salt), share: hex(made.serverShare),
        proof: hex(made.proof), keyslot: base64(made.keyslot) };"""
    )
    place = client.Place(**found["place"])
    stretched = client.stretch("246810", bytes.fromhex(found["salt"]))
    key = client.unlock_key(stretched, bytes.fromhex(found["share"]), place)
    opened = client.open_keyslot(base64.b64decode(found["keyslot"]), key, Identity(found["identity"]), place)
    assert opened == found["vaultKey"]
    assert client.pin_proof(stretched, place).hex() == found["proof"]


def test_every_part_is_needed(modules: Modules) -> None:
    assert modules(MADE + """const other = { argonOutput: await argon2id('246811', made.salt),
      serverShare: bytes.randomBytes(32),
          identity: identities.makeIdentity(), origin: 'https://elsewhere.example', user: bytes.randomId(),
            device: bytes.randomId() };
        const codes = {};
        for (const part of Object.keys(other)) codes[part] = await code(() => lock.openLock({ ...parts,
          [part]: other[part] }));
        return { codes, right: (await lock.openLock(parts)) === vaultKey,
          short: await code(() => lock.openLock({ ...parts, serverShare: new Uint8Array(31) })),
          proofs: bytes.equal(made.proof, await lock.proofOf({ ...parts, user: other.user })) };""") == {
        "codes": dict.fromkeys(("argonOutput", "serverShare", "identity", "origin", "user", "device"), "wrong_key"),
        "right": True, "short": "malformed", "proofs": False,
    }  # fmt: skip


def test_every_altered_byte_of_a_keyslot_is_refused(modules: Modules) -> None:
    codes = modules(
        MADE
        + """const codes = new Set();
        const device = await identities.recipientOf(identity);
        const inner = await sealing.open(made.keyslot, [identity]);
        for (let i = 0; i < inner.length; i++) {
          const altered = inner.slice(); altered[i] ^= 1;
          const keyslot = await sealing.seal(altered, [device]);
          codes.add(await code(() => lock.openLock({ ...parts, keyslot })));
        }
        return [...codes];"""
    )
    assert codes == ["wrong_key"]


def test_a_lock_opens_with_a_key_that_cannot_leave_the_browser(modules: Modules) -> None:
    assert modules(MADE + """const store = await load('device/keystore');
        const device = await store.makeDevice({ organisation: 'o', user: place.user, name: 'Test' });
        const here = { ...place, device: device.id };
        const own = await lock.makeLock({ pin: '135790', vaultKey, recipient: device.recipient, ...here, argon2id });
        const { identity: key } = await store.keysOf(device);
        return (await lock.openLock({ argonOutput: await argon2id('135790', own.salt), ...own, identity: key,
          ...here })) === vaultKey;
        """)  # fmt: skip
