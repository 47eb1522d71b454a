/**
 * On the sign-in page, in a browser that holds keys of members’ devices: tells what runs in their name elsewhere, and leads
 * to “This wasn’t me”. Nobody asked for it: without a key, an answer or a connection the page stays as it is. With `data-at`
 * (and `data-user`), on the page for who did ask: leads straight on to where that address says.
 */
import { allDevices } from '../keystore.js';
import { signedFetch } from '../server.js';

customElements.define('recovery-watch', class extends HTMLElement {
  connectedCallback() {
    this.#look().catch(() => {});
  }

  async #look() {
    const { user } = this.dataset;
    const [devices, told] = [(await allDevices()).filter((device) => !user || device.user === user), new Set()];
    for (const device of devices) {
      const asked = { device, challengeAt: '/veto/challenge' };
      const found = told.has(device.user) ? {} : await signedFetch(this.dataset.at ?? '/veto/running', asked).catch(() => ({}));
      if (this.dataset.at && found.next) return location.replace(found.next);
      // What this very browser runs, under a newer key of its own, is no news here.
      if (!found.kind || devices.some(({ id }) => id === found.device)) continue;
      told.add(device.user);
      this.#tell(found);
    }
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
