/**
 * The Devices page, where the vault is open in this tab: marks active devices that the vault’s own signed list doesn’t
 * know under these keys. Nobody asked for it: locked, offline or failed, the page stays as it is.
 */
import { reopen } from '../vault-session.js';
import { openVault } from '../vault-store.js';

customElements.define('device-list', class extends HTMLElement {
  connectedCallback() {
    this.#compare().catch(() => {});
  }

  async #compare() {
    const store = (await reopen(this.dataset.user)) && (await openVault());
    if (!store) return;
    const known = [store.device, ...store.saved.manifest.devices];
    const isKnown = ({ device, sign, recipient }) => known.some((each) => each.id === device && each.sign === sign && each.recipient === recipient);
    const unknown = [...this.querySelectorAll('[data-device]')].filter(({ dataset }) => !isKnown(dataset));
    for (const part of unknown) part.prepend(this.querySelector('template').content.cloneNode(true));
    this.querySelector('[data-part=all-known]').hidden = unknown.length > 0;
  }
});
