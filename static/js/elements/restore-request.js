/** Asks for the chosen backup: makes the keys of a new device here, keeps them, and signs the request before it is sent. */
import { beforeSubmit } from '../before-submit.js';
import { CryptoError } from '../crypto/errors.js';
import { makeRequest } from '../crypto/restore-requests.js';
import { change, keysOf, makeDevice } from '../keystore.js';
import { hush, tell } from '../sentences.js';

customElements.define('restore-request', class extends HTMLElement {
  #made = new Map(); // by backup: where no answer came, the same request is sent again
  #stop = () => {};

  connectedCallback() {
    const slot = () => this.querySelector('.notice--danger[id]');
    const failed = (error) => tell(slot(), error, this);
    this.#stop = beforeSubmit(this, (form) => (hush(slot()), this.#seal(form)), failed);
    // Until now the form would have been sent as it was.
    this.querySelector('[type=submit]')?.removeAttribute('disabled');
  }

  disconnectedCallback() {
    this.#stop();
  }

  async #seal(form) {
    if (!globalThis.isSecureContext) throw new CryptoError('insecure_context');
    const { value: backup, dataset: { fileSha256 } } = form.querySelector('input[name=backup]:checked');
    if (!this.#made.has(backup)) this.#made.set(backup, await this.#make(backup, fileSha256));
    const { exact, signature } = this.#made.get(backup);
    form.querySelector('input[name=request]').value = exact;
    form.querySelector('input[name=signature]').value = signature;
  }

  /** The keys and the request are kept before anybody hears of them, so that tomorrow works. */
  async #make(backup, fileSha256) {
    const { user, organisation, browser } = this.dataset;
    const device = await makeDevice({ user, organisation, name: browser });
    const { signingKey } = await keysOf(device);
    const { id, sign, recipient } = device;
    const made = await makeRequest({
      signingKey, fileSha256, origin: location.origin, organisation, user, backup, device: id, sign, recipient, browser,
    });
    await change(id, { request: { id: made.request, exact: made.exact } });
    return made;
  }
});
