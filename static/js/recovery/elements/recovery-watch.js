/**
 * On the sign-in page, in a browser that holds device keys of members: shows recoveries that run elsewhere in their
 * name, and leads to “This wasn’t me”. The page works without this element, and stays as it is where a key, an answer
 * or the connection is missing. With `data-at`, where a member said “This wasn’t me” without a device of theirs, the
 * element signs a request to that address with a key of the member in `data-user`, and goes where the answer leads. It
 * loads the scripts that read keys only where this browser has a key store.
 */
import { NAME } from '../../device/keystore-name.js';

customElements.define('recovery-watch', class extends HTMLElement {
  connectedCallback() {
    this.#look().catch(() => {}).finally(() => { this.dataset.looked = ''; });
  }

  async #look() {
    if (!(await this.#mayHoldKeys())) return;
    const { allDevices, LEADS_ON, RUNNING, signedFetch } = await import('../../device/keys.js');
    const { user } = this.dataset;
    const [devices, told] = [(await allDevices()).filter((device) => !user || device.user === user), new Set()];
    for (const device of devices) {
      const holds = this.dataset.at ? LEADS_ON : RUNNING;
      const asked = { device, challengeAt: '/veto/challenge', holds };
      const found = told.has(device.user)
        ? {}
        : await signedFetch(this.dataset.at ?? '/veto/running', asked).catch(() => ({}));
      if (this.dataset.at && found.next) return location.replace(found.next);
      // A recovery that this browser itself runs, under a newer key of its own, is not shown.
      if (!found.kind || devices.some(({ id }) => id === found.device)) continue;
      told.add(device.user);
      this.#tell(found);
    }
  }

  async #mayHoldKeys() {
    const databases = await indexedDB.databases?.(); // an older browser doesn’t say
    return !databases || databases.some(({ name }) => name === NAME);
  }

  #tell({ kind, browser, at, next }) {
    const notice = this.querySelector(`template[data-kind="${CSS.escape(kind)}"]`).content.cloneNode(true);
    notice.querySelector('[data-part=browser]').textContent = browser;
    notice.querySelector('[data-part=at]').textContent = at;
    notice.querySelector('a').href = next;
    this.append(notice);
    this.hidden = false;
  }
});
