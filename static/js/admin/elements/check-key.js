/**
 * Shows that the chosen key file holds the key `data-key`: a fresh challenge is signed with it before the form is sent.
 * Where there is a place for the file of a former key, that signs that this one takes its place; unless it is lost.
 */
import { beforeSubmit } from '../../page/before-submit.js';
import { base64, fromBase64 } from '../../crypto/bytes.js';
import { makeSuccession } from '../../crypto/key-successions.js';
import { proof } from '../../crypto/organisation-keys.js';
import { freshChallenge } from '../../device/server.js';

customElements.define('check-key', class extends HTMLElement {
  connectedCallback() {
    beforeSubmit(this, (form) => this.#prove(form));
    this.querySelector('[type=submit]').disabled = false; // from now on nothing is sent unsealed
  }

  async #prove(form) {
    const key = await this.querySelector('key-file').read();
    await this.#succeed(form.elements, key);
    const { challenge } = await freshChallenge();
    const parts = {
      origin: location.origin,
      keyId: this.dataset.key,
      challenge: fromBase64(challenge, 32),
      seed: key.seed,
    };
    form.elements.proof.value = base64(await proof(parts));
    form.elements.challenge.value = challenge;
  }

  async #succeed({ lost, succession, succession_signature: signed }, key) {
    const former = this.querySelector('[data-part=former] key-file');
    if (!former) return;
    const made = lost.checked ? { statement: '', signature: '' } : await makeSuccession(await former.read(), key);
    succession.value = made.statement;
    signed.value = made.signature;
  }
});
