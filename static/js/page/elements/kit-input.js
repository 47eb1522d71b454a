/**
 * The Recovery Kit, chosen as a file or typed: it stays in this page, and what is wrong with it is said at its field.
 */
import { contentOf } from '../chosen-file.js';
import { parseKit } from '../../crypto/recovery-kits.js';
import { hush, tell } from '../error-messages.js';

const ABOUT = { largest: 64 * 1024, none: 'kit_needed', tooLarge: 'not_a_kit' };

customElements.define('kit-input', class extends HTMLElement {
  connectedCallback() {
    // Of file and text the one that was given last counts.
    this.addEventListener('input', ({ target }) => {
      for (const field of this.#fields) if (field !== target) field.value = '';
      this.#hush();
    });
  }

  disconnectedCallback() { this.clear(); }

  /**
   * @returns {Promise<{identity: string, recipient: string, number: number|null}>} throws as `parseKit`, with `told`:
   *   it was said here
   */
  async read() {
    this.#hush();
    const [file, typed] = this.#fields;
    const isTyped = typed.value.trim() !== '';
    try {
      return await parseKit(isTyped ? typed.value : await contentOf(file, ABOUT));
    } catch (error) {
      tell(slotOf(isTyped ? typed : file), error, this);
      throw Object.assign(error, { told: true });
    }
  }

  /** Forgets what was chosen or typed. */
  clear() {
    for (const field of this.#fields) field.value = '';
    this.#hush();
  }

  #hush() { this.#fields.forEach((field) => hush(slotOf(field))); }

  get #fields() { return [...this.querySelectorAll('.input, .files__input')]; }
});

const slotOf = (field) => field.closest('.field').querySelector('.field__error');
