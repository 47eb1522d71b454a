"""Device keys in IndexedDB: there after a reload, not to be exported, and the way round browsers that lose them."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.modules.conftest import Modules, Site

MAKE = """const store = await load('device/keystore');
    const device = await store.makeDevice({organisation: 'o', user: 'u', name: 'Test'});"""
# What WebKit does: the record goes in without complaint, and nothing comes out.
FORGETFUL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, key) { return value.key ? put.call(this, null, key) : put.call(this,
  value, key); };
"""
# A browser that keeps nothing of a key, wrapped or not.
HOSTILE = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, key) {
  if (this.name === 'keys') throw new DOMException('no', 'DataCloneError');
  return put.call(this, value, key);
};
"""


@pytest.fixture
def modules(alone: Modules) -> Modules:
    """These tests keep keys."""
    return alone


def test_keys_survive_a_reload_and_still_work(modules: Modules) -> None:
    made = modules(MAKE + "return device;")
    modules.page.reload()
    found = modules("""const store = await load('device/keystore');
        const [device] = await store.devicesOf('u');
        const keys = await store.keysOf(device);
        const opened = await sealing.open(await sealing.seal(utf8('hello'), [device.recipient]), [keys.identity]);
        return { device, hello: fromUtf8(opened), extractable: [keys.identity.extractable, keys.signingKey.extractable],
                 refused: await Promise.all([keys.identity, keys.signingKey].map((key) =>
                   crypto.subtle.exportKey('pkcs8', key).then(() => 'exported', (error) => error.name))) };""")
    assert found["device"] == made
    assert found["hello"] == "hello"
    assert found["extractable"] == [False, False]
    assert found["refused"] == ["InvalidAccessError", "InvalidAccessError"]


def test_a_browser_that_loses_keys_keeps_them_wrapped(browsing: BrowserContext, site: Site) -> None:
    page = browsing.new_page()
    page.add_init_script(FORGETFUL)
    modules = Modules(page, site.origin)
    modules(MAKE)
    page.reload()
    assert modules("""const store = await load('device/keystore');
        const [device] = await store.devicesOf('u');
        const { identity, signingKey } = await store.keysOf(device);
        return [identity.extractable, signingKey.extractable, identity.usages, signingKey.usages];""") == [
        False, False, ["deriveBits"], ["sign"],
    ]  # fmt: skip


def test_a_browser_that_keeps_no_keys_is_refused(browsing: BrowserContext, site: Site) -> None:
    page = browsing.new_page()
    page.add_init_script(HOSTILE)
    modules = Modules(page, site.origin)
    assert modules(f"return code(async () => {{ {MAKE} }})") == "storage_refused"
    assert modules("return (await load('device/keystore')).devicesOf('u')") == []


def test_a_record_with_another_key_is_refused(modules: Modules) -> None:
    assert modules(MAKE + """const other = await store.makeDevice({organisation: 'o', user: 'u', name: 'Other'});
        return Promise.all([code(() => store.keysOf({...device, sign: other.sign})),
          code(() => store.keysOf({...device, recipient: other.recipient})), code(() => store.keysOf({...device,
            id: 'gone'}))]);
    """) == ["storage_refused"] * 3  # fmt: skip


def test_records_change_and_go(modules: Modules) -> None:
    found = modules(
        MAKE
        + """
        await store.numberSalt(device.id, new Uint8Array([1])); await store.numberSalt(device.id, new Uint8Array([2]));
        const both = Object.keys((await store.deviceBy(device.id)).salts);
        await store.keepSalt(device.id, 2);
        const { salts, state } = await store.change(device.id, { state: 'enrolled', seen: { epoch: 1, counter: 3 } });
        await store.setPin('o', { fingerprint: 'f' });
        const pins = [await store.pinOf('o'), await store.pinOf('p')];
        await store.forget(device.id);
        return { both, salts: Object.keys(salts), state, pins, left: await store.devicesOf('u') };"""
    )
    assert found == {
        "both": ["1", "2"], "salts": ["2"], "state": "enrolled", "pins": [{"fingerprint": "f"}, None], "left": [],
    }  # fmt: skip
