/** On Settings: whether this browser has promised to keep its key, and a button that asks it to. */
import { askToKeep, storageStanding } from '../kept-storage.js';

customElements.define('kept-storage', class extends HTMLElement {
  connectedCallback() {
    const told = () => this.#tell(true);
    this.querySelector('button').addEventListener('click', () => askToKeep().then(told, told));
    this.#tell(false);
  }

  /** @param {boolean} isAsked - just now */
  async #tell(isAsked) {
    const standing = await storageStanding();
    for (const part of this.querySelectorAll('[data-part]')) part.hidden = part.dataset.part !== standing;
    this.querySelector('[data-part=refused]').hidden = !isAsked || standing !== 'not_kept';
    this.querySelector('button').hidden = isAsked || standing !== 'not_kept';
  }
});
