/**
 * Another PIN for this device. The new lock’s salt is kept here before the server hears of the lock, and the old lock
 * lives until the new one has opened: a browser that dies at any point has one that works.
 */
import { CryptoError } from '../crypto/errors.js';
import { refusal } from '../crypto/pins.js';
import { lockFor } from '../new-epoch.js';
import { onSubmit } from '../on-submit.js';
import { signedFetch } from '../server.js';
import { lockVersions, unlockWith } from '../unlocking.js';

customElements.define('change-pin', class extends HTMLElement {
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
    const { vaultKey, device } = await unlockWith(present, this.dataset.device);
    const json = await lockFor({ device, pin, vaultKey, version: (await lockVersions())[0] + 1 });
    try {
      await signedFetch('/devices/pin', { device, json });
      await unlockWith(pin, device.id);
    } catch (error) {
      throw error.status === 0 || error.status >= 500 ? new CryptoError('unsure') : error;
    }
  }
});
