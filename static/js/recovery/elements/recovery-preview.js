/** Shows what a recovery would bring back, before anything changes: the backup, and newer items on the server. */
import { newerItems, opened } from '../self-service.js';
import { showSummary } from '../../page/document-summary.js';

customElements.define('recovery-preview', class extends HTMLElement {
  connectedCallback() {
    const found = opened();
    if (found?.way !== this.dataset.way) return location.replace(this.dataset.first); // a reload lost what was open
    const { backup, chosen, newest } = found;
    this.#tell('newest', chosen);
    this.querySelector('[data-of=newest]').hidden = !newest;
    if (backup) {
      this.#tell('backup', backup);
      const count = newest ? newerItems(found) : 0;
      this.querySelector('[data-told=newer]').textContent = String(count);
      this.#part('newer').hidden = !count;
      this.#part('same').hidden = !newest || count > 0;
      this.#part('older').hidden = newest;
      this.#part('empty').hidden = backup.body.items.length > 0;
      const keep = this.#part('newer').querySelector('input');
      keep.checked = found.keepNewer; // the page comes again if the other box was not ticked
      keep.addEventListener('change', () => { found.keepNewer = keep.checked; });
    }
    this.querySelector('form').hidden = false;
    return undefined;
  }

  #tell(which, document) { showSummary(this.querySelectorAll(`[data-of=${which}] [data-told]`), document); }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});
