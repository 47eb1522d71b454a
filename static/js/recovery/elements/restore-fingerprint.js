/**
 * The fingerprint to read out. It is shown only if this browser computes the same one from its own request. Spell It
 * shows it as it is said on the phone.
 */
import { CryptoError } from '../../crypto/errors.js';
import { fingerprintOf } from '../../crypto/restore-requests.js';
import { deviceFor } from '../cloud-restore.js';
import { tell } from '../../page/error-messages.js';

customElements.define('restore-fingerprint', class extends HTMLElement {
  async connectedCallback() {
    const [working, shown, slot] = ['[data-part=working]', '[data-part=fingerprint]', '[role=alert]'].map((part) =>
      this.querySelector(part),
    );
    try {
      const { user, request } = this.dataset;
      const own = await fingerprintOf((await deviceFor(user, request)).request.exact);
      if (own !== shown.querySelector('output').textContent.replace(/\s/g, '')) {
        throw new CryptoError('fingerprint_differs');
      }
      this.querySelector('[data-do=spell]').addEventListener('click', ({ currentTarget }) =>
        this.#spell(own, currentTarget),
      );
      shown.hidden = false;
    } catch (error) {
      tell(slot, error, this);
    }
    working.hidden = true;
  }

  #spell(fingerprint, button) {
    const list = this.querySelector('[data-part=spelled]');
    const words = JSON.parse(this.querySelector('[data-part=alphabet]').content.textContent);
    list.hidden = !list.hidden;
    button.ariaExpanded = String(!list.hidden);
    list.replaceChildren(...[...fingerprint].map((sign) => {
      const [row, shown] = [document.createElement('li'), document.createElement('strong')];
      shown.textContent = sign;
      row.append(shown, ` ${words[sign]}`);
      return row;
    }));
  }
});
