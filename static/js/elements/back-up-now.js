/** One cloud backup, now. It says `backup-made`, by which the list below asks for itself anew. */
import { backUp, followKey, servedKey } from '../backing-up.js';
import { CryptoError } from '../crypto/errors.js';
import { showStep } from '../progress.js';
import { hush, tell } from '../sentences.js';
import { openVault } from '../vault-store.js';

customElements.define('back-up-now', class extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('[data-do=back-up]');
    button.addEventListener('click', () => this.#backUp(button));
    button.disabled = false; // not before it is heard
  }

  async #backUp(button) {
    const slot = this.querySelector('[role=alert]');
    const part = (name) => this.querySelector(`[data-part=${name}]`);
    hush(slot);
    part('done').hidden = true;
    part('changed').replaceChildren();
    button.disabled = true;
    try {
      showStep(this, 'open');
      const store = await openVault();
      if (!store) return; // on the way to the PIN
      showStep(this, 'seal');
      const key = await servedKey();
      if (!key) throw new CryptoError('key_mismatch');
      part('followed').hidden = !(await followKey(store, key));
      await backUp(store, key);
      part('done').hidden = false;
      this.dispatchEvent(new CustomEvent('backup-made', { bubbles: true }));
    } catch (error) {
      if (error.code === 'key_mismatch') part('changed').append(part('changed-key').content.cloneNode(true));
      else tell(slot, error, this);
    } finally {
      button.disabled = false;
      showStep(this, null);
    }
  }
});
