/** Reads the file that a member chooses, in this page only, and hands what is in it to the `<bring-in>` inside. */
import { contentOf } from '../chosen-file.js';
import { LIMITS } from '../crypto/documents.js';
import { readExport } from '../importing.js';
import { onSubmit } from '../on-submit.js';
import { sentence, tell } from '../sentences.js';
import { openVault } from '../vault-store.js';

const ABOUT = { largest: LIMITS.file, none: 'no_file', tooLarge: 'import_too_large' };

customElements.define('import-file', class extends HTMLElement {
  connectedCallback() {
    onSubmit(this.querySelector('form'), () => this.#read(), this);
    // Where the PIN is needed it is asked before a file is chosen, not after.
    openVault().catch((error) => tell(this.querySelector('[role=alert]'), error, this));
  }

  async #read() {
    const look = this.querySelector('bring-in');
    const [read, kept] = ['read', 'kept'].map((name) => this.querySelector(`[data-part=${name}]`));
    look.clear();
    read.textContent = kept.textContent = '';
    const file = await contentOf(this.querySelector('input'), ABOUT);
    const found = await readExport(file, sentence(this, 'untitled'));
    await look.show(found.items, found.problems);
    const count = (found.items.length + found.problems.length).toLocaleString();
    read.textContent = sentence(this, 'read', { count, format: sentence(this, `format_${found.format}`) });
    const names = [...found.kept].map(([name, times]) => `${name} (${times.toLocaleString()})`).join(', ');
    if (names) kept.textContent = sentence(this, 'kept', { names });
  }
});
