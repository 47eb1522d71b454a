/**
 * The last step of a restore: takes a new PIN, then finishes the recovery and opens the vault, with progress in words.
 * After a cloud restore it asks for the PIN once the voice check (`<voice-check>`) is settled.
 */
import { CryptoError } from '../../crypto/errors.js';
import { refusal } from '../../crypto/pins.js';
import { clockTime } from '../../page/formatting.js';
import { leaveFor, onSubmit } from '../../page/on-submit.js';
import { opened, SelfServiceRecovery } from '../self-service.js';
import { showStep } from '../../page/progress.js';
import { CloudRestore } from '../cloud-restore.js';

// Which part of the page opens for which error code
const ASKS = { earlier_epoch: 'undone', key_mismatch: 'foreign', approval_past: 'past' };
// Standings of the voice check with which the PIN is asked for. `unknown`: this browser couldn’t work the standing out;
// the recovery tries that again, and refuses by itself.
const SETTLED = ['first', 'known', 'confirmed', 'unconfirmed', 'unknown'];

customElements.define('restore-finish', class extends HTMLElement {
  #restoring = null;
  #clockIsWrong = false;

  connectedCallback() {
    const { way, first } = this.dataset;
    if (first && opened()?.way !== way) return location.replace(first); // reloaded: what was open is gone
    const Way = this.dataset.request ? CloudRestore : SelfServiceRecovery;
    this.#restoring = new Way({ ...this.dataset }, (step) => showStep(this, step));
    const form = this.#pin.querySelector('form');
    this.addEventListener('voice-check', ({ detail }) => { this.#pin.hidden = !SETTLED.includes(detail); });
    this.querySelector('[data-do=clock]')?.addEventListener('click', () => {
      this.#clockIsWrong = true;
      form.requestSubmit();
    });
    onSubmit(form, async (pin, again) => {
      const code = globalThis.isSecureContext ? refusal(pin, again) : 'insecure_context';
      if (code) throw new CryptoError(code);
      const { next, fromBackup } = await this.#restoring.run(pin, this.#said);
      form.reset();
      await leaveFor(fromBackup ? `${next}?from=backup` : next);
    }, this.#pin, (error) => this.#refused(error));
    return undefined;
  }

  disconnectedCallback() {
    this.#restoring = null;
    this.#pin?.querySelector('form').reset();
  }

  #refused(error) {
    const { code, details } = error;
    showStep(this, null);
    const asked = ASKS[code] && this.#part(ASKS[code]);
    if (asked) asked.hidden = false;
    if (code === 'approval_past') {
      for (const place of asked.querySelectorAll('[data-told]')) {
        place.textContent = clockTime(details[place.dataset.told]);
      }
      error.told = true;
    }
    if (code === 'digits_missing' || code === 'check_stopped') this.querySelector('voice-check').ask(details?.approver);
  }

  get #said() {
    const isTicked = (name) => Boolean(this.#part(name)?.querySelector('input').checked);
    return { undone: isTicked('undone'), unconfirmed: isTicked('foreign'), clockIsWrong: this.#clockIsWrong };
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }

  get #pin() { return this.#part('pin'); }
});
