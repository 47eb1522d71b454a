/**
 * Local Backups: what this browser keeps, how often and where. It lists without the vault; making a copy opens that.
 * Trying and restoring is `<open-backup>`’s, which hears `backup-chosen`.
 */
import { download } from '../../page/download.js';
import { deviceBy } from '../../device/keystore.js';
import {
  allowFolder, changeSettings, chooseFolder, copiesOf, keepCopy, noteOutside, noteTrial,
} from '../local-copies.js';
import { clockTime } from '../../page/formatting.js';
import { hush, sentence, tell } from '../../page/error-messages.js';
import { openVault } from '../../device/vault-store.js';

const kilobytes = new Intl.NumberFormat(undefined, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });

customElements.define('local-backups', class extends HTMLElement {
  #copies = [];
  #tail = Promise.resolve();
  #doomed = null; // what the open dialog asks about

  connectedCallback() {
    this.addEventListener('click', ({ target }) => this.#click(target.closest('[data-do]')));
    this.#part('schedule').addEventListener('change', ({ target }) =>
      this.#run(() => changeSettings(this.dataset.user, { schedule: target.value }), 'schedule_kept'),
    );
    this.#run(() => {});
  }

  #click(button) {
    const act = button?.dataset.do;
    const copy = this.#copies[button?.closest('tr')?.dataset.place];
    const { user } = this.dataset;
    if (act === 'back-up') this.#run(() => this.#backUp());
    if (act === 'choose-folder') this.#run(() => chooseFolder(user));
    if (act === 'allow-folder') this.#run(async () => (await allowFolder(user)) && this.#backUp());
    if (act === 'download') this.#run(() => this.#download(copy), 'downloaded');
    if (act === 'ask') this.#ask(copy);
    if (act === 'delete') this.#run(() => this.#delete(), 'deleted');
    if (['try', 'restore'].includes(act)) this.#say(act, copy);
  }

  /**
   * Does something, one thing after the other, then shows how things are.
   * @param {string} [done] - code of what is said then
   */
  #run(work, done) { return (this.#tail = this.#tail.then(() => this.#alone(work, done))); }

  async #alone(work, done) {
    hush(this.#part('error'));
    this.ariaBusy = 'true';
    try {
      const said = (await work()) || done;
      this.#part('done').textContent = said ? sentence(this, said) : '';
    } catch (error) {
      this.#part('done').textContent = '';
      tell(this.#part('error'), error, this);
    }
    await this.#list().catch((error) => tell(this.#part('error'), error, this));
    this.ariaBusy = null;
  }

  async #backUp() {
    const store = await openVault();
    if (!store) return null; // on the way to the PIN
    const { name, isOutside } = await keepCopy(store);
    if (isOutside) return 'kept_outside';
    download(store.saved.file, name, 'application/octet-stream');
    await noteOutside(store.device, store.saved.manifest.epoch);
    return 'kept_downloaded';
  }

  async #download({ name, epoch, read }) {
    download(await read(), name, 'application/octet-stream');
    if (epoch) await noteOutside(await deviceBy(this.dataset.device), epoch);
  }

  #ask(copy) {
    this.#doomed = copy;
    this.#part('delete').showModal();
  }

  #delete() {
    this.#part('delete').close();
    return this.#doomed.remove();
  }

  #say(act, copy) {
    const tried = () => this.#run(() => noteTrial(this.dataset.user, copy));
    this.dispatchEvent(
      new CustomEvent('backup-chosen', { bubbles: true, detail: { act, kit: copy.kit, read: copy.read, tried } }),
    );
  }

  async #list() {
    const { user, account, vaultEpoch } = this.dataset;
    const {
      copies,
      browser,
      folder,
      folderName,
      settings: { schedule, trouble },
    } = await copiesOf(user, account, vaultEpoch);
    this.#copies = copies.filter(({ place }) => place !== 'own');
    this.#part('rows').replaceChildren(...this.#copies.map((copy, place) => this.#row(copy, place)));
    this.#part('list').hidden = !this.#copies.length;
    this.#part('empty').hidden = this.#copies.length > 0;
    this.#part('schedule').value = schedule;
    for (const part of this.querySelectorAll('[data-folder]')) {
      part.hidden = !part.dataset.folder.split(' ').includes(folder ?? 'folder_ok');
    }
    for (const place of this.querySelectorAll('[data-folder-name]')) place.textContent = folderName;
    const code = browser ?? (trouble === folder ? null : trouble);
    hush(this.#part('trouble'));
    if (code) tell(this.#part('trouble'), { code }, this);
  }

  #row(copy, place) {
    const row = /** @type {HTMLElement} */ (this.#part('row').content.cloneNode(true).firstElementChild);
    const [made, tried] = [copy.made_at, copy.tried_at].map((at) => at && clockTime(at));
    const told = {
      ...copy,
      made,
      size: kilobytes.format(copy.size / 1000),
      place: sentence(this, `in_${copy.place}`, copy),
      tried: tried && sentence(this, 'tried', { tried }),
    };
    row.dataset.place = String(place);
    for (const cell of row.querySelectorAll('[data-field]')) {
      cell.textContent = told[cell.dataset.field] ?? cell.textContent;
    }
    return row;
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});
