/** The PIN of this device opens the vault, in this tab. */
import { leaveFor, onSubmit } from '../../page/on-submit.js';
import { sentence } from '../../page/error-messages.js';
import { unlockWith } from '../unlock.js';
import { begin, reopen } from '../vault-session.js';

customElements.define('unlock-form', class extends HTMLElement {
  connectedCallback() {
    onSubmit(this.querySelector('form'), (pin) => this.#unlock(pin), this, (error) => this.#refused(error));
    // Open already, in this tab: no PIN is asked twice.
    reopen(this.dataset.user).then((session) => session && this.#go(), () => {});
  }

  async #unlock(pin) {
    try {
      await begin(await unlockWith(pin, this.dataset.device));
    } catch (error) {
      if (error.code === 'device_not_active') await leaveFor('/recovery');
      // Leads to the sign-in, and back
      if (error.code === 'signed_out') await leaveFor(location.pathname + location.search);
      throw error;
    }
    await this.#go();
  }

  #refused(error) {
    const { code, details } = error;
    error.isHarmless = false; // it would show the PIN again
    this.querySelector('input').select();
    if (code === 'wrong_pin') {
      this.querySelector('[data-part=tries]').textContent = sentence(this, 'tries_left', details);
    }
    if (code !== 'lock_destroyed') return;
    this.querySelector('[data-part=pin]').hidden = true;
    this.querySelector('[data-part=destroyed]').hidden = false;
  }

  /** Busy until the page is gone. */
  #go() {
    location.replace(this.dataset.next);
    return new Promise(() => {});
  }
});
