/**
 * Begins a pairing: generates the keys of a new device, stores them here, and signs the announcement before it is sent.
 */
import { SignedRequestForm } from '../../device/signed-request-form.js';
import { announce } from '../../crypto/pairing.js';
import { forgetEnded } from '../joiner.js';

customElements.define('pairing-join', class extends SignedRequestForm {
  async make() {
    await forgetEnded(this.dataset.user);
    return this.ask('pairing', async (parts) => {
      const made = await announce(parts);
      return { ...made, id: made.pairing };
    });
  }
});
