/** The fingerprint to read out: shown only if this browser works out the same one from the request that it made itself. */
import { CryptoError } from '../crypto/errors.js';
import { fingerprintOf } from '../crypto/restore-requests.js';
import { deviceFor } from '../restoring.js';
import { tell } from '../sentences.js';

customElements.define('restore-fingerprint', class extends HTMLElement {
  async connectedCallback() {
    const [working, shown, slot] = ['[data-part=working]', '[data-part=fingerprint]', '[role=alert]'].map((part) => this.querySelector(part));
    try {
      const { user, request } = this.dataset;
      const own = await fingerprintOf((await deviceFor(user, request)).request.exact);
      if (own !== shown.querySelector('output').textContent.replace(/\s/g, '')) throw new CryptoError('fingerprint_differs');
      shown.hidden = false;
    } catch (error) {
      tell(slot, error, this);
    }
    working.hidden = true;
  }
});
