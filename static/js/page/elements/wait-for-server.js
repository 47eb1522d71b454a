/**
 * On the page that a server without its database shows: asks whether it is back, and loads what was asked for once it
 * is.
 */
import { Retry } from '../retry.js';
import { retryAfter } from '../who-answered.js';

class WaitForServer extends HTMLElement {
  #repeating = new Retry(() => this.#ask(), () => {}, Infinity);

  connectedCallback() {
    this.#later(null);
  }

  disconnectedCallback() {
    this.#repeating.stop();
  }

  async #ask() {
    /** @type {RequestInit} */
    const options = { method: 'HEAD', cache: 'no-store', redirect: 'manual' };
    const answer = await fetch(location.href, options).catch(() => null);
    if (!answer || answer.status >= 500) this.#later(answer);
    else location.reload();
  }

  #later(answer) {
    const wait = answer && retryAfter(answer.headers);
    this.#repeating.failed({ isHarmless: true, details: wait ? { retry_after: wait } : {} });
  }
}

customElements.define('wait-for-server', WaitForServer);
