/** The last step of a restore: a new PIN, then everything up to the open vault, with what is being done in words. */
import { CryptoError } from '../crypto/errors.js';
import { refusal } from '../crypto/pins.js';
import { leaveFor, onSubmit } from '../on-submit.js';
import { opened, OwnRecovering } from '../own-recovering.js';
import { showStep } from '../progress.js';
import { Restoring } from '../restoring.js';

customElements.define('restore-finish', class extends HTMLElement {
  #restoring = null;

  connectedCallback() {
    const { way, first } = this.dataset;
    if (first && opened()?.way !== way) return location.replace(first); // reloaded: what was open is gone
    const Way = this.dataset.request ? Restoring : OwnRecovering;
    this.#restoring = new Way({ ...this.dataset }, (step) => showStep(this, step));
    const form = this.querySelector('form');
    onSubmit(form, async (pin, again) => {
      const code = globalThis.isSecureContext ? refusal(pin, again) : 'insecure_context';
      if (code) throw new CryptoError(code);
      const { next, fromBackup } = await this.#restoring.run(pin, this.querySelector('[data-part=undone] input').checked);
      form.reset();
      await leaveFor(fromBackup ? `${next}?from=backup` : next);
    }, this, ({ code }) => {
      showStep(this, null);
      if (code === 'earlier_epoch') this.querySelector('[data-part=undone]').hidden = false;
    });
    return undefined;
  }

  disconnectedCallback() {
    this.#restoring = null;
    this.querySelector('form')?.reset();
  }
});
