/** The last step of a restore: a new PIN, then everything up to the open vault, with what is being done in words. */
import { CryptoError } from '../crypto/errors.js';
import { refusal } from '../crypto/pins.js';
import { Restoring } from '../restoring.js';
import { hush, tell } from '../sentences.js';

customElements.define('restore-finish', class extends HTMLElement {
  #restoring = null;

  connectedCallback() {
    this.#restoring = new Restoring({ ...this.dataset }, (step) => this.#show(step));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.#form.hasAttribute('aria-busy')) this.#restore();
    });
    this.#form.querySelector('[type=submit]').disabled = false;
  }

  disconnectedCallback() {
    this.#restoring = null;
    this.#form?.reset();
  }

  async #restore() {
    hush(this.#slot);
    this.#form.setAttribute('aria-busy', 'true');
    try {
      const [pin, again] = [...this.#form.querySelectorAll('input')].map((input) => input.value);
      const code = globalThis.isSecureContext ? refusal(pin, again) : 'insecure_context';
      if (code) throw new CryptoError(code);
      const { next, fromBackup } = await this.#restoring.run(pin);
      this.#form.reset();
      location.assign(fromBackup ? `${next}?from=backup` : next);
    } catch (error) {
      this.#form.removeAttribute('aria-busy');
      this.querySelector('[data-part=progress]').hidden = true;
      tell(this.#slot, error, this);
      this.#form.querySelector('input').focus();
    }
  }

  #show(step) {
    const steps = [...this.querySelectorAll('template[data-step]')];
    const place = steps.findIndex((template) => template.dataset.step === step);
    const box = this.querySelector('[data-part=progress]');
    box.hidden = false;
    box.querySelector('label').textContent = steps[place].content.textContent;
    box.querySelector('progress').value = place;
  }

  get #form() {
    return this.querySelector('form');
  }

  get #slot() {
    return this.querySelector('[role=alert]');
  }
});
