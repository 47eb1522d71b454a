/** Create a New PIN, after the code: the key is fetched at once, and locked under the PIN that is chosen. */
import { CryptoError } from '../crypto/errors.js';
import { refusal } from '../crypto/pins.js';
import { change, dropFile } from '../keystore.js';
import { lockFor } from '../new-epoch.js';
import { leaveFor, onSubmit } from '../on-submit.js';
import { receive } from '../pairing-new.js';
import { showStep } from '../progress.js';
import { seenOf } from '../seen.js';
import { tell } from '../sentences.js';
import { isUnsure } from '../server.js';
import * as session from '../vault-session.js';

customElements.define('pairing-pin', class extends HTMLElement {
  #found = null; // what came: after the last step the server gives it no more
  #sent = null; // {pin, json}: again as it was where no answer came

  connectedCallback() {
    const form = this.querySelector('form');
    this.#receive().catch((error) => {
      form.dataset.failed = error.code; // where no PIN can help, the style sheet takes the fields away
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
    const { next } = await send('completion', this.#sent.json).catch((error) => {
      if (!isUnsure(error)) this.#sent = null;
      throw error;
    });
    await dropFile(`${device.id}/paired`); // first: until then the record says that there may be one
    const enrolled = await change(device.id, { state: 'enrolled', pairing: null, seen: seenOf(document) });
    // Without it the next page asks for the PIN.
    await session.begin({ vaultKey, device: enrolled }).catch(() => {});
    await leaveFor(next);
  }
});
