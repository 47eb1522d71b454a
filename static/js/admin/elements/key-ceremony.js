/**
 * Makes the organisation recovery key. The server gets the public half by the form; the file goes to the admin, and
 * stays in this element, outside of what is swapped, until the page is left: so it can be downloaded once more.
 */
import { beforeSubmit } from '../../page/before-submit.js';
import { utf8 } from '../../crypto/bytes.js';
import { CryptoError } from '../../crypto/errors.js';
import { makeKeyFile } from '../../crypto/organisation-keys.js';
import { download } from '../../page/download.js';
import { sealWithPassphrase } from '../../device/kdf.js';

customElements.define('key-ceremony', class extends HTMLElement {
  #made = null; // {content, fileName, downloaded}
  #swaps = new MutationObserver(() => this.#settle());

  connectedCallback() {
    beforeSubmit(this, (form) => this.#generate(form), '[data-action=generate]');
    this.addEventListener('click', ({ target }) => target.closest('[data-action=download]') && this.#download());
    this.#swaps.observe(this, { childList: true });
    this.#settle();
  }

  disconnectedCallback() {
    this.#swaps.disconnect();
    this.#made = null;
  }

  async #generate(form) {
    if (!globalThis.isSecureContext) throw new CryptoError('insecure_context');
    const { organisation, organisationName } = this.dataset;
    const epoch = Number(this.#step.dataset.epoch);
    const { text, ...key } = await makeKeyFile({
      organisation,
      organisationName,
      name: form.elements.name.value,
      epoch,
    });
    const passphrase = form.querySelector('#key-passphrase').value;
    const content = passphrase ? await sealWithPassphrase(utf8(text), passphrase) : text;
    this.#made = {
      content,
      fileName: `spare-key-recovery-key-${epoch}.${passphrase ? 'age' : 'txt'}`,
      downloaded: false,
    };
    for (const [name, value] of Object.entries(key)) form.elements[name].value = value;
  }

  /** At first and after a swap: nothing is sent unsealed; once the server has the public half, the file goes out. */
  #settle() {
    const generate = this.querySelector('[data-action=generate] [type=submit]');
    if (generate) generate.disabled = false;
    if (this.#step?.dataset.step !== 'generated') return;
    const held = this.#made !== null;
    for (const part of this.querySelectorAll('[data-part=held]')) part.hidden = !held;
    for (const part of this.querySelectorAll('[data-part=lost]')) part.hidden = held;
    if (held && !this.#made.downloaded) this.#download();
  }

  get #step() { return /** @type {HTMLElement|null} */ (this.firstElementChild); }

  #download() {
    download(this.#made.content, this.#made.fileName);
    this.#made.downloaded = true;
  }
});
