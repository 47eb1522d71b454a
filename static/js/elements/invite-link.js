/** An invite link, which names the recovery key once the admin has opened its file here: never what the server says it is. */

const TOLD = 32; // characters of the fingerprint

customElements.define('invite-link', class extends HTMLElement {
  connectedCallback() {
    this.addEventListener('key-file', ({ detail }) => this.#show(detail));
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      this.querySelector('key-file').read().catch(() => {});
    });
  }

  #show(key) {
    const fragment = key ? `#k=${key.fingerprint.slice(0, TOLD)}` : '';
    this.querySelector('output').textContent = this.dataset.link + fragment;
    this.querySelector('[data-part=with]').hidden = !key;
    this.querySelector('[data-part=without]').hidden = Boolean(key);
  }
});
