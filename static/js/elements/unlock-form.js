/** The PIN of this device opens the vault, in this tab. */
import { CryptoError } from '../crypto/errors.js';
import { isPin } from '../crypto/pins.js';
import { hush, sentence, tell } from '../sentences.js';
import { unlockWith } from '../unlocking.js';
import { begin, reopen } from '../vault-session.js';

customElements.define('unlock-form', class extends HTMLElement {
  connectedCallback() {
    this.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#unlock(event.target);
    });
    this.querySelector('[type=submit]').disabled = false; // not before it is heard
    // Open already, in this tab: no PIN is asked twice.
    reopen(this.dataset.user).then((session) => session && this.#go(), () => {});
  }

  async #unlock(form) {
    const input = form.querySelector('input');
    const slot = this.querySelector('[role=alert]');
    if (form.hasAttribute('aria-busy')) return;
    hush(slot);
    form.setAttribute('aria-busy', 'true');
    try {
      if (!isPin(input.value)) throw new CryptoError('no_pin'); // no try is lost by a slip
      await begin(await unlockWith(input.value, this.dataset.device));
      this.#go();
    } catch (error) {
      form.removeAttribute('aria-busy');
      if (error.code === 'device_not_active') return location.assign('/recovery');
      if (error.code === 'signed_out') return location.reload(); // leads to the sign-in, and back
      this.#showTries(error);
      tell(slot, error, this);
      input.select();
      input.focus();
    }
    return undefined;
  }

  #showTries({ code, details }) {
    if (code === 'wrong_pin') this.querySelector('[data-part=tries]').textContent = sentence(this, 'tries_left', details);
    if (code !== 'lock_destroyed') return;
    this.querySelector('[data-part=pin]').hidden = true;
    this.querySelector('[data-part=destroyed]').hidden = false;
  }

  #go() {
    location.replace(this.dataset.next);
  }
});
