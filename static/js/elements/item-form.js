/** A login or a note, being written. It says `item-save` with the whole item, or `item-cancel`. */
import { now, randomBytes, randomId } from '../crypto/bytes.js';
import { hush } from '../sentences.js';

// No characters that are easily taken for others when a password has to be typed off a screen.
const ALPHABET = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#$%&*+-=?@_';
const LENGTH = 20;

customElements.define('item-form', class extends HTMLElement {
  #item = null;

  connectedCallback() {
    this.addEventListener('click', ({ target }) => {
      const act = target.closest('[data-do]')?.dataset.do;
      if (act === 'generate') this.#generate();
      if (act === 'cancel') this.#say('item-cancel', { id: this.#item.id });
    });
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!event.target.hasAttribute('aria-busy')) this.#say('item-save', { item: this.read(), form: this });
    });
  }

  disconnectedCallback() {
    this.#item = null;
    this.replaceChildren();
  }

  /** @param {object|null} item - null: a new one @param {'login'|'note'} kind */
  show(item, kind) {
    const empty = { title: '', username: '', password: '', url: '', notes: '', created_at: now() };
    this.#item = item ?? { id: randomId(), kind, ...empty };
    const heading = item ? 'edit' : `add-${kind}`;
    for (const title of this.querySelectorAll('[data-title]')) title.hidden = title.dataset.title !== heading;
    for (const part of this.querySelectorAll('[data-only]')) part.hidden = part.dataset.only !== kind;
    for (const field of this.#fields) field.value = this.#item[field.dataset.field];
  }

  /** @returns {object} the item as it is written now; later than the version it was made from, whatever the clock says */
  read() {
    const written = Object.fromEntries(this.#fields.map((field) => [field.dataset.field, field.value]));
    const after = new Date((Date.parse(this.#item.updated_at) || 0) + 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    return { ...this.#item, ...written, title: written.title.trim(), updated_at: after > now() ? after : now() };
  }

  /** The error slot, empty. */
  get slot() {
    const slot = this.querySelector('[role=alert]');
    hush(slot);
    return slot;
  }

  get #fields() { return [...this.querySelectorAll('[data-field]')]; }

  #generate() {
    const field = this.querySelector('[data-field=password]');
    field.value = Array.from({ length: LENGTH }, character).join('');
    if (field.type === 'password') this.querySelector('.reveal').click();
  }

  #say(name, detail) { this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }
});

/** One of the alphabet, all equally likely: bytes beyond the last whole round of it are thrown away. */
function character() {
  const [byte] = randomBytes(1);
  return byte < 256 - (256 % ALPHABET.length) ? ALPHABET[byte % ALPHABET.length] : character();
}
