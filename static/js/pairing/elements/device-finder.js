/** Looks in this browser for a device key of the member, and proves possession to the server. */
import { CryptoError } from '../../crypto/errors.js';
import { devicesOf } from '../../device/keystore.js';
import { forgetEnded } from '../joiner.js';
import { tell } from '../../page/error-messages.js';
import { path } from '../../device/answers.js';
import { text } from '../../crypto/shapes.js';
import { signedFetch } from '../../device/server.js';
import { retryNotice } from '../../page/retry-notice.js';

/** @import { Device } from '../../device/keystore.js' */

customElements.define('device-finder', class extends HTMLElement {
  connectedCallback() {
    this.querySelector('[data-do=again]').addEventListener('click', () => location.reload());
    const slot = this.querySelector('[role=alert]');
    const again = retryNotice(slot, () => look());
    const look = () => this.#find().then(() => again.done(), (error) => {
      this.querySelector('[data-part=looking]').hidden = true;
      this.querySelector('[data-part=failed]').hidden = false;
      tell(slot, error, this);
      again.failed(error);
    });
    look();
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

  /**
   * Devices with an open restore request or pairing come first, since their member can’t use the PIN of an enrolled
   * device; then enrolled devices.
   */
  async #candidates() {
    const all = await devicesOf(this.dataset.user);
    /** @param {Device} device */
    const rank = ({ state, request, pairing }) => (request || pairing ? 2 : Number(state === 'enrolled'));
    return all.sort((a, b) => rank(b) - rank(a));
  }

  /** @returns {Promise<{next: string, state: string}|null>} null: no key is here, or the server knows no such device */
  async #prove(device) {
    try {
      return await signedFetch('/devices/here', {
        device,
        holds: { next: path, state: text },
        same: { device: device.id },
        harmless: true,
      });
    } catch (error) {
      if (['storage_refused', 'not_found'].includes(error.code)) return null;
      throw error;
    }
  }
});
