/**
 * The vault’s page: opens it, shows the list and one item, saves edits. What could not be saved stays on the screen and
 * in this browser, and a banner says why and how it goes on.
 */
import { onClosing } from '../../page/close-page.js';
import { backUpIfDue, keepKnown } from '../../backups/backup.js';
import { now } from '../../crypto/bytes.js';
import { CryptoError } from '../../crypto/errors.js';
import { keepCopyIfDue } from '../../backups/local-copies.js';
import { clockTime } from '../../page/formatting.js';
import { Retry } from '../../page/retry.js';
import { hush, sentence, tell } from '../../page/error-messages.js';
import { againIn } from '../../page/retry-notice.js';
import { VaultDrafts } from '../vault-drafts.js';
import { vaultStore } from '../../device/vault-store.js';

/**
 * @import { Item } from '../../crypto/documents.js'
 * @import { Offer } from '../vault-drafts.js'
 * @import { Failure } from '../../crypto/errors.js'
 */

// Whether the session still stands
const DOUBTS = new Set(['signed_out', 'device_not_active', 'tab_key_gone', 'pin_needed']);

customElements.define('vault-items', class extends HTMLElement {
  #store = null;
  #drafts = null;
  #open = null; // id of the item that is open
  #trouble = null; // the code of what went wrong last
  #stop = () => {};
  #repeating = new Retry(() => this.isConnected && this.#again(), (seconds) => this.#tellAgain(seconds), Infinity);

  connectedCallback() {
    const on = (name, work) => this.addEventListener(name, work);
    on('item-chosen', ({ detail }) => this.#show(detail.id));
    on('item-close', () => this.#show(null));
    on('item-edit', ({ detail }) => this.#write(this.#item(detail.id)));
    on('item-cancel', ({ detail }) => this.#show(this.#item(detail.id) ? detail.id : null));
    on('item-save', ({ detail }) => this.#save(detail));
    on('item-delete', ({ detail }) => this.#delete(detail.id));
    on('item-typed', ({ detail }) => this.#drafts.write(detail.fields));
    on('draft-continue', ({ detail }) => this.#continue(detail.name));
    on('draft-discard', ({ detail }) => this.#discard(detail.name));
    on('items-counted', ({ detail }) => this.#count(detail));
    on('click', ({ target }) => this.#click(target.closest('[data-do], [data-add]')?.dataset ?? {}));
    this.#list.dataset.note = sentence(this, 'note_detail');
    const flush = async () => this.#drafts?.flush();
    const noMore = onClosing(flush);
    for (const kind of ['visibilitychange', 'pagehide']) window.addEventListener(kind, flush, true);
    this.#stop = () => {
      noMore();
      for (const kind of ['visibilitychange', 'pagehide']) window.removeEventListener(kind, flush, true);
      this.#repeating.stop();
    };
    this.#load();
  }

  /** Nothing of the vault stays in this page’s memory. */
  disconnectedCallback() {
    this.#stop();
    this.#store = this.#drafts = this.#open = null;
    this.#list?.show([], null);
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
      this.#drafts ??= await readDrafts(this.#store);
      if (this.#store.hasUnsaved) await this.#store.save();
    });
  }

  /** Does something with the store and shows how the vault is now. @returns {Promise<boolean>} whether all is saved */
  async #try(work) {
    this.#trouble = null;
    this.#repeating.stop();
    for (const banner of this.querySelectorAll('[data-banner]')) delete banner.dataset.code;
    try {
      await work();
      this.#repeating.done();
      this.#drafts ??= await readDrafts(this.#store);
    } catch (error) {
      this.#say(error);
      this.#repeating.failed(error);
      if (DOUBTS.has(error.code)) document.dispatchEvent(new CustomEvent('session-watch:check'));
    }
    if (!this.isConnected) return false; // closed meanwhile
    this.#part('opening').hidden = true;
    if (!this.#trouble) this.#settle();
    else if (this.#store?.hasUnsaved) this.#render();
    return !this.#trouble;
  }

  #settle() {
    this.#say(null);
    this.#drafts.settle(this.#store.body.items).then(() => this.#drafts && this.#offer());
    this.#render();
    this.#tellUnconfirmed();
    // Not waited for: the vault is saved, whether or not backup and copy get through. What is wrong with the copy, the
    // Backup Center says.
    keepCopyIfDue(this.#store).catch(() => {});
    keepKnown(this.#store).catch(() => {});
    const told = (code) => !this.#trouble && this.#say({ code });
    backUpIfDue(this.#store).then(
      (isNew) => isNew && told('key_followed'),
      ({ code }) => code === 'key_mismatch' && told(code),
    );
  }

  /** In one line, after every unlock: as the vault says, whatever the server does. */
  #tellUnconfirmed() {
    const { organisation_key: key, unconfirmed_since: since } = this.#store.saved.manifest;
    const [line, told] = [this.#part('unconfirmed'), this.querySelector('[data-told=since]')];
    if (since) told.textContent = clockTime(since);
    this.#part('since').hidden = !told.textContent;
    line.hidden = Boolean(key) || !told.textContent;
  }

  #render() {
    this.#part('vault').hidden = false;
    this.#offer();
    if (!this.querySelector('item-form')) this.#show(this.#item(this.#open) ? this.#open : null);
  }

  /** @param {string|null} id */
  #show(id) {
    this.#open = id;
    const wasWriting = this.querySelector('item-form');
    this.#place(id ? 'view' : 'nothing-open');
    if (wasWriting) this.#offer(); // what was not saved
    else this.#list.mark(id);
    if (!id) return;
    this.querySelector('item-view').show(this.#item(id));
    this.querySelector('item-view h2').focus();
  }

  /**
   * @param {Item|null} item - null: a new one @param {string} kind - login or note
   * @param {Offer|null} offer - a draft to go on with
   */
  #write(item, kind = item.kind, offer = null) {
    this.#place('form');
    const form = this.querySelector('item-form');
    form.show(item, kind);
    const told = (isKept) => form.tellDraft(isKept, sentence(this, isKept ? 'draft_kept' : 'draft_not_kept'));
    this.#drafts.begin({ item: form.item.id, kind, base: item }, offer?.name ?? null, told);
    if (offer) form.goOn(offer.draft.fields);
    if (offer) this.#offer(); // no more to be offered
    if (offer?.state === 'changed') this.querySelector('draft-offers').beside(form, offer);
    form.querySelector('input').focus();
  }

  /** What was deleted elsewhere becomes a new item. */
  #continue(name) {
    const offer = this.#drafts.offers(this.#store.body.items).find((each) => each.name === name);
    if (!offer) return;
    const { draft, state } = offer;
    this.#open = offer.now?.id ?? null;
    this.#write(
      offer.now,
      draft.kind,
      state === 'deleted' ? { ...offer, draft: { ...draft, fields: { ...draft.base, ...draft.fields } } } : offer,
    );
    if (state === 'deleted') this.querySelector('item-form').dispatchEvent(new Event('input'));
  }

  async #discard(name) {
    await this.#drafts.discard(name);
    this.#offer();
    this.querySelector('h1').focus();
  }

  /** The list, with what is being written beside it or was left. */
  #offer() {
    const offers = this.#drafts.offers(this.#store.body.items);
    this.querySelector('draft-offers').show(offers);
    this.#list.show(this.#store.body.items, this.#open, offers);
  }

  async #save({ item, form }) {
    const { alert: slot } = form;
    if (!item.title) return tell(slot, new CryptoError('no_title'), this);
    form.querySelector('form').setAttribute('aria-busy', 'true');
    try {
      await this.#store.edit((body) => replace(body, item));
    } catch (error) {
      form.querySelector('form').removeAttribute('aria-busy');
      return tell(slot, error, this);
    }
    this.#drafts.sent();
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
    this.#drafts.sent();
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

  /** @param {Failure|null} error */
  #say(error) {
    this.#trouble = error && (error.code ?? 'unexpected');
    const banners = [...this.querySelectorAll('[data-banner]')];
    const shown = error && (banners.find(({ dataset }) => dataset.banner === this.#bannerName()) ?? banners.at(-1));
    for (const banner of banners) banner.hidden = banner !== shown;
    shown?.scrollIntoView({ block: 'nearest' });
    const slot = this.querySelector('#vault-error');
    if (shown?.contains(slot)) tell(slot, error, this);
    else hush(slot);
    if (shown) shown.dataset.code = this.#trouble;
    const who = shown?.querySelector('[data-part=who]');
    if (who) who.textContent = sentence(this, this.#trouble, error.details);
  }

  /** Where an edit waits, whatever stands in its way, it says that the edit is kept. */
  #bannerName() {
    if (this.querySelector(`[data-banner="${CSS.escape(this.#trouble)}"]`) && this.#trouble !== 'offline') {
      return this.#trouble;
    }
    if (!this.#store?.hasUnsaved) return 'other';
    return `${this.#trouble === 'offline' ? 'offline' : 'unanswered'}${this.#store.isKept ? '' : '_not_kept'}`;
  }

  #tellAgain(seconds) {
    for (const line of this.querySelectorAll('[data-part=again-in]')) {
      line.hidden = seconds === null;
      line.textContent = seconds === null ? '' : againIn(this, seconds);
    }
  }

  #count({ found, count }) {
    const code = found < count ? 'found' : { 0: 'none', 1: 'one' }[count] ?? 'many';
    this.#part('count').textContent = sentence(this, `count_${code}`, { found, count });
  }

  /** Shows a template beside the list; on a phone in its place, while something is open. */
  #place(name) {
    this.#drafts?.leave();
    this.#part('vault').toggleAttribute('data-open', name !== 'nothing-open');
    this.#part('detail').replaceChildren(this.#part(name).content.cloneNode(true));
  }

  #item(id) { return this.#store.body.items.find((item) => item.id === id); }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }

  get #list() { return this.querySelector('item-list'); }
});

async function readDrafts(store) {
  const drafts = new VaultDrafts(store);
  await drafts.load();
  return drafts;
}

function replace(body, item) {
  const place = body.items.findIndex(({ id }) => id === item.id);
  body.items.splice(place < 0 ? body.items.length : place, place < 0 ? 0 : 1, item);
}
