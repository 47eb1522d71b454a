/**
 * The voice check back, beside a restore request: the member types six digits that they are told, or the key’s own
 * characters, or goes on without. It shows what fits how the check stands (`data-standing` of its parts), and says so
 * by the event `voice-check` (detail: the standing, as `standingOf`).
 */
import { path } from '../../device/answers.js';
import { onSubmit } from '../../page/on-submit.js';
import { repeated } from '../../page/retry.js';
import { deviceFor } from '../cloud-restore.js';
import { tell } from '../../page/error-messages.js';
import { signedFetch } from '../../device/server.js';
import { compareCharacters, goOnUnconfirmed, standingOf, typeDigits } from '../voice-check.js';

customElements.define('voice-check', class extends HTMLElement {
  connectedCallback() {
    const digits = this.querySelector('form[data-do=digits]');
    onSubmit(digits, (typed) => this.#type(digits, typed), digits);
    const characters = this.querySelector('form[data-do=characters]');
    onSubmit(characters, (typed) => this.#note((device) => compareCharacters(device, typed)), characters);
    this.addEventListener('click', ({ target }) => {
      const { do: act } = target.closest('button[data-do]')?.dataset ?? {};
      if (act === 'none') {
        this.#note(goOnUnconfirmed).catch((error) => tell(digits.querySelector('[role=alert]'), error, digits));
      }
      if (act === 'after-all') this.ask();
    });
    // Without its keys this browser can use no approval: <restore-fingerprint>, or the last step, says so.
    this.#look().catch(() => this.#show('unknown'));
  }

  /** Shows the digits’ field. @param {string} [approver] - user id of who alone may have told them */
  ask(approver) {
    if (approver) this.dataset.approver = approver;
    this.#show('missing');
    this.querySelector('[data-do=digits] input').focus();
  }

  async #look() {
    const device = await this.#device();
    this.#show(await standingOf(device, this.#approver));
    // The digits fit, but the recovery stays unconfirmed: this browser knows another key.
    const fits = Boolean(device.check?.by || device.check?.compared);
    this.querySelector('[data-part=fits]').hidden = !fits;
    this.querySelector('[data-part=after-all]').hidden = fits;
  }

  async #type(form, typed) {
    try {
      await this.#note((device) => typeDigits(device, typed, this.#approver));
    } catch (error) {
      if (!['no_digits', 'nobody_named'].includes(error.code)) form.reset();
      if (error.code !== 'check_stopped') throw error;
      this.#show('stopped');
      repeated(() => this.#stop()).catch(() => {}); // this browser has stopped in any case
    }
  }

  /** Owners are told, and nothing is released any more. */
  async #stop() {
    const device = await this.#device();
    const address = `/recovery/requests/${this.dataset.request}/check-failure`;
    await signedFetch(address, { device, holds: { next: path }, harmless: true });
  }

  async #note(work) {
    await work(await this.#device());
    await this.#look();
  }

  /** @param {string} standing */
  #show(standing) {
    for (const part of this.querySelectorAll('[data-standing]')) {
      part.hidden = !part.dataset.standing.split(' ').includes(standing);
    }
    this.dataset.stands = standing;
    this.dispatchEvent(new CustomEvent('voice-check', { bubbles: true, detail: standing }));
  }

  #device() { return deviceFor(this.dataset.user, this.dataset.request); }

  /** After the approval only the approver’s digits count. */
  get #approver() { return this.dataset.approver; }
});
