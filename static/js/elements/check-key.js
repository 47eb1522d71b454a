/** Shows that the chosen key file holds the key `data-key`: a fresh challenge is signed with it before the form is sent. */
import { beforeSubmit } from '../before-submit.js';
import { base64, fromBase64 } from '../crypto/bytes.js';
import { proof } from '../crypto/organisation-keys.js';
import { postJson } from '../server.js';

customElements.define('check-key', class extends HTMLElement {
  connectedCallback() {
    beforeSubmit(this, (form) => this.#prove(form));
    this.querySelector('[type=submit]').disabled = false; // from now on nothing is sent unsealed
  }

  async #prove(form) {
    const { seed } = await this.querySelector('key-file').read();
    const { challenge } = await postJson('/devices/challenge');
    const parts = { origin: location.origin, keyId: this.dataset.key, challenge: fromBase64(challenge, 32), seed };
    form.elements.proof.value = base64(await proof(parts));
    form.elements.challenge.value = challenge;
  }
});
