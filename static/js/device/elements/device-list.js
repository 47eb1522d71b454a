/**
 * The Devices page, where the vault is open in this tab: compares what the server shows with the vault’s own signed
 * list. Marks active devices that the list doesn’t know under these keys, and names those of the list that have no card
 * at all. Nobody asked for it: locked, offline or failed, the page stays as it is.
 */
import { reopen } from '../vault-session.js';
import { openVault } from '../vault-store.js';

customElements.define('device-list', class extends HTMLElement {
  connectedCallback() {
    this.#compare().catch(() => {}).finally(() => { this.dataset.looked = ''; });
  }

  async #compare() {
    const store = (await reopen(this.dataset.user)) && (await openVault());
    if (!store) return;
    const { devices: listed } = store.saved.manifest;
    const known = [store.device, ...listed];
    const shown = [...this.querySelectorAll('[data-device]')];
    const same = ({ id, sign, recipient }, { dataset }) =>
      id === dataset.device && sign === dataset.sign && recipient === dataset.recipient;
    const unknown = shown.filter((part) => part.dataset.sign && !known.some((each) => same(each, part)));
    for (const part of unknown) part.prepend(this.querySelector('template').content.cloneNode(true));
    const hidden = listed.filter(({ id }) => !shown.some(({ dataset }) => dataset.device === id));
    this.querySelector('[data-names]').textContent = hidden.map(({ name }) => name).join(', ');
    this.querySelector('[data-part=hidden]').hidden = !hidden.length;
    this.querySelector('[data-part=all-known]').hidden = unknown.length + hidden.length > 0;
  }
});
