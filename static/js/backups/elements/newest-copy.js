/** What this browser has to restore from, on the door to it: the newest copy, with its place. */
import { copiesOf } from '../local-copies.js';
import { clockTime } from '../../page/formatting.js';
import { sentence } from '../../page/error-messages.js';

customElements.define('newest-copy', class extends HTMLElement {
  async connectedCallback() {
    const { copies } = await copiesOf(this.dataset.user, this.dataset.account, this.dataset.vaultEpoch).catch(() => ({
      copies: [],
    }));
    const [newest] = copies;
    const at = newest?.made_at && clockTime(newest.made_at);
    this.querySelector('span').textContent = sentence(this, newest ? `newest_${newest.place}` : 'none', {
      at,
      folder: newest?.folder,
    });
  }
});
