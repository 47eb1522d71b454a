/**
 * Approves a restore request in the admin’s browser. The first click opens share A with the key file and shows whose backup
 * it is, as sealed by the browser that made it; only the second seals it to the asking device, signs and sends.
 */
import { beforeSubmit } from '../before-submit.js';
import { fromBase64 } from '../crypto/bytes.js';
import { checkRequest, makeApproval } from '../crypto/restore-requests.js';
import { sentence } from '../sentences.js';

customElements.define('approve-request', class extends HTMLElement {
  #checked = null; // what the second click approves

  connectedCallback() {
    const work = (form, button) => (button?.dataset.do === 'approve' ? this.#seal(form) : this.#open());
    beforeSubmit(this, work);
    this.querySelector('[data-do=back]').addEventListener('click', () => this.#show(null));
    this.querySelector('[type=submit]').disabled = false; // from now on nothing is sent unsealed
  }

  disconnectedCallback() {
    this.#checked = null;
  }

  async #open() {
    const { request, shareA, organisation, user, email: account, backup, fileSha256 } = this.dataset;
    this.#show(await checkRequest({
      exact: request, typed: this.#typed.value, row: { organisation, user, account, backup, file_sha256: fileSha256 },
      shareA: fromBase64(shareA), keyFile: await this.querySelector('key-file').read(), origin: location.origin,
    }));
    return false; // nothing is sent before the admin has read the name
  }

  async #seal(form) {
    const { admin, expiresAt } = this.dataset;
    const sealed = await makeApproval(this.#checked, { admin, expiresAt });
    for (const [name, value] of Object.entries({ ...sealed, fingerprint: this.#typed.value })) form.elements[name].value = value;
  }

  /** @param {object|null} checked - null: back to the first step */
  #show(checked) {
    this.#checked = checked;
    const step = checked ? 'approve' : 'open';
    for (const part of this.querySelectorAll('[data-step]')) part.hidden = part.dataset.step !== step;
    const second = this.querySelector('[data-step=approve]');
    second.querySelector('.notice').classList.toggle('notice--warning', !checked?.account);
    second.querySelector('[data-part=whose]').textContent = sentence(this, checked?.account ? 'sealed_name' : 'no_sealed_name');
    second.querySelector('strong').textContent = checked?.account ?? '';
    (checked ? second : this.#typed).focus();
  }

  get #typed() { return this.querySelector('#fingerprint-typed'); }
});
