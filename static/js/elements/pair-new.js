/** Asks to be paired: makes the keys of a new device here, keeps them, and signs the announcement before it is sent. */
import { AskingForm } from '../asking-form.js';
import { announce } from '../crypto/pairing.js';
import { forgetEnded } from '../pairing-new.js';

customElements.define('pair-new', class extends AskingForm {
  async make() {
    await forgetEnded(this.dataset.user);
    return this.ask('pairing', async (parts) => {
      const made = await announce(parts);
      return { ...made, id: made.pairing };
    });
  }
});
