/**
 * The Recovery Kit: out of the unlocked vault onto the screen, into a file or onto paper. Once its last characters are
 * typed, the vault is saved without it. With `data-change` it is the next kit, which takes the present one’s place. It
 * says `kit-confirmed`, and goes to `data-next` where there is one.
 */
import { servedKey } from '../backup.js';
import { base64, groups } from '../../crypto/bytes.js';
import { CryptoError } from '../../crypto/errors.js';
import { demandPinned } from '../../crypto/organisation-keys.js';
import { confirms, keyGroups, kitText, kitVerifyKey, makeKit } from '../../crypto/recovery-kits.js';
import { download } from '../../page/download.js';
import { isElsewhere, rootOf } from '../../device/known-keys.js';
import { clockTime } from '../../page/formatting.js';
import { onSubmit } from '../../page/on-submit.js';
import { signedFetch } from '../../device/server.js';
import { VaultElement } from '../../device/vault-element.js';
import { accountOf } from '../../device/vault-versions.js';

/** @import { Kit } from '../../crypto/documents.js' */

/** Nothing stands between two groups: what is copied is the key as `age` takes it. */
function group(text) {
  const span = document.createElement('span');
  span.className = 'kit__group';
  span.textContent = text;
  return span;
}

customElements.define('recovery-kit', class extends VaultElement {
  #organisationKey;

  connectedCallback() {
    this.addEventListener('click', ({ target }) => this.#click(target.closest('[data-do]')?.dataset.do));
    super.connectedCallback();
  }

  #click(act) {
    if (act === 'download') this.#download();
    else if (act === 'print') print();
  }

  async show() {
    this.#organisationKey = await this.#comparedKey();
    if (this.#changes && !this.#kit && !this.#isConfirmed) this.#begin();
    else if (this.#kit?.identity) this.#fill();
    else await this.#finish(); // confirmed before, but the connection broke
  }

  /** Before anything is made: what it means. */
  #begin() {
    const shown = this.find('begin').content.cloneNode(true);
    onSubmit(shown.querySelector('form'), () => this.#make(), this);
    this.find('shown').replaceChildren(shown);
  }

  /** From here on both kits open the vault, until the new one is confirmed. */
  async #make() {
    const { store, dataset } = this;
    const { identity, recipient, made_at } = await makeKit();
    const verify = base64(await kitVerifyKey(identity, dataset.user));
    await store.edit(({ keyring }) => {
      keyring.next_kit ??= { number: keyring.kit.number + 1, recipient, made_at, identity, verify_key: verify };
    });
    await store.saveOnTop();
    if (!this.#kit) throw new CryptoError('kit_elsewhere'); // it was changed in another page meanwhile
    this.#fill();
  }

  #fill() {
    const shown = this.find('kit').content.cloneNode(true);
    shown.querySelector('[data-kit=account]').textContent = accountOf(this.store.saved.manifest);
    shown.querySelector('[data-kit=number]').textContent = String(this.#kit.number);
    shown.querySelector('[data-kit=made]').textContent = clockTime(this.#kit.made_at);
    shown.querySelector('[data-kit=identity]').append(...keyGroups(this.#kit.identity).map(group));
    shown.querySelector('[data-part=kit-key]').hidden = !this.#organisationKey;
    shown.querySelector('[data-kit=key]').textContent = groups(this.#organisationKey ?? '');
    onSubmit(shown.querySelector('form'), (typed) => this.#confirm(typed), this);
    this.find('shown').replaceChildren(shown);
  }

  #download() {
    const { organisationName: organisation } = this.dataset;
    const account = accountOf(this.store.saved.manifest);
    const kit = /** @type {Required<Kit>} */ (this.#kit);
    const text = kitText({ ...kit, account, organisation, organisationKey: this.#organisationKey });
    download(text, `spare-key-recovery-kit-${kit.number}.txt`);
  }

  async #confirm(typed) {
    if (this.#kit?.identity) await this.#drop(typed); // else that is done, and its answer got lost
    await this.#finish();
  }

  async #drop(typed) {
    if (!confirms(this.#kit.identity, typed)) throw new CryptoError('kit_differs');
    await this.store.edit(({ keyring }) => {
      const { identity: _, ...kit } = this.#changes ? keyring.next_kit : keyring.kit;
      keyring.kit = kit;
      if (this.#changes) delete keyring.next_kit;
    });
  }

  async #finish() {
    await this.store.saveOnTop();
    const json = { kit: this.store.body.keyring.kit.number };
    if (!this.#changes) {
      const { device } = this.store;
      await signedFetch('/vault/kit-confirmation', { device, json, holds: {}, same: json, harmless: true });
    }
    this.clear();
    this.find('shown').replaceChildren(this.find('confirmed').content.cloneNode(true));
    this.dispatchEvent(new CustomEvent('kit-confirmed', { bubbles: true }));
    if (this.dataset.next) location.assign(this.dataset.next);
  }

  /**
   * For the kit’s line: the recovery key that the vault has on record, or that this browser knows, or was told as it
   * joined, and the server names. None while nobody has compared it.
   */
  async #comparedKey() {
    const { organisation, organisation_key: pin, unconfirmed_since: since } = this.store.saved.manifest;
    if (pin || since) return pin?.fingerprint;
    const told = (await isElsewhere(organisation)) ? undefined : this.store.device.told;
    const known = (await rootOf(organisation))?.fingerprint ?? told;
    if (!known) return undefined;
    const key = await servedKey().catch(() => null); // without a line the kit is as good
    return key ? demandPinned(key, known).catch(() => undefined) : undefined;
  }

  get #changes() { return 'change' in this.dataset; }

  /** In this browser’s edit, which the server hasn’t yet. */
  get #isConfirmed() { return this.store.body.keyring.kit.number > this.store.saved.manifest.kit; }

  get #kit() { return this.store.body.keyring[this.#changes ? 'next_kit' : 'kit']; }
});
