/** Joining: makes this browser a device, and the member’s vault, behind a new PIN. The PIN and the keys stay here. */
import { CryptoError } from '../../crypto/errors.js';
import { refusal } from '../../crypto/pins.js';
import { change, deviceBy, devicesOf, forget, makeDevice } from '../../device/keystore.js';
import { linkOf } from '../../device/known-keys.js';
import { beginEpoch, NOTHING } from '../../device/new-epoch.js';
import { leaveFor, onSubmit } from '../../page/on-submit.js';
import { showStep } from '../../page/progress.js';
import { watermarkOf } from '../../device/vault-watermark.js';
import { STORED } from '../../device/answers.js';
import { isUnsure, signedFetch } from '../../device/server.js';
import * as session from '../../device/vault-session.js';

customElements.define('join-vault', class extends HTMLElement {
  #made = null; // {pin, device, begun}: sent again as it was where no answer came

  connectedCallback() {
    onSubmit(this.querySelector('form'), (pin, again) => this.#join(pin, again), this, (error) => {
      if (!isUnsure(error)) this.#made = null;
      showStep(this, null);
    });
  }

  disconnectedCallback() {
    this.#made = null;
    this.querySelector('form')?.reset();
  }

  async #join(pin, again) {
    const code = globalThis.isSecureContext ? refusal(pin, again) : 'insecure_context';
    if (code) throw new CryptoError(code);
    if (this.#made?.pin !== pin) this.#made = { pin, ...(await this.#make(pin)) };
    const next = await this.#send(this.#made);
    this.querySelector('form').reset();
    await leaveFor(next);
  }

  async #make(pin) {
    const { user, organisation, account, deviceName } = this.dataset;
    showStep(this, 'keys');
    const { id } = await makeDevice({ organisation, user, name: deviceName });
    const device = await change(id, { told: await linkOf(organisation) }); // by the invite link, for this join alone
    const begun = await beginEpoch({ device, pin, account, base: NOTHING, progress: (step) => showStep(this, step) });
    return { device, begun };
  }

  async #send({ device: { id, sign, recipient, name, user }, begun: { vaultKey, document, header } }) {
    showStep(this, 'sending');
    const kept = await deviceBy(id); // nothing is sent that this browser could not open again
    if (!kept?.salts[1]) throw new CryptoError('storage_refused');
    const sent = { header: { device: { id, sign, recipient, name }, ...header }, file: document.file };
    const same = { device: id, epoch: 1, counter: 1, sha256: document.sha256 };
    const { next } = await signedFetch('/join/vault', { device: kept, ...sent, holds: STORED, same, harmless: true });
    const device = await change(id, { state: 'enrolled', seen: watermarkOf(document) });
    for (const other of await devicesOf(user)) if (other.state === 'pending') await forget(other.id);
    // Without it the next page asks for the PIN.
    await session.begin({ vaultKey, device }).catch(() => {});
    return next;
  }
});
