/** One item, open: its fields, its password behind a button. Whoever puts it on the page calls `show` first. */
import { clockTime } from '../../page/formatting.js';

/** @import { Item } from '../../crypto/documents.js' */

const DOTS = '••••••••••';

customElements.define('item-view', class extends HTMLElement {
  #item = null;

  connectedCallback() {
    this.addEventListener('click', ({ target }) => {
      const act = target.closest('[data-do]')?.dataset.do;
      if (act === 'reveal') this.#reveal(target.closest('button'));
      else if (act) {
        this.dispatchEvent(new CustomEvent(`item-${act}`, { bubbles: true, detail: { id: this.#item.id } }));
      }
    });
  }

  disconnectedCallback() {
    this.#item = null;
    this.replaceChildren();
  }

  /** @param {Item} item */
  show(item) {
    this.#item = item;
    for (const place of this.querySelectorAll('[data-field]')) place.textContent = item[place.dataset.field];
    for (const row of this.querySelectorAll('[data-row]')) if (!item[row.dataset.row]) row.remove();
    for (const copy of this.querySelectorAll('copy-button')) copy.read = () => this.#item[copy.dataset.copies];
    if (item.password) this.querySelector('[data-field=password]').textContent = DOTS;
    // Only an address of the web becomes a link: what else could be typed there must not run or open anything.
    if (/^https?:\/\//i.test(item.url)) this.querySelector('[data-field=url]').href = item.url;
    this.querySelector('.facts__row:last-child dd').textContent = clockTime(item.updated_at);
  }

  #reveal(button) {
    const shown = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(shown));
    this.querySelector('[data-field=password]').textContent = shown ? this.#item.password : DOTS;
  }
});
