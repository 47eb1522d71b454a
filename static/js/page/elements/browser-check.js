/**
 * Before anybody signs in or joins: whether this browser could make and keep the keys of a device. It says what is
 * lacking, and what to do. Nothing of what it tries stays but an empty database.
 */
import { sentence } from '../error-messages.js';

const PROBE = 'spare-key-probe'; // not the key store: whether that is there says whether there may be keys

customElements.define('browser-check', class extends HTMLElement {
  connectedCallback() {
    lacking().then((code) => code && this.#say(code)).finally(() => { this.dataset.looked = ''; });
  }

  #say(code) {
    const part = this.querySelector(code === 'private_window' ? '[data-part=forgets]' : '[data-part=lacks]');
    part.querySelector('[data-part=said]').textContent = sentence(this, code);
    part.hidden = false;
  }
});

/** @returns {Promise<string|null>} the code of what it lacks first */
async function lacking() {
  if (!globalThis.isSecureContext || !crypto.subtle) return 'insecure_context';
  const makes = Promise.all([
    crypto.subtle.generateKey('X25519', false, ['deriveBits']),
    crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']),
  ]);
  if (!(await works(makes))) return 'unsupported_browser';
  const refused = await keeps().catch((error) => error ?? new Error());
  if (refused) return refused.name === 'QuotaExceededError' ? 'storage_full' : 'storage_refused';
  // Private windows of Firefox and Safari have none. Those of Chrome and Edge can’t be told from others.
  const files = navigator.storage?.getDirectory;
  return files && !(await works(navigator.storage.getDirectory())) ? 'private_window' : null;
}

/** @param {Promise<unknown>} tried @returns {Promise<boolean>} */
function works(tried) {
  return tried.then(() => true, () => false);
}

/** @returns {Promise<void>} throws where nothing can be kept */
async function keeps() {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open(PROBE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('tried');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    const transaction = database.transaction('tried', 'readwrite');
    transaction.objectStore('tried').put(new Uint8Array(32), 'key');
    transaction.objectStore('tried').delete('key');
    await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}
