/** Approves a restore request in the admin’s browser: share A is opened with the key file and sealed to the asking device. */
import { beforeSubmit } from '../before-submit.js';
import { fromBase64 } from '../crypto/bytes.js';
import { makeApproval } from '../crypto/restore-requests.js';
import { hush, tell } from '../sentences.js';

customElements.define('approve-request', class extends HTMLElement {
  #stop = () => {};

  connectedCallback() {
    this.#stop = beforeSubmit(this, (form) => this.#seal(form), (error) => error.told || tell(this.#slot, error, this));
    this.querySelector('[type=submit]').disabled = false; // from now on nothing is sent unsealed
  }

  disconnectedCallback() {
    this.#stop();
  }

  async #seal(form) {
    hush(this.#slot);
    const { request, shareA, organisation, user, backup, fileSha256, admin, expiresAt } = this.dataset;
    const typed = this.querySelector('#fingerprint-typed').value;
    const sealed = await makeApproval({
      exact: request, typed, row: { organisation, user, backup, file_sha256: fileSha256 }, shareA: fromBase64(shareA),
      keyFile: await this.querySelector('key-file').read(), admin, origin: location.origin, expiresAt,
    });
    for (const [name, value] of Object.entries({ ...sealed, fingerprint: typed })) form.elements[name].value = value;
  }

  get #slot() {
    return this.querySelector('.notice--danger');
  }
});
