"""Browsers that lack something: each a script to be run before any of ours, and what becomes of a browser’s storage."""

from typing import Literal

from playwright.sync_api import Page

NO_X25519 = """
const generate = globalThis.SubtleCrypto?.prototype.generateKey;
if (generate) SubtleCrypto.prototype.generateKey = async function (algorithm, ...more) {
  if ((algorithm.name ?? algorithm) === 'X25519') throw new DOMException('Unrecognized name', 'NotSupportedError');
  return generate.call(this, algorithm, ...more);
};
"""
"""The blank page that a tab begins with is no secure one, and lacks it all."""
NO_SUBTLE = """
Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });
Object.defineProperty(globalThis, 'isSecureContext', { value: false });
"""
NO_STORAGE = "IDBFactory.prototype.open = () => { throw new DOMException('refused', 'SecurityError'); };"
FULL = """
IDBObjectStore.prototype.put = () => { throw new DOMException('no room', 'QuotaExceededError'); };
"""
FORGETFUL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, key) {
  return put.call(this, this.name === 'keys' && value.key ? null : value, key);
};
"""
"""What WebKit does with X25519 keys: the record goes in without complaint, and nothing comes out."""

CLEAR = """async (stores) => {
  if (stores.includes('everything')) {
    localStorage.clear();
    sessionStorage.clear();
    return new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase('spare-key');
      deleting.onsuccess = () => resolve();
      deleting.onerror = () => reject(deleting.error);
    });
  }
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open('spare-key');
    opening.onsuccess = () => resolve(opening.result);
  });
  const writing = database.transaction(stores, 'readwrite');
  for (const store of stores) writing.objectStore(store).clear();
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  database.close();
}"""

Gone = Literal["everything", "devices", "keys"]


def clear_storage(page: Page, gone: Gone = "everything") -> None:
    """The browser clears this site’s storage, or one of the two stores that a device is kept in; the cookie stays."""
    page.evaluate(CLEAR, [gone])
