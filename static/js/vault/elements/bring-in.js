/**
 * A look at items from elsewhere before they come into the open vault, and the save of those that are ticked. Whoever
 * has them calls `show`; it says `brought-in` (detail: how many) once they are saved. What differs is ticked unless
 * `data-ticked` is `new`. Sentences for problems stand in it or in an element around it.
 */
import { backUpIfDue } from '../../backups/backup.js';
import { bringIn, bringKeys, compare } from '../merge-vault.js';
import { CryptoError } from '../../crypto/errors.js';
import { onSubmit } from '../../page/on-submit.js';
import { RowsInSight } from '../../page/rows-in-sight.js';
import { hush, sentence, tell } from '../../page/error-messages.js';
import { NoAnswer } from '../../device/server.js';
import { openVault } from '../../device/vault-store.js';

/**
 * @import { EpochKey, Item } from '../../crypto/documents.js'
 * @import { Problem } from '../read-export.js'
 */

customElements.define('bring-in', class extends HTMLElement {
  #store = null;
  #ticked = new Set(); // of the rows
  #keys = [];
  #added = null; // how many, once they are in the vault of this browser
  #rows = null;
  #problems = null;
  #remarks = null;

  connectedCallback() {
    this.#rows = new RowsInSight(this.#part('rows'), this.#part('more'), (row) => this.#row(row));
    this.#problems = new RowsInSight(this.#part('problems'), this.#part('more-problems'), (each) =>
      this.#problem(each),
    );
    this.#remarks = new RowsInSight(this.#part('remarks'), this.#part('more-remarks'), (each) => this.#problem(each));
    onSubmit(this.querySelector('form'), () => this.#save(), this);
  }

  disconnectedCallback() { this.clear(); }

  /** Nothing of it is on the page any more. */
  clear() {
    this.#store = this.#added = null;
    this.#keys = [];
    this.#ticked.clear();
    this.#rows.show([]);
    this.#problems.show([]);
    this.#remarks.show([]);
    this.#part('preview').hidden = true;
    hush(this.querySelector('[role=alert]'));
  }

  /**
   * @param {Item[]} items - as the body of a vault has them
   * @param {Problem[]} problems - what was not understood: where, why; details
   *   fill the sentence
   * @param {EpochKey[]} [keys] - of earlier vaults, saved with the items
   * @param {Problem[]} [remarks] - what is to be looked at in items that were
   *   understood
   * @returns {Promise<void>} busy on the way to the PIN; throws what `openVault` throws
   */
  async show(items, problems, keys = [], remarks = []) {
    this.clear();
    this.#keys = keys;
    this.#store = await openVault();
    if (!this.#store) return new Promise(() => {});
    const rows = compare(this.#store.body, items);
    const kinds = (this.dataset.ticked ?? 'new differs').split(' ');
    this.#ticked = new Set(rows.filter(({ kind }) => kinds.includes(kind)));
    this.#rows.show(rows);
    this.#problems.show(problems);
    this.#remarks.show(remarks);
    for (const place of this.querySelectorAll('[data-count]')) {
      const { count } = place.dataset;
      place.textContent = (
        count === 'problems' ? problems : rows.filter(({ kind }) => kind === count)
      ).length.toLocaleString();
    }
    this.#part('list').disabled = false;
    this.#part('form').hidden = !items.length;
    this.#part('problem-list').hidden = !problems.length;
    this.#part('remark-list').hidden = !remarks.length;
    this.#part('done').hidden = true;
    this.#part('preview').hidden = false;
    // What wouldn’t be saved is told before it is asked for.
    await this.#store
      .rehearse((body) => this.#bring(body))
      .catch((error) => tell(this.querySelector('[role=alert]'), error, this));
    return undefined;
  }

  #row(row) {
    const shown = this.#part('row').content.cloneNode(true);
    const { title, username, url } = row.item;
    fill(shown, { title, detail: [username, url].filter(Boolean).join(' · ') });
    for (const badge of shown.querySelectorAll('[data-kind]')) if (badge.dataset.kind !== row.kind) badge.remove();
    const box = shown.querySelector('input');
    box.checked = this.#ticked.has(row);
    box.disabled = row.kind === 'same';
    box.addEventListener('change', () => this.#ticked[box.checked ? 'add' : 'delete'](row));
    return shown;
  }

  #problem({ row, code, details }) {
    const shown = this.#part('problem').content.cloneNode(true);
    fill(shown, { row, why: sentence(this.closest(`:has([data-code=${code}])`), code, details) });
    return shown;
  }

  async #save() {
    const store = this.#store;
    if (this.#added === null) {
      if (!this.#ticked.size) throw new CryptoError('none_ticked');
      let added;
      await store.edit((body) => { added = this.#bring(body); });
      this.#added = added;
      this.#part('list').disabled = true; // that is decided: what may come now is another try to send it
    }
    await store.saveOnTop(sentence(this, 'other_version')).catch((error) => {
      throw error instanceof NoAnswer
        ? Object.assign(new CryptoError(store.isKept ? 'not_sent' : 'not_kept', error), {
            isHarmless: error.isHarmless,
          })
        : error;
    });
    backUpIfDue(store).catch(() => {}); // not waited for, and no matter of this page
    this.#part('form').hidden = true;
    this.#part('done').hidden = false;
    this.#part('done').querySelector('[data-count]').textContent = this.#added.toLocaleString();
    this.dispatchEvent(new CustomEvent('brought-in', { bubbles: true, detail: this.#added }));
  }

  /** @returns {number} how many items were added */
  #bring(body) {
    const added = bringIn(body, [...this.#ticked].map(({ item }) => item), sentence(this, 'beside'));
    bringKeys(body, this.#keys, this.#store.saved.manifest.epoch);
    return added;
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});

function fill(shown, texts) {
  for (const [name, text] of Object.entries(texts)) shown.querySelector(`[data-field=${name}]`).textContent = text;
}
