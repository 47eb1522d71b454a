/**
 * The Recovery Kit: out of the unlocked vault onto the screen, into a file or onto paper. Once its last characters are
 * typed, the vault is saved without it. With `data-change` it is the next kit, which takes the present one’s place. It says
 * `kit-confirmed`, and goes to `data-next` where there is one.
 */
import { base64 } from '../crypto/bytes.js';
import { CryptoError } from '../crypto/errors.js';
import { confirms, kitText, kitVerifyKey, makeKit } from '../crypto/recovery-kits.js';
import { download } from '../download.js';
import { clockTime } from '../moments.js';
import { onSubmit } from '../on-submit.js';
import { signedFetch } from '../server.js';
import { VaultElement } from '../vault-element.js';
import { accountOf } from '../vault-versions.js';

customElements.define('recovery-kit', class extends VaultElement {
  connectedCallback() {
    this.addEventListener('click', ({ target }) => this.#click(target.closest('[data-do]')?.dataset.do));
    super.connectedCallback();
  }

  #click(act) {
    if (act === 'download') this.#download();
    else if (act === 'print') print();
  }

  async show() {
    if (this.#changes && !this.#kit && !this.#isConfirmed) this.#begin();
    else if (this.#kit?.identity) this.#fill();
    else await this.#finish(); // confirmed before, but the connection broke
  }

  /** Before anything is made: what it means. */
  #begin() {
    const shown = this.part('begin').content.cloneNode(true);
    onSubmit(shown.querySelector('form'), () => this.#make(), this);
    this.part('shown').replaceChildren(shown);
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
    const shown = this.part('kit').content.cloneNode(true);
    shown.querySelector('[data-kit=account]').textContent = accountOf(this.store.saved.manifest);
    shown.querySelector('[data-kit=number]').textContent = this.#kit.number;
    shown.querySelector('[data-kit=made]').textContent = clockTime(this.#kit.made_at);
    shown.querySelector('[data-kit=identity]').textContent = this.#kit.identity;
    onSubmit(shown.querySelector('form'), (typed) => this.#confirm(typed), this);
    this.part('shown').replaceChildren(shown);
  }

  #download() {
    const { organisationName: organisation } = this.dataset;
    const account = accountOf(this.store.saved.manifest);
    download(kitText({ ...this.#kit, account, organisation }), `spare-key-recovery-kit-${this.#kit.number}.txt`);
  }

  async #confirm(typed) {
    if (!confirms(this.#kit.identity, typed)) throw new CryptoError('kit_differs');
    await this.store.edit(({ keyring }) => {
      const { identity: _, ...kit } = this.#changes ? keyring.next_kit : keyring.kit;
      keyring.kit = kit;
      if (this.#changes) delete keyring.next_kit;
    });
    await this.#finish();
  }

  async #finish() {
    await this.store.saveOnTop();
    if (!this.#changes) await signedFetch('/vault/kit-confirmation', { device: this.store.device, json: { kit: this.store.body.keyring.kit.number } });
    this.clear();
    this.part('shown').replaceChildren(this.part('confirmed').content.cloneNode(true));
    this.dispatchEvent(new CustomEvent('kit-confirmed', { bubbles: true }));
    if (this.dataset.next) location.assign(this.dataset.next);
  }

  get #changes() { return 'change' in this.dataset; }

  /** In this browser’s edit, which the server hasn’t yet. */
  get #isConfirmed() { return this.store.body.keyring.kit.number > this.store.saved.manifest.kit; }

  get #kit() { return this.store.body.keyring[this.#changes ? 'next_kit' : 'kit']; }
});
