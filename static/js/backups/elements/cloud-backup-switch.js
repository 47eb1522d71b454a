/**
 * Turns cloud backups on. The organisation's key must be the one that the vault pins, that this browser knows or was
 * told as it joined, or whose first characters the member types; one click records it in the vault, enrols, and makes
 * the first backup. A key that the pinned one signed for takes its place without a click. A link made from the opened
 * key file (`#k=…`) does, once the person says where it is from: to this page, one from a mail of the server’s looks
 * the same.
 */
import { backUp, enrol, followKey, servedKey } from '../backup.js';
import { fromTyped, groups } from '../../crypto/bytes.js';
import { CryptoError } from '../../crypto/errors.js';
import { leadsTo } from '../../crypto/key-successions.js';
import { demandPinned } from '../../crypto/organisation-keys.js';
import { pinOf, setPin } from '../../device/keystore.js';
import { isElsewhere, keepRoot, rootOf } from '../../device/known-keys.js';
import { leaveFor, onSubmit } from '../../page/on-submit.js';
import { showStep } from '../../page/progress.js';
import { VaultElement } from '../../device/vault-element.js';

const TYPED = 16;

customElements.define('cloud-backup-switch', class extends VaultElement {
  #key = null;
  #pinned = null; // the fingerprint that one click records
  #link = null; // what the address of this page named, in memory only

  connectedCallback() {
    this.#takeLink();
    super.connectedCallback();
  }

  /** The address is cleared first. */
  #takeLink() {
    const fragment = new URLSearchParams(location.hash.slice(1)).get('k') ?? '';
    if (!fragment) return;
    history.replaceState(history.state, '', location.pathname + location.search);
    const [{ redirectCount }] = performance.getEntriesByType('navigation');
    if (!redirectCount && /^[a-z2-7]{32}$/.test(fragment)) this.#link = fragment;
  }

  async show() {
    const part = await this.#look();
    this.find('shown').replaceChildren(this.find(part).content.cloneNode(true));
    const [fingerprint, form] = [this.querySelector('output'), this.querySelector('form')];
    if (fingerprint) fingerprint.textContent = groups(this.#pinned);
    if (form) onSubmit(form, (typed) => this.#turnOn(typed), this, () => showStep(this, null));
  }

  /** @returns {Promise<string>} the part that says how things are */
  async #look() {
    this.#key = await servedKey();
    if (!this.#key) return 'none';
    const recorded = this.#recorded;
    const { organisation } = this.dataset;
    if (!recorded && (await isElsewhere(organisation))) return 'elsewhere';
    const known = recorded ?? (await rootOf(organisation))?.fingerprint ?? this.store.device.told;
    if (!known) return this.#lookAtLink(this.#link ?? (await pinOf(organisation))?.fingerprint);
    this.#pinned = await demandPinned(this.#key, known).catch(() => null);
    if (!this.#pinned) return this.#follow(recorded, known);
    return this.#key.enrolled && recorded === this.#pinned ? 'on' : 'matched';
  }

  /** Where nothing but a link named a key, it refuses another one, and is only as good as the person says. */
  async #lookAtLink(named) {
    if (!named) return 'unknown';
    const { organisation, successions, fingerprint } = this.#key;
    await demandPinned(this.#key, fingerprint);
    if (!(await leadsTo(successions, organisation, named, fingerprint))) return 'changed';
    this.#pinned = this.#link && fingerprint;
    return this.#link ? 'linked' : 'unknown';
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
    if (this.querySelector('#link-from')?.checked === false) throw new CryptoError('link_unsaid');
    const isTyped = !this.#pinned;
    const fingerprint = this.#pinned ?? (await this.#typed(typed));
    const { epoch } = this.#key;
    showStep(this, 'record');
    if (this.#recorded !== fingerprint) await this.store.edit(() => {}, { epoch, fingerprint, typed: isTyped });
    await this.store.saveOnTop();
    showStep(this, 'enrol');
    await enrol(this.store.device, fingerprint);
    showStep(this, 'backup');
    await backUp(this.store, this.#key);
    // Where it can't be kept, the vault has it all the same.
    await (isTyped ? setPin : keepRoot)(this.dataset.organisation, { fingerprint, epoch }).catch(() => {});
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
