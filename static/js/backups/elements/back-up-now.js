/** One cloud backup, now. It says `backup-made`, by which the list below asks for itself anew. */
import { backUp, followKey, servedKey } from '../backup.js';
import { CryptoError } from '../../crypto/errors.js';
import { showStep } from '../../page/progress.js';
import { hush, tell } from '../../page/error-messages.js';
import { retryNotice } from '../../page/retry-notice.js';
import { openVault } from '../../device/vault-store.js';

customElements.define('back-up-now', class extends HTMLElement {
  #again = null;

  connectedCallback() {
    const button = this.querySelector('[data-do=back-up]');
    this.#again = retryNotice(this.querySelector('[role=alert]'), () => button.click());
    button.addEventListener('click', () => this.#backUp(button));
    button.disabled = false; // not before it is heard
  }

  async #backUp(button) {
    const slot = this.querySelector('[role=alert]');
    const part = (name) => this.querySelector(`[data-part=${name}]`);
    hush(slot);
    this.#again.stop();
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
      this.#again.done();
      this.dispatchEvent(new CustomEvent('backup-made', { bubbles: true }));
    } catch (error) {
      if (error.code === 'key_mismatch') part('changed').append(part('changed-key').content.cloneNode(true));
      else tell(slot, error, this);
      this.#again.failed(error);
    } finally {
      button.disabled = false;
      showStep(this, null);
    }
  }
});
