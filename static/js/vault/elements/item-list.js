/** The titles of a vault, searched in memory. */
import { RowsInSight } from '../../page/rows-in-sight.js';

/**
 * @import { Item } from '../../crypto/documents.js'
 * @import { Offer } from '../vault-drafts.js'
 */

const order = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true }).compare;

customElements.define('item-list', class extends HTMLElement {
  #items = []; // {item, words}
  #current = null;
  #drafts = [];
  #rows = null;

  connectedCallback() {
    this.#rows = new RowsInSight(this.#part('rows'), this.#part('more'), ({ item, name }) => this.#row(item, name));
    this.addEventListener('input', () => this.#search());
    this.addEventListener('click', ({ target }) => {
      const { id, draft } = target.closest('.item')?.dataset ?? {};
      if (draft) this.dispatchEvent(new CustomEvent('draft-continue', { bubbles: true, detail: { name: draft } }));
      else if (id) this.dispatchEvent(new CustomEvent('item-chosen', { bubbles: true, detail: { id } }));
    });
  }

  /**
   * @param {Item[]} items @param {string|null} current - id of the one that is open
   * @param {Offer[]} [drafts] - marked at their items; what is no item yet
   *   stands above
   */
  show(items, current, drafts = []) {
    this.#drafts = drafts.filter(({ draft }) => draft);
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
    const beginnings = wanted.length
      ? []
      : this.#drafts
          .filter(({ state }) => state === 'new')
          .map(({ name, draft }) => ({
            name,
            item: {
              username: '',
              url: '',
              ...draft.fields,
              kind: draft.kind,
              title: draft.fields.title || this.dataset.untitled,
            },
          }));
    this.#rows.show([...beginnings, ...found]);
    const detail = { found: found.length, count: this.#items.length };
    this.dispatchEvent(new CustomEvent('items-counted', { bubbles: true, detail }));
  }

  #row(item, name) {
    const row = this.#part('row').content.cloneNode(true);
    const button = row.querySelector('.item');
    if (name) button.dataset.draft = name;
    else button.dataset.id = item.id;
    if (!name && !this.#drafts.some(({ draft }) => draft.item === item.id)) row.querySelector('.item__draft').remove();
    button.setAttribute('aria-current', String(item.id === this.#current));
    row.querySelector('.item__letter').textContent = [...item.title][0]?.toUpperCase() ?? '';
    row.querySelector('.item__title').textContent = item.title;
    row.querySelector('.item__detail').textContent =
      item.kind === 'note' ? this.dataset.note : item.username || item.url;
    return row;
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});
