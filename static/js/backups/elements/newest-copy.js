/** What this browser has to restore from, on the door to it: the newest copy, with its place. */
import { copiesOf } from '../local-copies.js';
import { MOMENT, withTime } from '../../page/formatting.js';
import { sentence } from '../../page/error-messages.js';

customElements.define('newest-copy', class extends HTMLElement {
  async connectedCallback() {
    const { copies } = await copiesOf(this.dataset.user, this.dataset.account, this.dataset.vaultEpoch).catch(() => ({
      copies: [],
    }));
    const [newest] = copies;
    const told = { at: newest?.made_at && MOMENT, folder: newest?.folder };
    const words = sentence(this, newest ? `newest_${newest.place}` : 'none', told);
    this.querySelector('span').replaceChildren(...withTime(words, newest?.made_at));
  }
});
