/**
 * Keeps what is being written in one form. The first keystroke is sealed and written at once; what is typed while a
 * write is under way goes with the next one, right after it: there is no pause in which a tab that dies would take
 * words along.
 */
import { sealDraft } from '../crypto/drafts.js';
import { dropDraft, keepDraft } from './draft-store.js';

/** @import { Draft } from './vault-drafts.js' */

export class DraftWriter {
  /** Whether this browser had room for it; null until something was kept. @type {boolean|null} */
  isKept = null;
  #name;
  #place;
  #key;
  #told;
  #next; // what is to be written
  /** @type {Promise<void>|null} */
  #running = null;
  #begun = 0; // of several writes that are under way the one that began last counts
  #written = 0;
  #isOver = false;

  /**
   * @param {{name: string, place: {user: string, epoch: number, item: string}, key: Promise<CryptoKey>,
   *   told: (isKept: boolean) => void}} parts - told: called after each write
   */
  constructor({ name, place, key, told }) {
    [this.#name, this.#place, this.#key, this.#told] = [name, place, key, told];
  }

  /** @param {Draft|null} content - null: nothing is left of it */
  keep(content) {
    this.#next = content;
    this.#running ??= this.#run();
  }

  /**
   * What is typed last doesn’t wait for the write before it.
   * @returns {Promise<void>} once all of it is kept, or can’t be
   */
  async flush() {
    await Promise.all([this.#running, this.#writeNext()]);
  }

  /** It is saved, or thrown away. @returns {Promise<void>} */
  async drop() {
    this.#isOver = true;
    await this.flush();
    await dropDraft(this.#name).catch(() => {}); // found again, it equals what is saved
  }

  async #run() {
    while (this.#next !== undefined) await this.#writeNext();
    this.#running = null;
  }

  async #writeNext() {
    const content = this.#next;
    if (content === undefined) return;
    this.#next = undefined;
    const number = ++this.#begun;
    const sealed = content && (await sealDraft(await this.#key, content, this.#place));
    if (this.#isOver || number < this.#written) return;
    this.#written = number;
    if (sealed) this.isKept = await keepDraft(this.#name, sealed);
    else await dropDraft(this.#name).catch(() => {});
    if (sealed && this.#isOver) await dropDraft(this.#name).catch(() => {});
    if (sealed) this.#told(this.isKept);
  }
}
