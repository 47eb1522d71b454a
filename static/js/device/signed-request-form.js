/**
 * A form that asks for something in the name of a new device: its keys are made and kept in this browser, and what it
 * asks is signed, before the form is sent. Extended with `make(form)`; its two hidden inputs take the text and the
 * signature.
 */
import { beforeSubmit } from '../page/before-submit.js';
import { CryptoError } from '../crypto/errors.js';
import { change, keysOf, makeDevice } from './keystore.js';

/** @import { Device } from './keystore.js' */

/**
 * @typedef {{signingKey: CryptoKey, origin: string, organisation: string, user: string, device: string, sign: string,
 *   recipient: string, browser: string}} Parts
 */

export class SignedRequestForm extends HTMLElement {
  #made = new Map(); // by what is chosen: where no answer came, the same is sent again

  connectedCallback() {
    beforeSubmit(this, (form) => this.#seal(form));
    // Until now the form would have been sent as it was.
    this.querySelector('[type=submit]')?.removeAttribute('disabled');
  }

  /**
   * @param {string} field - of the device’s record: keeps what was asked
   * @param {(parts: Parts) => Promise<{id: string, exact: string, signature: string}>} work - signs; parts: everything
   *   that names the new device and its place
   * @param {Partial<Device>} [more] - to be kept in the record, too
   * @returns {Promise<{exact: string, signature: string}>} kept before anybody hears of it, so that tomorrow works
   */
  async ask(field, work, more = {}) {
    const { user, organisation, browser } = this.dataset;
    const device = await makeDevice({ user, organisation, name: browser });
    const { signingKey } = await keysOf(device);
    const { sign, recipient } = device;
    const { id, exact, signature } = await work({
      signingKey, origin: location.origin, organisation, user, device: device.id, sign, recipient, browser,
    });
    await change(device.id, { [field]: { id, exact }, ...more });
    return { exact, signature };
  }

  async #seal(form) {
    if (!globalThis.isSecureContext) throw new CryptoError('insecure_context');
    const chosen = form.querySelector('input:checked')?.value;
    if (!this.#made.has(chosen)) this.#made.set(chosen, await this.make(form));
    const { exact, signature } = this.#made.get(chosen);
    const [text, by] = form.querySelectorAll('input[type=hidden]');
    [text.value, by.value] = [exact, signature];
  }
}
