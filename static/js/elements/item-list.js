/** The titles of a vault, searched in memory. Rows are made as they come into sight, so ten thousand cost no more than fifty. */
const AT_ONCE = 60;
const AHEAD = { rootMargin: '400px', scrollMargin: '400px' };
const order = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true }).compare;

customElements.define('item-list', class extends HTMLElement {
  #items = []; // {item, words}
  #found = [];
  #current = null;
  #watch = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && this.#more(), AHEAD);

  connectedCallback() {
    this.addEventListener('input', () => this.#search());
    this.addEventListener('click', ({ target }) => {
      const id = target.closest('.item')?.dataset.id;
      if (id) this.dispatchEvent(new CustomEvent('item-chosen', { bubbles: true, detail: { id } }));
    });
    this.#watch.observe(this.#part('more'));
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
    this.#found = this.#items.filter(({ words }) => wanted.every((word) => words.includes(word)));
    this.#part('rows').replaceChildren();
    this.#part('empty').hidden = this.#items.length > 0;
    this.#part('none').hidden = !this.#items.length || this.#found.length > 0;
    this.#more();
    const detail = { found: this.#found.length, count: this.#items.length };
    this.dispatchEvent(new CustomEvent('items-counted', { bubbles: true, detail }));
  }

  #more() {
    const rows = this.#part('rows');
    const next = this.#found.slice(rows.childElementCount, rows.childElementCount + AT_ONCE);
    rows.append(...next.map(({ item }) => this.#row(item)));
    // Observed anew, it reports again where even these leave room.
    this.#watch.unobserve(this.#part('more'));
    if (rows.childElementCount < this.#found.length) this.#watch.observe(this.#part('more'));
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
