/** The vault as a file: `data-as` age, as it is; json, in plain text, after this device’s PIN and a ticked warning. */
import { CryptoError } from '../../crypto/errors.js';
import { download } from '../../page/download.js';
import { plainExport } from '../plain-export.js';
import { fileName } from '../../device/file-names.js';
import { onSubmit } from '../../page/on-submit.js';
import { unlockWith } from '../../device/unlock.js';
import { openVault } from '../../device/vault-store.js';
import { accountOf } from '../../device/vault-versions.js';

customElements.define('export-vault', class extends HTMLElement {
  connectedCallback() {
    const { as, device } = this.dataset;
    const form = this.querySelector('form');
    const done = this.querySelector('[data-part=done]');
    onSubmit(form, async (pin) => {
      done.hidden = true;
      if (as === 'json') {
        if (!this.querySelector('[type=checkbox]').checked) throw new CryptoError('warning_not_ticked');
        await unlockWith(pin, device);
      }
      const store = await openVault();
      if (!store) return new Promise(() => {}); // on the way to the PIN
      if (store.hasUnsaved) await store.save(); // what this browser could not save before
      const { saved: { file, manifest }, body } = store;
      const name = fileName(accountOf(manifest), manifest.made_at, as);
      download(as === 'json' ? plainExport(body) : file, name, 'application/octet-stream');
      form.reset();
      done.hidden = false;
      return undefined;
    }, this);
  }
});
