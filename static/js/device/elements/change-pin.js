/**
 * Another PIN for this device. The new lock’s salt is kept here before the server hears of the lock, and the old lock
 * lives until the new one has opened: a browser that dies at any point has one that works.
 */
import { fromBase64, hex, sha256 } from '../../crypto/bytes.js';
import { CryptoError } from '../../crypto/errors.js';
import { refusal } from '../../crypto/pins.js';
import { lockFor } from '../new-epoch.js';
import { onSubmit } from '../../page/on-submit.js';
import { isUnsure, signedFetch } from '../server.js';
import { lockVersions, unlockWith } from '../unlock.js';

customElements.define('change-pin', class extends HTMLElement {
  #sent = null; // {present, pin, device, json}: again as it was where no answer came

  disconnectedCallback() { this.#sent = null; }

  connectedCallback() {
    const form = this.querySelector('form');
    const done = this.querySelector('[data-part=done]');
    onSubmit(form, async (...typed) => {
      done.hidden = true;
      await this.#change(...typed);
      form.reset();
      done.hidden = false;
    }, this);
  }

  async #change(present, pin, again) {
    const code = refusal(pin, again);
    if (code) throw new CryptoError(code);
    if (this.#sent?.present !== present || this.#sent.pin !== pin) this.#sent = await this.#make(present, pin);
    try {
      await this.#send();
      await unlockWith(pin, this.dataset.device);
    } catch (error) {
      if (!isUnsure(error)) this.#sent = null;
      throw isUnsure(error) ? new CryptoError('unsure', error) : error;
    }
    this.#sent = null;
  }

  async #make(present, pin) {
    const { vaultKey, device } = await unlockWith(present, this.dataset.device);
    const json = await lockFor({ device, pin, vaultKey, version: (await lockVersions())[0] + 1 });
    return { present, pin, device, json };
  }

  async #send() {
    const { device, json } = this.#sent;
    const same = { version: json.version, keyslot_sha256: hex(await sha256(fromBase64(json.keyslot))) };
    await signedFetch('/devices/pin', { device, json, holds: {}, same, harmless: true });
  }
});
