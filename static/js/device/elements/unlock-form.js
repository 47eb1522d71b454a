/** The PIN of this device opens the vault, in this tab. */
import { leaveFor, onSubmit } from '../../page/on-submit.js';
import { sentence, tell } from '../../page/error-messages.js';
import { lookAnewIfGone } from '../still-here.js';
import { followHeading } from '../../page/title.js';
import { unlockWith } from '../unlock.js';
import { begin, reopen } from '../vault-session.js';

customElements.define('unlock-form', class extends HTMLElement {
  connectedCallback() {
    onSubmit(this.querySelector('form'), (pin) => this.#unlock(pin), this, (error) => this.#refused(error));
    // Open already, in this tab: no PIN is asked twice.
    reopen(this.dataset.user).then((session) => session && this.#go(), () => {});
    this.#lookAnewIfGone().catch((error) => tell(this.querySelector('[role=alert]'), error, this));
  }

  async #unlock(pin) {
    try {
      await begin(await unlockWith(pin, this.dataset.device));
    } catch (error) {
      if (error.code === 'device_not_active') await leaveFor('/recovery');
      if (error.code === 'key_gone' && (await this.#lookAnewIfGone())) await new Promise(() => {});
      // Leads to the sign-in, and back
      if (error.code === 'signed_out') await leaveFor(location.pathname + location.search);
      throw error;
    }
    await this.#go();
  }

  /** Before a PIN is typed: no PIN opens a lock whose part in this browser is gone. */
  #lookAnewIfGone() { return lookAnewIfGone(this.dataset.device, this.dataset.next); }

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
    followHeading();
    this.querySelector('[data-part=destroyed] h1').focus();
  }

  /** Busy until the page is gone. */
  #go() {
    location.replace(this.dataset.next + location.hash); // the item that was open: no server sees that part
    return new Promise(() => {});
  }
});
