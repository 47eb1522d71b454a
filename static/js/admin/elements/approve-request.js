/**
 * Approves a restore request in the admin’s browser. The first click holds the request against the opened key file,
 * works out the six digits to tell back, and shows whose backup it is, as sealed by the browser that made it; only the
 * second seals it to the asking device, signs and sends. Where the member’s browser was shown another key than the
 * file’s, nothing can be approved, and the owners are told.
 */
import { beforeSubmit } from '../../page/before-submit.js';
import { fromBase64, groups } from '../../crypto/bytes.js';
import { checkRequest, makeApproval, readRequest } from '../../crypto/restore-requests.js';
import { digitsToTell } from '../../crypto/voice-checks.js';
import { sentence } from '../../page/error-messages.js';
import { postJson } from '../../device/server.js';

/** @import { KeyFile } from '../../crypto/organisation-keys.js' */

const TOLD = 16; // characters of the key that stand for digits

customElements.define('approve-request', class extends HTMLElement {
  #checked = null; // what the second click approves
  #sealed = null; // what it sent: again as it was where no answer came

  connectedCallback() {
    const work = (form, button) => (button?.dataset.do === 'approve' ? this.#seal(form) : this.#open());
    beforeSubmit(this, work);
    this.addEventListener('click', ({ target }) => target.closest('[data-do=back]') && this.#show('open'));
    this.addEventListener('key-file', ({ detail }) => this.#tellFile(detail));
    this.querySelector('[type=submit]').disabled = false; // from now on nothing is sent unsealed
  }

  disconnectedCallback() {
    this.#checked = this.#sealed = null;
  }

  async #open() {
    const { request: exact, shareA, organisation, user, email: account, backup, fileSha256, admin } = this.dataset;
    const keyFile = await this.querySelector('key-file').read();
    try {
      this.#checked = await checkRequest({
        exact, typed: this.#typed.value, row: { organisation, user, account, backup, file_sha256: fileSha256 },
        shareA: fromBase64(shareA), keyFile, origin: location.origin,
      });
    } catch (error) {
      if (error.code !== 'other_key_shown') throw error;
      this.#stop(keyFile);
      return false;
    }
    await this.#showDigits(exact, keyFile, admin);
    this.#show('approve');
    return false; // nothing is sent before the admin has read the name
  }

  /** The file in the admin’s hands decides, not what the page says of the key. */
  #stop({ fingerprint }) {
    const told = this.querySelector('[data-part=owners-told]');
    told.hidden = true;
    this.#show('stop');
    const warned = postJson(
      this.dataset.warning,
      { fingerprint },
      { holds: {}, same: { fingerprint }, harmless: true },
    );
    warned.then(() => { told.hidden = false; }, () => {}); // else the admin tells them
  }

  async #seal(form) {
    const { admin, expiresAt } = this.dataset;
    this.#sealed ??= await makeApproval(this.#checked, { admin, expiresAt });
    for (const [name, value] of Object.entries({ ...this.#sealed, fingerprint: this.#typed.value })) {
      form.elements[name].value = value;
    }
  }

  /**
   * Shows the six digits to tell back; where the request doesn’t name this admin, the key’s first characters in their
   * place; where the request is from before it named a key, that there are no digits.
   */
  async #showDigits(exact, { fingerprint }, approver) {
    const { organisation_key: named, approvers = [] } = readRequest(exact);
    const isNamed = Boolean(named) && approvers.includes(approver);
    const digits = isNamed ? await digitsToTell({ exact, fingerprint, approver }) : '';
    this.querySelector('#digits-to-tell').textContent = isNamed ? `${digits.slice(0, 3)} ${digits.slice(3)}` : '';
    this.querySelector('#characters-to-tell').textContent = groups(fingerprint.slice(0, TOLD));
    this.querySelector('[data-part=digits]').hidden = !isNamed;
    this.querySelector('[data-part=characters]').hidden = isNamed || !named;
    this.querySelector('[data-part=no-digits]').hidden = Boolean(named);
  }

  /** @param {'open'|'approve'|'stop'} step */
  #show(step) {
    if (step !== 'approve') this.#checked = this.#sealed = null;
    const account = this.#checked?.account;
    for (const part of this.querySelectorAll('[data-step]')) part.hidden = part.dataset.step !== step;
    const whose = this.querySelector('#approve-whose');
    whose.querySelector('[data-part=sealed]').classList.toggle('notice--warning', !account);
    whose.querySelector('[data-part=whose]').textContent = sentence(this, account ? 'sealed_name' : 'no_sealed_name');
    whose.querySelector('#approve-name strong').textContent = account ?? '';
    (step === 'open' ? this.#typed : this.querySelector(`[data-step=${step}][tabindex]`)).focus();
  }

  /**
   * Says so where the opened file holds another key than the one that the server names. The admin took the wrong file,
   * or the server lies: the comparison of the 16 characters tells which.
   * @param {KeyFile|null} key
   */
  #tellFile(key) {
    const other = this.querySelector('[data-part=other-file]');
    other.hidden = !key || key.fingerprint === this.dataset.key;
    if (key) other.querySelector('p').textContent = sentence(this, 'other_file', { name: key.name, epoch: key.epoch });
  }

  get #typed() { return this.querySelector('#fingerprint-typed'); }
});
