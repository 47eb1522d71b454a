/**
 * Opens a local backup or uses the Recovery Kit, on the way back to the vault: what was found in this browser is
 * offered, the newest first. Its form goes on to the preview once something is open.
 */
import { beforeSubmit } from '../../page/before-submit.js';
import { backupIn } from '../../page/chosen-file.js';
import { allowFolder, copiesOf } from '../../backups/local-copies.js';
import { clockTime } from '../../page/formatting.js';
import { openBackup, openWithKit } from '../self-service.js';
import { sentence, tell } from '../../page/error-messages.js';
import { unlockWith } from '../../device/unlock.js';

const OFFERED = 5;

customElements.define('self-service-recovery', class extends HTMLElement {
  #copies = [];

  connectedCallback() {
    beforeSubmit(this, () => this.#open().catch((error) => {
      if (error.code === 'folder_asks') this.#part('folder').hidden = false;
      throw error;
    }));
    this.addEventListener('change', ({ target }) => target.matches('[name=copy]') && this.#settle());
    this.addEventListener('change', ({ target }) => target.matches('[name=opener]') && this.#openWith(target.value));
    this.addEventListener('click', ({ target }) => target.closest('[data-do=allow]') && this.#allow());
    this.addEventListener('drop', () => this.#choose('file'));
    this.querySelector('[type=submit]').disabled = false;
    if (this.dataset.way === 'local_backup') {
      this.#look().catch((error) => tell(this.querySelector('.notice--danger[id]'), error, this));
    }
  }

  async #look() {
    const { user, account, vaultEpoch } = this.dataset;
    const { copies, folder, folderName } = await copiesOf(user, account, vaultEpoch);
    this.#copies = copies.filter(({ size }) => size).slice(0, OFFERED);
    this.#part('looking').hidden = true;
    this.#part('folder').hidden = folder !== 'folder_asks';
    this.#part('folder').querySelector('[data-told=folder]').textContent = folderName ?? '';
    this.#part('copies').replaceChildren(...this.#copies.map((copy, place) => this.#row(copy, place)));
    this.#choose(this.#copies.length ? '0' : 'file');
    this.#part('none').hidden = this.#copies.length > 0;
    this.#part('choices').hidden = !this.#copies.length;
  }

  #row(copy, place) {
    const row = this.#part('copy').content.cloneNode(true);
    const input = row.querySelector('input');
    Object.assign(input, { value: String(place), checked: place === 0 });
    row.querySelector('.choice__title').textContent = copy.made_at
      ? clockTime(copy.made_at)
      : sentence(this, 'time_unknown');
    const codes = [
      `place_${copy.place}`,
      copy.items === null ? 'items_unknown' : 'items_known',
      this.#takesPin(copy) ? 'takes_pin' : 'takes_kit',
    ];
    row.querySelector('.choice__detail').textContent = codes.map((code) => sentence(this, code, copy)).join(' · ');
    row.querySelector('.badge').hidden = place > 0 || this.#copies.length < 2;
    return row;
  }

  /** Whether this device’s PIN opens the copy: the copy is of the vault that this device’s lock opens. */
  #takesPin({ device }) { return Boolean(this.dataset.device) && device === this.dataset.device; }

  #choose(value) {
    const input = this.querySelector(`[name=copy][value="${value}"]`);
    if (input) input.checked = true;
    this.#settle();
  }

  /**
   * Shows how the chosen backup can be opened. A file from elsewhere may be this device’s own: only trying it tells.
   */
  #settle() {
    const chosen = this.querySelector('[name=copy]:checked')?.value ?? 'file';
    this.#part('file').hidden = chosen !== 'file';
    const pin = this.querySelector('[name=opener][value=pin]');
    pin.disabled = chosen === 'file' ? !this.dataset.device : !this.#takesPin(this.#copies[chosen]);
    const opener = pin.disabled || chosen === 'file' ? 'kit' : 'pin';
    this.querySelector(`[name=opener][value=${opener}]`).checked = true;
    this.#part('openers').hidden = pin.disabled;
    this.#part('kit-only').hidden = !pin.disabled || chosen === 'file';
    this.#openWith(opener);
  }

  #openWith(opener) {
    for (const part of this.querySelectorAll('[data-opener]')) part.hidden = part.dataset.opener !== opener;
  }

  async #open() {
    const kit = this.querySelector('kit-input');
    if (this.dataset.way === 'recovery_kit') return openWithKit(this.dataset, await kit.read());
    const chosen = this.querySelector('[name=copy]:checked')?.value ?? 'file';
    const file =
      chosen === 'file'
        ? await backupIn(this.#part('file').querySelector('input[type=file]'))
        : await this.#copies[chosen].read();
    const withPin = this.querySelector('[name=opener]:checked').value === 'pin';
    const pin = this.querySelector('[data-opener=pin] input').value;
    const key = withPin ? (await unlockWith(pin, this.dataset.device)).vaultKey : (await kit.read()).identity;
    return openBackup(this.dataset, file, [key]);
  }

  async #allow() {
    if (await allowFolder(this.dataset.user)) await this.#look();
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});
