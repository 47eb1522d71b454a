/**
 * A login or a note, being written. It says `item-typed` with the fields that were changed (from the first keystroke
 * on), `item-save` with the whole item, or `item-cancel`.
 */
import { now, randomBytes, randomId } from '../../crypto/bytes.js';
import { changed, fill } from '../item-edits.js';
import { hush } from '../../page/error-messages.js';

/** @import { Item } from '../../crypto/documents.js' */

// No characters that are easily taken for others when a password has to be typed off a screen.
const ALPHABET = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#$%&*+-=?@_';
const LENGTH = 20;

customElements.define('item-form', class extends HTMLElement {
  #item = null;
  #shown = {}; // what each field showed at first

  connectedCallback() {
    this.addEventListener('input', () => this.#typed());
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
    this.#shown = {};
    this.replaceChildren();
  }

  /** @param {Item|null} item - null: a new one @param {string} kind - login or note */
  show(item, kind) {
    const empty = { title: '', username: '', password: '', url: '', notes: '', created_at: now() };
    this.#item = item ?? { id: randomId(), kind, ...empty };
    const heading = item ? 'edit' : `add-${kind}`;
    for (const title of this.querySelectorAll('[data-title]')) title.hidden = title.dataset.title !== heading;
    for (const part of this.querySelectorAll('[data-only]')) part.hidden = part.dataset.only !== kind;
    this.#shown = Object.fromEntries(
      this.#fields.map((field) => [field.dataset.field, fill(field, this.#item[field.dataset.field] ?? '')]),
    );
  }

  /** Goes on with a draft. @param {Record<string, string>} fields - that were changed */
  goOn(fields) {
    for (const field of this.#fields) {
      if (Object.hasOwn(fields, field.dataset.field)) fill(field, fields[field.dataset.field]);
    }
  }

  /** @param {boolean} isKept - whether the draft is @param {string} words - that say so */
  tellDraft(isKept, words) {
    this.dataset.draft = isKept ? 'kept' : 'not_kept';
    const line = this.querySelector('[data-part=draft]');
    if (line && line.textContent !== words) line.textContent = words;
  }

  /**
   * @returns {Item} the item as it is written now; later than the version it was made from, whatever the clock says
   */
  read() {
    const written = Object.fromEntries(this.#fields.map((field) => [field.dataset.field, field.value]));
    const after = new Date((Date.parse(this.#item.updated_at) || 0) + 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    if (written.title !== this.#shown.title) written.title = written.title.trim();
    const edited = changed(this.#item, this.#shown, written);
    return { ...edited, updated_at: after > now() ? after : now() };
  }

  /** The error slot, empty. */
  get alert() {
    const slot = this.querySelector('[role=alert]');
    hush(slot);
    return slot;
  }

  get #fields() { return [...this.querySelectorAll('[data-field]')]; }

  #generate() {
    const field = this.querySelector('[data-field=password]');
    field.value = Array.from({ length: LENGTH }, character).join('');
    if (field.type === 'password' || field.hasAttribute('data-masked')) this.querySelector('.reveal').click();
    this.#typed();
  }

  #typed() {
    if (!this.#item) return;
    delete this.dataset.draft; // until it is
    const typed = this.#fields.filter(({ value, dataset }) => value !== this.#shown[dataset.field]);
    this.#say('item-typed', { fields: Object.fromEntries(typed.map(({ value, dataset }) => [dataset.field, value])) });
  }

  /** The item it was made from; a new one has the id that it gets. */
  get item() { return this.#item; }

  #say(name, detail) { this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }
});

/** One of the alphabet, all equally likely: bytes beyond the last whole round of it are thrown away. */
function character() {
  const [byte] = randomBytes(1);
  return byte < 256 - (256 % ALPHABET.length) ? ALPHABET[byte % ALPHABET.length] : character();
}
