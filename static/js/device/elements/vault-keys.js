/**
 * Stands outside of what htmx swaps and holds this page’s hand on the open vault: answers `vault-keys:ask`, and locks
 * every tab before a Lock or Sign out form is sent. Where a page that has asked is locked, it leads to the PIN and
 * back. It stands on every page, so what opens a vault is loaded by the first who asks.
 */
import { hide, isClosed, keepTyped } from '../../page/close-page.js';
import { lockTabs, onLock } from '../open-vault.js';

customElements.define('vault-keys', class extends HTMLElement {
  #opened = null;
  #leaving = false;

  connectedCallback() {
    if (!this.dataset.user) return;
    document.addEventListener('vault-keys:ask', ({ detail }) => {
      detail.answer = this.#open();
    });
    document.addEventListener('submit', (event) => this.#lockFirst(event), true);
    onLock(() => {
      const wasOpened = this.#opened;
      this.#opened = null; // its result has the key
      if (wasOpened) this.#leave();
    });
  }

  #open() {
    if (isClosed()) return Promise.resolve(null);
    this.#opened ??= this.#reopen().catch((error) => {
      this.#opened = null; // the next one who asks tries again
      throw error;
    });
    return this.#opened;
  }

  async #reopen() {
    const { reopen } = await import('../keys.js');
    return (await reopen(this.dataset.user)) ?? this.#leave();
  }

  /** Hidden at once: the way to the PIN takes a moment, and what is being typed is kept first. */
  #leave() {
    if (this.#leaving || isClosed()) return null;
    this.#leaving = true;
    hide('closed');
    keepTyped().then(() => location.replace(`/unlock?next=${encodeURIComponent(location.pathname + location.search)}`));
    return null;
  }

  async #lockFirst(event) {
    if (!['lock', 'sign-out'].includes(event.target.dataset.action)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#leaving = true;
    hide('closed');
    await keepTyped();
    lockTabs(this.dataset.user);
    event.target.submit(); // tells the server
  }
});
