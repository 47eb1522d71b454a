/**
 * Keeps what an invite link says of the organisation’s recovery key (`#k=…`, the first 32 characters of its fingerprint)
 * in this browser, so that the server can’t name another key later, and nor can a later link: from the key that is known,
 * only signatures or a person lead to another. The address is cleared before anything else happens.
 */
import { pinOf, setPin } from '../keystore.js';

const fragment = new URLSearchParams(location.hash.slice(1)).get('k') ?? '';
if (location.hash) history.replaceState(history.state, '', location.pathname + location.search);

customElements.define('invite-pin', class extends HTMLElement {
  connectedCallback() {
    // Where it can’t be kept, the member types characters of it later.
    const [{ redirectCount }] = performance.getEntriesByType('navigation');
    if (!redirectCount && /^[a-z2-7]{32}$/.test(fragment)) this.#keep().catch(() => {});
  }

  async #keep() {
    const { organisation } = this.dataset;
    if (!(await pinOf(organisation))) await setPin(organisation, { fingerprint: fragment });
    this.dataset.state = 'kept';
  }
});
