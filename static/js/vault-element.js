/**
 * An element that shows something of the open vault. Extended with `show()`, which `store` is there for; its parts loading
 * and again, and its error slot, are right below it. It keeps nothing once the vault locks.
 */
import { hush, tell } from './sentences.js';
import { onLock } from './vault-session.js';
import { openVault } from './vault-store.js';

export class VaultElement extends HTMLElement {
  /** @type {import('./vault-store.js').VaultStore|null} */
  store = null;
  #stop = () => {};

  connectedCallback() {
    this.addEventListener('click', ({ target }) => target.closest('[data-do=again]') && this.open());
    this.#stop = onLock(() => this.clear());
    this.open();
  }

  disconnectedCallback() {
    this.#stop();
    this.clear();
  }

  clear() {
    this.store = null;
    this.part('shown').replaceChildren();
  }

  async open() {
    this.clear();
    this.part('loading').hidden = false;
    this.part('again').hidden = true;
    hush(this.slot);
    try {
      this.store = await openVault();
      if (!this.store) return; // on the way to the PIN
      await this.show();
    } catch (error) {
      this.part('again').hidden = false;
      tell(this.slot, error, this);
    }
    this.part('loading').hidden = true;
  }

  part(name) { return this.querySelector(`:scope > [data-part=${name}]`); }

  get slot() { return this.querySelector(':scope > [role=alert]'); }
}
