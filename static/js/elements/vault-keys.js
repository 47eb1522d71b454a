/**
 * Stands outside of what htmx swaps and holds this page’s hand on the open vault: answers `vault-keys:ask`, counts
 * activity, and locks every tab before a Lock or Sign out form is sent. Where a page that has asked is locked, it leads to
 * the PIN and back.
 */
import { lock, onLock, reopen, touch } from '../vault-session.js';

customElements.define('vault-keys', class extends HTMLElement {
  #opened = null;
  #leaving = false;

  connectedCallback() {
    if (!this.dataset.user) return;
    document.addEventListener('vault-keys:ask', ({ detail }) => {
      detail.answer = this.#open();
    });
    document.addEventListener('submit', (event) => this.#lockFirst(event), true);
    for (const kind of ['pointerdown', 'keydown', 'wheel']) document.addEventListener(kind, touch, { capture: true, passive: true });
    onLock(() => this.#opened && this.#leave());
  }

  #open() {
    this.#opened ??= reopen(this.dataset.user).then((session) => session ?? this.#leave(), (error) => {
      this.#opened = null; // the next one who asks tries again
      throw error;
    });
    return this.#opened;
  }

  #leave() {
    if (!this.#leaving) location.replace(`/unlock?next=${encodeURIComponent(location.pathname + location.search)}`);
    return null;
  }

  async #lockFirst(event) {
    if (!['lock', 'sign-out'].includes(event.target.dataset.action)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#leaving = true;
    await lock(this.dataset.user).catch(() => {}); // here it is locked all the same, and the form tells the server
    event.target.submit();
  }
});
