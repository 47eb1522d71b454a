/**
 * Opens the recovery key file that an admin chooses or drops, asks for its passphrase where it has one, and says what
 * is wrong with it. The key goes on by the event `key-file` (detail: the key, or null), and to forms by `read()`.
 */
import { contentOf } from '../../page/chosen-file.js';
import { CryptoError } from '../../crypto/errors.js';
import { parseKeyFile } from '../../crypto/organisation-keys.js';
import { openWithPassphrase } from '../../device/kdf.js';
import { hush, tell } from '../../page/error-messages.js';

/** @import { KeyFile } from '../../crypto/organisation-keys.js' */

const ABOUT = { largest: 64 * 1024, none: 'key_file_needed', tooLarge: 'not_a_key_file' };

customElements.define('key-file', class extends HTMLElement {
  #opening = null; // promise of the key in the file and passphrase as they stand
  #turn = 0;

  connectedCallback() {
    this.addEventListener('change', ({ target }) => {
      if (target === this.#input) this.#askPassphrase(false);
      this.#opening = this.#open();
      this.#opening.catch(() => {});
    });
  }

  disconnectedCallback() {
    this.#opening = null;
    this.#turn += 1;
  }

  /** @returns {Promise<KeyFile>} throws CryptoError, with `told`: it was said here */
  async read() {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open() {
    this.#turn += 1;
    const turn = this.#turn;
    this.#show(null);
    try {
      const key = await this.#parsed();
      if (turn === this.#turn) this.#show(key);
      return key;
    } catch (error) {
      if (turn === this.#turn) this.#refuse(error);
      throw Object.assign(error, { told: true });
    }
  }

  async #parsed() {
    const content = await contentOf(this.#input, ABOUT);
    const passphrase = this.#passphrase.value;
    this.#part('opening').hidden = !passphrase;
    const key = await parseKeyFile(content, passphrase, openWithPassphrase);
    if (key.organisation !== this.dataset.organisation) throw this.#mismatch('foreign_key', key);
    if (this.dataset.fingerprint && key.fingerprint !== this.dataset.fingerprint) {
      throw this.#mismatch('other_key', key);
    }
    return key;
  }

  #mismatch(code, { name, epoch, organisationName }) {
    return Object.assign(new CryptoError(code), { details: { name, epoch, organisationName } });
  }

  #show(key) {
    hush(this.#slot);
    this.#part('opening').hidden = true;
    this.#part('opened').hidden = !key;
    this.#part('name').textContent = key?.name ?? '';
    this.querySelector('.files').dataset.state = key ? 'ready' : '';
    this.dispatchEvent(new CustomEvent('key-file', { bubbles: true, detail: key }));
  }

  #refuse(error) {
    this.#opening = null;
    this.#part('opening').hidden = true;
    const asking = !this.#part('passphrase').hidden;
    if (error.code === 'passphrase_needed') this.#askPassphrase(true);
    if (error.code !== 'passphrase_needed' || asking) tell(this.#slot, error, this);
    this.#slot.scrollIntoView({ block: 'nearest' });
  }

  #askPassphrase(needed) {
    this.#part('passphrase').hidden = !needed;
    if (needed) this.#passphrase.focus();
    else this.#passphrase.value = '';
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }

  get #input() { return this.querySelector('input[type=file]'); }

  get #passphrase() { return this.#part('passphrase').querySelector('input'); }

  get #slot() { return this.querySelector('.field__error'); }
});
