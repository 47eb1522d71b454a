/**
 * The vault’s page: opens it, shows the list and one item, saves edits. What could not be saved stays on the screen and in
 * this browser, and a banner says why and how it goes on.
 */
import { backUpIfDue } from '../backing-up.js';
import { now } from '../crypto/bytes.js';
import { CryptoError } from '../crypto/errors.js';
import { keepCopyIfDue } from '../local-copies.js';
import { hush, sentence, tell } from '../sentences.js';
import { vaultStore } from '../vault-store.js';

const RETRY = 30_000;

customElements.define('vault-items', class extends HTMLElement {
  #store = null;
  #open = null; // id of the item that is open
  #trouble = null; // the code of what went wrong last

  connectedCallback() {
    const on = (name, work) => this.addEventListener(name, work);
    on('item-chosen', ({ detail }) => this.#show(detail.id));
    on('item-close', () => this.#show(null));
    on('item-edit', ({ detail }) => this.#write(this.#item(detail.id)));
    on('item-cancel', ({ detail }) => this.#show(this.#item(detail.id) ? detail.id : null));
    on('item-save', ({ detail }) => this.#save(detail));
    on('item-delete', ({ detail }) => this.#delete(detail.id));
    on('items-counted', ({ detail }) => this.#count(detail));
    on('click', ({ target }) => this.#click(target.closest('[data-do], [data-add]')?.dataset ?? {}));
    this.#list.dataset.note = sentence(this, 'note_detail');
    const retry = () => this.#trouble === 'offline' && this.#again();
    window.addEventListener('online', retry);
    setInterval(retry, RETRY);
    this.#load();
  }

  #click({ do: act, add }) {
    const label = sentence(this, 'other_version');
    if (add) this.#write(null, add);
    else if (act === 'again') this.#again();
    else if (act === 'keep') this.#try(() => this.#keepEdit(label));
    else if (act === 'put-back') this.#try(() => this.#store.putBack(label));
  }

  #again() { return this.#store?.saved ? this.#try(() => this.#store.save()) : this.#load(); }

  #load() {
    this.#part('opening').hidden = false;
    return this.#try(async () => {
      this.#store ??= await vaultStore();
      if (!this.#store) throw new CryptoError('tab_key_gone'); // on the way to the PIN
      await this.#store.load();
      if (this.#store.hasUnsaved) await this.#store.save();
    });
  }

  /** Does something with the store and shows how the vault is now. @returns {Promise<boolean>} whether all is saved */
  async #try(work) {
    this.#trouble = null;
    try {
      await work();
    } catch (error) {
      this.#say(error);
    }
    this.#part('opening').hidden = true;
    if (!this.#trouble) this.#settle();
    else if (this.#store?.hasUnsaved) this.#render();
    return !this.#trouble;
  }

  #settle() {
    this.#say(null);
    this.#render();
    // Not waited for: the vault is saved, whether or not backup and copy get through. What is wrong with the copy, the Backup Center says.
    keepCopyIfDue(this.#store).catch(() => {});
    const told = (code) => !this.#trouble && this.#say({ code });
    backUpIfDue(this.#store).then((isNew) => isNew && told('key_followed'), ({ code }) => code === 'key_mismatch' && told(code));
  }

  #render() {
    this.#part('vault').hidden = false;
    this.#list.show(this.#store.body.items, this.#open);
    if (!this.querySelector('item-form')) this.#show(this.#item(this.#open) ? this.#open : null);
  }

  /** @param {string|null} id */
  #show(id) {
    this.#open = id;
    this.#list.mark(id);
    this.#place(id ? 'view' : 'nothing-open');
    if (!id) return;
    this.querySelector('item-view').show(this.#item(id));
    this.querySelector('item-view h2').focus();
  }

  #write(item, kind = item.kind) {
    this.#place('form');
    this.querySelector('item-form').show(item, kind);
    this.querySelector('item-form input').focus();
  }

  async #save({ item, form }) {
    const { slot } = form;
    if (!item.title) return tell(slot, new CryptoError('no_title'), this);
    form.querySelector('form').setAttribute('aria-busy', 'true');
    try {
      await this.#store.edit((body) => replace(body, item));
    } catch (error) {
      form.querySelector('form').removeAttribute('aria-busy');
      return tell(slot, error, this);
    }
    const isSaved = await this.#try(() => this.#store.save());
    form.querySelector('form')?.removeAttribute('aria-busy');
    // Where another device was first the form stays, with everything in it.
    if (isSaved || this.#trouble !== 'stale_vault') this.#show(item.id);
    return undefined;
  }

  /** What was typed since the save that was refused counts too. */
  async #keepEdit(label) {
    const form = this.querySelector('item-form');
    const item = form?.read();
    if (item?.title) await this.#store.edit((body) => replace(body, item));
    await this.#store.keepEdit(label);
    if (form) this.#show(item.id);
  }

  #delete(id) {
    this.querySelector('dialog[open]')?.close();
    return this.#try(async () => {
      await this.#store.edit((body) => {
        body.items = body.items.filter((item) => item.id !== id);
        body.tombstones.push({ id, deleted_at: now() });
      });
      this.#show(null);
      await this.#store.save();
    });
  }

  /** @param {Error & {code?: string}|null} error */
  #say(error) {
    this.#trouble = error && (error.code ?? 'unexpected');
    const banners = [...this.querySelectorAll('[data-banner]')];
    const shown = error && (banners.find(({ dataset }) => dataset.banner === this.#bannerName()) ?? banners.at(-1));
    for (const banner of banners) banner.hidden = banner !== shown;
    shown?.scrollIntoView({ block: 'nearest' });
    const slot = this.querySelector('#vault-error');
    if (shown?.contains(slot)) tell(slot, error, this);
    else hush(slot);
  }

  #bannerName() {
    if (this.#trouble !== 'offline') return this.#trouble;
    if (!this.#store?.hasUnsaved) return 'other';
    return this.#store.isKept ? 'offline' : 'offline_not_kept';
  }

  #count({ found, count }) {
    const code = found < count ? 'found' : { 0: 'none', 1: 'one' }[count] ?? 'many';
    this.#part('count').textContent = sentence(this, `count_${code}`, { found, count });
  }

  /** Shows a template beside the list; on a phone in its place, while something is open. */
  #place(name) {
    this.#part('vault').toggleAttribute('data-open', name !== 'nothing-open');
    this.#part('detail').replaceChildren(this.#part(name).content.cloneNode(true));
  }

  #item(id) { return this.#store.body.items.find((item) => item.id === id); }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }

  get #list() { return this.querySelector('item-list'); }
});

function replace(body, item) {
  const place = body.items.findIndex(({ id }) => id === item.id);
  body.items.splice(place < 0 ? body.items.length : place, place < 0 ? 0 : 1, item);
}
