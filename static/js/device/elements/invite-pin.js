/**
 * Keeps what an invite link says of the organisation’s recovery key (`#k=…`, the first 32 characters of its
 * fingerprint) in this browser: the server can’t name another key later without being refused, and who joins with that
 * link types nothing. More it isn’t good for (known-keys.js). The address is cleared before anything else happens.
 */
import { keepLink } from '../known-keys.js';

const fragment = new URLSearchParams(location.hash.slice(1)).get('k') ?? '';
if (location.hash) history.replaceState(history.state, '', location.pathname + location.search);

customElements.define('invite-pin', class extends HTMLElement {
  connectedCallback() {
    // Where it can’t be kept, the member types characters of it later.
    const [{ redirectCount }] = performance.getEntriesByType('navigation');
    if (!redirectCount && /^[a-z2-7]{32}$/.test(fragment)) this.#keep().catch(() => {});
    else this.dataset.state = 'none';
  }

  async #keep() {
    await keepLink(this.dataset.organisation, fragment);
    this.dataset.state = 'kept';
  }
});
