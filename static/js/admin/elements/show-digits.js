/**
 * Shows the six digits of an approved request again. It works them out anew from the opened key file, and only once the
 * admin has typed the 16 characters that the member reads out again: a lying server could give the page another request
 * than the one that waits in the member’s browser.
 */
import { fromTyped } from '../../crypto/bytes.js';
import { CryptoError } from '../../crypto/errors.js';
import { fingerprintOf, readRequest } from '../../crypto/restore-requests.js';
import { digitsToTell } from '../../crypto/voice-checks.js';
import { onSubmit } from '../../page/on-submit.js';

customElements.define('show-digits', class extends HTMLElement {
  connectedCallback() {
    const { request: exact, admin: approver } = this.dataset;
    const shown = this.querySelector('[data-part=digits]');
    onSubmit(this.querySelector('form'), async () => {
      shown.hidden = true;
      const { fingerprint } = await this.querySelector('key-file').read();
      if ((await fingerprintOf(exact)) !== fromTyped(this.querySelector('#digits-read-out').value)) {
        throw new CryptoError('wrong_fingerprint');
      }
      const { organisation_key: named, approvers = [] } = readRequest(exact);
      if (named !== fingerprint) throw new CryptoError('other_key_shown');
      if (!approvers.includes(approver)) throw new CryptoError('nobody_named');
      const digits = await digitsToTell({ exact, fingerprint, approver });
      shown.querySelector('output').textContent = `${digits.slice(0, 3)} ${digits.slice(3)}`;
      shown.hidden = false;
    }, this);
  }
});
