/**
 * The drafts of an open vault: found again, held against the vault as it is now, offered, and gone once the server has
 * what was written. A draft: {item, kind, base, fields, at}: base is the whole item that it was begun from, or null;
 * fields are those that were changed, and no other.
 */
import { now, randomId } from '../crypto/bytes.js';
import { draftKey, openDraft } from '../crypto/drafts.js';
import { draftsOf, dropDraft, nameOf } from './draft-store.js';
import { DraftWriter } from './draft-writer.js';

/**
 * @import { Item } from '../crypto/documents.js'
 * @import { VaultStore } from '../device/vault-store.js'
 */

/**
 * @typedef {{item: string, kind: string, base: Item|null, fields: Record<string, string>, at: string}} Draft
 * @typedef {{name: string, state: string, draft: Draft|null, now: Item|null}} Offer
 */

export const FIELDS = ['title', 'username', 'password', 'url', 'notes'];

export class VaultDrafts {
  #user;
  #epoch;
  #vaultKeys = new Map(); // of all epochs that the vault has keys of
  #keys = new Map();
  #found = new Map(); // by name: {draft} or, where it can’t be opened, {draft: null}
  #writing = null; // {writer, name, former}: former is the draft that is gone on with
  #sent = new Set(); // names: in the vault, but perhaps not yet at the server

  /** @param {VaultStore} store - loaded */
  constructor({ device, saved, body }) {
    [this.#user, this.#epoch] = [device.user, saved.manifest.epoch];
    for (const { epoch, key } of [...saved.body.keyring.epochs, ...body.keyring.epochs]) {
      this.#vaultKeys.set(epoch, key);
    }
  }

  /** @returns {Promise<void>} reads what this browser keeps, other tabs’ too */
  async load() {
    const kept = await draftsOf(this.#user).catch(() => []);
    const opened = await Promise.all(kept.map(async ({ name, epoch, item, sealed }) => {
      const draft = await this.#keyOf(epoch)
        .then((key) => openDraft(key, sealed, { user: this.#user, epoch, item }))
        .catch(() => null);
      return [name, { draft, epoch }];
    }));
    for (const [name, each] of opened) if (!this.#sent.has(name)) this.#found.set(name, each);
  }

  /**
   * @param {Item[]} items - of the vault as it is shown
   * @returns {Offer[]} what is to be offered, the latest
   *   first. State: new; edit; changed (the item was, elsewhere, since); deleted (the same); closed (no key of this
   *   vault opens it)
   */
  offers(items) {
    const byId = new Map(items.map((item) => [item.id, item]));
    return [...this.#found]
      .filter(([name]) => name !== this.#writing?.name)
      .map(([name, { draft }]) => ({ name, draft, now: (draft && byId.get(draft.item)) ?? null }))
      .map((each) => ({ ...each, state: stateOf(each) }))
      .filter(({ state }) => state !== 'saved')
      .sort((a, b) => ((a.draft?.at ?? '') < (b.draft?.at ?? '') ? 1 : -1));
  }

  /**
   * Begins to keep what is written in a form.
   * @param {{item: string, kind: string, base: Item|null}} about @param {string|null} former - name of the draft it
   *   goes on with
   * @param {(isKept: boolean) => void} told - after each write
   */
  begin({ item, kind, base }, former, told) {
    const place = { user: this.#user, epoch: this.#epoch, item };
    const name = nameOf({ ...place, writer: randomId() });
    const key = this.#keyOf(this.#epoch);
    const writer = new DraftWriter({ name, place, key, told: (isKept) => this.#wrote(name, isKept, told) });
    this.#writing = { writer, name, former, told, about: { item, kind, base } };
  }

  /** @param {Record<string, string>} fields - that differ from what the form showed at first */
  write(fields) {
    if (!this.#writing) return;
    const { writer, name, about } = this.#writing;
    this.#sent.delete(name); // more than what was sent
    const draft = Object.keys(fields).length ? { ...about, fields, at: now() } : null;
    if (draft) this.#found.set(name, { draft, epoch: this.#epoch });
    else this.#found.delete(name);
    writer.keep(draft);
  }

  /** The form is left; its draft stays. */
  leave() {
    const left = this.#writing;
    this.#writing = null;
    return left?.writer.flush();
  }

  /** @returns {Promise<void>|undefined} for a page that closes */
  flush() { return this.#writing?.writer.flush(); }

  /** What is being written is in the vault now: `settle` drops it once the server has that. */
  sent() {
    for (const name of [this.#writing?.name, this.#writing?.former]) if (name) this.#sent.add(name);
  }

  /**
   * The server has all that is shown: what was sent goes, and what equals an item of it.
   * @param {Item[]} items @returns {Promise<void>}
   */
  async settle(items) {
    const byId = new Map(items.map((item) => [item.id, item]));
    for (const [name, { draft }] of this.#found) {
      const isSaved = draft && stateOf({ draft, now: byId.get(draft.item) ?? null }) === 'saved';
      if (isSaved && name !== this.#writing?.name) this.#sent.add(name);
    }
    await Promise.all([...this.#sent].map((name) => this.discard(name)));
  }

  /** @param {string} name @returns {Draft|null} the draft */
  draftAt(name) { return this.#found.get(name)?.draft ?? null; }

  /** @param {string} name @returns {Promise<void>} */
  async discard(name) {
    this.#found.delete(name);
    if (this.#writing?.name === name) {
      const { writer, about, told } = this.#writing;
      this.begin(about, null, told); // whatever is typed in that form from now on is another draft
      await writer.drop();
    } else {
      await dropDraft(name).catch(() => {});
    }
    this.#sent.delete(name);
  }

  #wrote(name, isKept, told) {
    const former = this.#writing?.name === name ? this.#writing.former : null;
    if (former && isKept && this.#found.has(name)) {
      this.#writing.former = null; // the new one has all of it
      this.#found.delete(former);
      dropDraft(former).catch(() => {});
    }
    told(isKept);
  }

  #keyOf(epoch) {
    if (!this.#keys.has(epoch)) {
      const place = { origin: location.origin, user: this.#user, epoch };
      this.#keys.set(epoch, (async () => draftKey(this.#vaultKeys.get(epoch), place))());
    }
    return this.#keys.get(epoch);
  }
}

/**
 * @param {{draft: Draft, now: Item|null}} offer
 * @returns {string[]} the fields that were changed elsewhere since the draft was begun
 */
export const changedSince = ({ draft, now: item }) =>
  FIELDS.filter((field) => item && item[field] !== (draft.base?.[field] ?? ''));

function stateOf({ draft, now: item }) {
  if (!draft) return 'closed';
  const isSaved = ([field, value]) => item[field] === (field === 'title' ? value.trim() : value);
  if (item && Object.entries(draft.fields).every(isSaved)) return 'saved';
  if (!draft.base) return item ? 'changed' : 'new';
  if (!item) return 'deleted';
  return FIELDS.every((field) => item[field] === draft.base[field]) ? 'edit' : 'changed';
}
