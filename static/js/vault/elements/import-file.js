/** Reads the file that a member chooses, in this page only, and hands what is in it to the `<bring-in>` inside. */
import { contentOf } from '../../page/chosen-file.js';
import { LIMITS } from '../../crypto/documents.js';
import { readExport } from '../read-export.js';
import { onSubmit } from '../../page/on-submit.js';
import { sentence, tell } from '../../page/error-messages.js';
import { openVault } from '../../device/vault-store.js';

const ABOUT = { largest: LIMITS.file, none: 'no_file', tooLarge: 'import_too_large' };

customElements.define('import-file', class extends HTMLElement {
  connectedCallback() {
    onSubmit(this.querySelector('form'), () => this.#read(), this);
    // Where the PIN is needed it is asked before a file is chosen, not after.
    openVault().catch((error) => tell(this.querySelector('[role=alert]'), error, this));
  }

  async #read() {
    const look = this.querySelector('bring-in');
    const input = this.querySelector('input');
    const [read, kept, assumed] = ['read', 'kept', 'assumed'].map((name) => this.querySelector(`[data-part=${name}]`));
    look.clear();
    read.textContent = kept.textContent = '';
    assumed.hidden = true;
    const file = await contentOf(input, ABOUT);
    const found = await readExport(file, sentence(this, 'untitled'), input.files[0].name);
    await look.show(found.items, found.problems, [], found.remarks);
    assumed.hidden = !found.isAssumed;
    const count = (found.items.length + found.problems.length).toLocaleString();
    read.textContent = sentence(this, found.format === 'list' ? 'read_list' : 'read', {
      count,
      format: sentence(this, `format_${found.format}`),
    });
    const names = [...found.kept].map(([name, times]) => `${name} (${times.toLocaleString()})`).join(', ');
    if (names) kept.textContent = sentence(this, 'kept', { names });
  }
});
