/** The titles of a vault, searched in memory. */
import { RowsInSight } from '../rows-in-sight.js';

const order = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true }).compare;

customElements.define('item-list', class extends HTMLElement {
  #items = []; // {item, words}
  #current = null;
  #rows = null;

  connectedCallback() {
    this.#rows = new RowsInSight(this.#part('rows'), this.#part('more'), ({ item }) => this.#row(item));
    this.addEventListener('input', () => this.#search());
    this.addEventListener('click', ({ target }) => {
      const id = target.closest('.item')?.dataset.id;
      if (id) this.dispatchEvent(new CustomEvent('item-chosen', { bubbles: true, detail: { id } }));
    });
  }

  /** @param {object[]} items @param {string|null} current - id of the one that is open */
  show(items, current) {
    this.#items = items
      .map((item) => ({ item, words: `${item.title}\n${item.username}\n${item.url}`.toLowerCase() }))
      .sort((a, b) => order(a.item.title, b.item.title));
    this.#current = current;
    this.#search();
  }

  /** @param {string|null} id - marked as the one that is open */
  mark(id) {
    this.#current = id;
    for (const row of this.querySelectorAll('.item')) row.setAttribute('aria-current', String(row.dataset.id === id));
  }

  #search() {
    const wanted = this.querySelector('input').value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#items.filter(({ words }) => wanted.every((word) => words.includes(word)));
    this.#part('empty').hidden = this.#items.length > 0;
    this.#part('none').hidden = !this.#items.length || found.length > 0;
    this.#rows.show(found);
    const detail = { found: found.length, count: this.#items.length };
    this.dispatchEvent(new CustomEvent('items-counted', { bubbles: true, detail }));
  }

  #row(item) {
    const row = this.#part('row').content.cloneNode(true);
    const button = row.querySelector('.item');
    button.dataset.id = item.id;
    button.setAttribute('aria-current', String(item.id === this.#current));
    row.querySelector('.item__letter').textContent = [...item.title][0]?.toUpperCase() ?? '';
    row.querySelector('.item__title').textContent = item.title;
    row.querySelector('.item__detail').textContent = item.kind === 'note' ? this.dataset.note : item.username || item.url;
    return row;
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});
