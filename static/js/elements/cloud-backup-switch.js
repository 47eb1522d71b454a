/**
 * Turns cloud backups on. The organisation's key must be the one that the vault pins, that the invite link named, or
 * whose first characters the member types; one click records it in the vault, enrols, and makes the first backup. A key
 * that the pinned one signed for takes its place without a click.
 */
import { backUp, followKey, servedKey } from '../backing-up.js';
import { fromTyped, groups } from '../crypto/bytes.js';
import { CryptoError } from '../crypto/errors.js';
import { leadsTo } from '../crypto/key-successions.js';
import { demandPinned } from '../crypto/organisation-keys.js';
import { pinOf, setPin } from '../keystore.js';
import { leaveFor, onSubmit } from '../on-submit.js';
import { showStep } from '../progress.js';
import { signedFetch } from '../server.js';
import { VaultElement } from '../vault-element.js';

const TYPED = 16;

customElements.define('cloud-backup-switch', class extends VaultElement {
  #key = null;
  #pinned = null;

  async show() {
    const part = await this.#look();
    this.part('shown').replaceChildren(this.part(part).content.cloneNode(true));
    const [fingerprint, form] = [this.querySelector('output'), this.querySelector('form')];
    if (fingerprint) fingerprint.textContent = groups(this.#pinned);
    if (form) onSubmit(form, (typed) => this.#turnOn(typed), this, () => showStep(this, null));
  }

  /** @returns {Promise<string>} the part that says how things are */
  async #look() {
    this.#key = await servedKey();
    if (!this.#key) return 'none';
    const recorded = this.#recorded;
    const known = recorded ?? (await pinOf(this.dataset.organisation))?.fingerprint;
    if (!known) return 'unknown';
    this.#pinned = await demandPinned(this.#key, known).catch(() => null);
    if (!this.#pinned) return this.#follow(recorded, known);
    return this.#key.enrolled && recorded === this.#pinned ? 'on' : 'matched';
  }

  /** The served key is not the known one: it may have been signed by that. */
  async #follow(recorded, known) {
    const { organisation, successions, fingerprint } = this.#key;
    if (!(await leadsTo(successions, organisation, known, fingerprint))) return 'changed';
    this.#pinned = await demandPinned(this.#key, fingerprint);
    if (!recorded) return 'succeeded';
    await followKey(this.store, this.#key);
    await backUp(this.store, this.#key);
    return 'followed';
  }

  async #turnOn(typed) {
    const fingerprint = this.#pinned ?? (await this.#typed(typed));
    const { epoch } = this.#key;
    showStep(this, 'record');
    if (this.#recorded !== fingerprint) await this.store.edit(() => {}, { epoch, fingerprint });
    await this.store.saveOnTop();
    showStep(this, 'enrol');
    await signedFetch('/backups/enrolment', { device: this.store.device, json: { fingerprint } });
    showStep(this, 'backup');
    await backUp(this.store, this.#key);
    // Where it can't be kept, the vault has it all the same.
    await setPin(this.dataset.organisation, { fingerprint, epoch }).catch(() => {});
    showStep(this, 'done');
    await leaveFor(this.dataset.next ?? location.pathname + location.search); // with a fragment it would stay
  }

  async #typed(text) {
    const typed = fromTyped(text);
    if (typed.length !== TYPED) throw new CryptoError('wrong_fingerprint');
    return demandPinned(this.#key, typed);
  }

  get #recorded() { return this.store.saved.manifest.organisation_key?.fingerprint; }
});
