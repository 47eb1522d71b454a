/** Looks for a key of the member in this browser, and proves to the server that it is held here. */
import { CryptoError } from '../crypto/errors.js';
import { devicesOf } from '../keystore.js';
import { forgetEnded } from '../pairing-new.js';
import { tell } from '../sentences.js';
import { signedFetch } from '../server.js';

customElements.define('device-finder', class extends HTMLElement {
  connectedCallback() {
    this.querySelector('[data-do=again]').addEventListener('click', () => location.reload());
    this.#find().catch((error) => {
      this.querySelector('[data-part=looking]').hidden = true;
      this.querySelector('[data-part=failed]').hidden = false;
      tell(this.querySelector('[role=alert]'), error, this);
    });
  }

  async #find() {
    if (!globalThis.isSecureContext) throw new CryptoError('insecure_context');
    await forgetEnded(this.dataset.user);
    let belongs = null;
    for (const device of await this.#candidates()) {
      const answer = await this.#prove(device);
      if (answer && answer.state !== 'closed') belongs = answer.next;
      if (['asking', 'active'].includes(answer?.state)) break;
    }
    if (belongs) location.replace(this.dataset.next || belongs);
    else this.querySelector('form').submit();
  }

  /** Those that ask for a restore or a pairing first: whoever asks can’t use the PIN of an enrolled one; then the enrolled ones. */
  async #candidates() {
    const all = await devicesOf(this.dataset.user);
    const rank = ({ state, request, pairing }) => (request || pairing ? 2 : Number(state === 'enrolled'));
    return all.sort((a, b) => rank(b) - rank(a));
  }

  /** @returns {Promise<object|null>} null: the key is gone from this browser, or the server knows no such device */
  async #prove(device) {
    try {
      return await signedFetch('/devices/here', { device });
    } catch (error) {
      if (['storage_refused', 'not_found'].includes(error.code)) return null;
      throw error;
    }
  }
});
