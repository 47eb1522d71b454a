/** Create a New PIN, after the code: fetches the vault key at once, and locks it under the new PIN. */
import { CryptoError } from '../../crypto/errors.js';
import { refusal } from '../../crypto/pins.js';
import { change, dropFile } from '../../device/keystore.js';
import { lockFor } from '../../device/new-epoch.js';
import { leaveFor, onSubmit } from '../../page/on-submit.js';
import { receive } from '../joiner.js';
import { showStep } from '../../page/progress.js';
import { watermarkOf } from '../../device/vault-watermark.js';
import { tell } from '../../page/error-messages.js';
import { path } from '../../device/answers.js';
import { isUnsure } from '../../device/server.js';
import * as session from '../../device/vault-session.js';

customElements.define('pairing-pin', class extends HTMLElement {
  #found = null; // what `receive` gave; after the last step the server gives it out no more
  #sent = null; // {pin, json}: sent again unchanged where no answer came

  connectedCallback() {
    const form = this.querySelector('form');
    this.#receive().catch((error) => {
      form.dataset.failed = error.code; // the style sheet hides the fields where no PIN can help
      tell(this.querySelector('[role=alert][id]'), error, this);
    }).finally(() => this.removeAttribute('aria-busy'));
    onSubmit(form, (pin, again) => this.#complete(pin, again), this, () => showStep(this, null));
  }

  async #receive() {
    return (this.#found ??= await receive(this.dataset));
  }

  async #complete(pin, again) {
    const code = refusal(pin, again) ?? (this.#sent && this.#sent.pin !== pin ? 'pin_sent' : null);
    if (code) throw new CryptoError(code);
    showStep(this, 'key');
    const { device, vaultKey, document, send } = await this.#receive();
    showStep(this, 'lock');
    this.#sent ??= { pin, json: { ...(await lockFor({ device, pin, vaultKey })), name: device.name } };
    showStep(this, 'sending');
    const { json } = this.#sent;
    const same = { pairing: device.pairing.id, device: device.id, version: json.version };
    const { next } = await send('completion', { json, holds: { next: path }, same, harmless: true }).catch((error) => {
      if (!isUnsure(error)) this.#sent = null;
      throw error;
    });
    await dropFile(`${device.id}/paired`); // before the record changes: it tells that this file may be there
    const enrolled = await change(device.id, { state: 'enrolled', pairing: null, seen: watermarkOf(document) });
    // Without it the next page asks for the PIN.
    await session.begin({ vaultKey, device: enrolled }).catch(() => {});
    await leaveFor(next);
  }
});
