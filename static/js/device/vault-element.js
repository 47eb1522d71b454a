/**
 * An element that shows something of the open vault. Extended with `show()`, which `store` is there for; its parts
 * loading and again, and its error slot, are right below it. It keeps nothing once the vault locks.
 */
import { hush, tell } from '../page/error-messages.js';
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
    this.find('shown').replaceChildren();
  }

  async open() {
    this.clear();
    this.find('loading').hidden = false;
    this.find('again').hidden = true;
    hush(this.alert);
    try {
      this.store = await openVault();
      if (!this.store) return; // on the way to the PIN
      await this.show();
    } catch (error) {
      this.find('again').hidden = false;
      tell(this.alert, error, this);
    }
    this.find('loading').hidden = true;
  }

  find(name) { return this.querySelector(`:scope > [data-part=${name}]`); }

  get alert() { return this.querySelector(':scope > [role=alert]'); }
}
