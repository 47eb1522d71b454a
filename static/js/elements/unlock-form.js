/** The PIN of this device opens the vault, in this tab. */
import { leaveFor, onSubmit } from '../on-submit.js';
import { sentence } from '../sentences.js';
import { unlockWith } from '../unlocking.js';
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
      if (error.code === 'signed_out') await leaveFor(location.pathname + location.search); // leads to the sign-in, and back
      throw error;
    }
    await this.#go();
  }

  #refused({ code, details }) {
    this.querySelector('input').select();
    if (code === 'wrong_pin') this.querySelector('[data-part=tries]').textContent = sentence(this, 'tries_left', details);
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
