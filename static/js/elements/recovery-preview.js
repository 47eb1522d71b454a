/** What a recovery would bring back, before anything changes: the backup, and what the server has that is newer. */
import { newerItems, opened } from '../own-recovering.js';

customElements.define('recovery-preview', class extends HTMLElement {
  connectedCallback() {
    const found = opened();
    if (found?.way !== this.dataset.way) return location.replace(this.dataset.first); // reloaded: what was open is gone
    const { backup, chosen, newest } = found;
    this.#tell('newest', chosen);
    if (backup) {
      this.#tell('backup', backup);
      const count = newest ? newerItems(found) : 0;
      this.querySelector('[data-told=newer]').textContent = count;
      this.#part('newer').hidden = !count;
      this.#part('same').hidden = !newest || count > 0;
      this.#part('older').hidden = newest;
      this.#part('empty').hidden = backup.body.items.length > 0;
      this.#part('newer').addEventListener('change', ({ target }) => { found.keepNewer = target.checked; });
    }
    this.querySelector('form').hidden = false;
    return undefined;
  }

  #tell(which, { manifest, body }) {
    const told = {
      items: body.items.length, saved: new Date(manifest.made_at).toLocaleString(), kit: manifest.kit,
      device: manifest.devices.find(({ id }) => id === manifest.device).name,
    };
    for (const place of this.querySelectorAll(`[data-of=${which}] [data-told]`)) place.textContent = told[place.dataset.told] ?? '';
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});
