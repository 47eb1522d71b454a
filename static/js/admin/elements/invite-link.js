/**
 * An invite link, which names the recovery key once the admin has opened its file here: never what the server says it
 * is.
 */

import { groups } from '../../crypto/bytes.js';

const TOLD = 32; // characters of the fingerprint in the link
const TYPED = 16; // what a member types without it

customElements.define('invite-link', class extends HTMLElement {
  connectedCallback() {
    this.addEventListener('key-file', ({ detail }) => this.#show(detail));
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      this.querySelector('key-file').read().catch(() => {});
    });
  }

  #show(key) {
    const link = new URL(this.dataset.link, location.origin);
    link.hash = key ? `k=${key.fingerprint.slice(0, TOLD)}` : '';
    this.querySelector('output').textContent = link.origin === location.origin ? link.href : '';
    this.querySelector('[data-part=with]').hidden = !key;
    this.querySelector('[data-part=characters]').textContent = key ? groups(key.fingerprint.slice(0, TYPED)) : '';
    this.querySelector('[data-part=without]').hidden = Boolean(key);
  }
});
