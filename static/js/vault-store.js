/**
 * The vault on the page where it is edited. An edit is sealed and kept in this browser before it is sent, and until the
 * server has it: whatever comes in between, it is there after a reload.
 */
import { randomId } from './crypto/bytes.js';
import { read } from './crypto/documents.js';
import { deviceBy, dropFile, fileAt, filesUnder, keepFile } from './keystore.js';
import { loadVault, ownCopy, sendVault, writeVault } from './vault-file.js';
import { merged } from './vault-merge.js';

/** @returns {Promise<object|null>} the unlocked session of vault-session.js; null: on the way to the PIN */
export async function openKeys() {
  await customElements.whenDefined('vault-keys');
  const detail = {};
  document.dispatchEvent(new CustomEvent('vault-keys:ask', { detail }));
  return detail.answer;
}

export class VaultStore {
  #session;
  #saved = null; // the document as the server has it
  #unsaved = null; // the one that it hasn’t, and in `before` the body it was made from
  #name;
  #tail = Promise.resolve();

  /** @param {{vaultKey: string, device: string}} session */
  constructor(session) {
    this.#session = session;
    this.#name = this.#freshName();
  }

  get saved() { return this.#saved; }

  /** What is to be shown: with the edit that isn’t saved yet. */
  get body() { return (this.#unsaved ?? this.#saved).body; }

  get hasUnsaved() { return this.#unsaved !== null; }

  /** Whether this browser stored the unsaved edit, so that it outlives the page. */
  isKept = true;

  /** Gets the newest vault, and what this browser could not save before. @returns {Promise<void>} throws as `loadVault` */
  load() {
    return this.#alone(async () => {
      const known = await this.#ownCopy();
      await this.#loadNewest();
      await this.#pickUp(known);
    });
  }

  /** @param {(body: object) => void} work - changes the body it gets @returns {Promise<void>} throws `too_large`, `malformed` */
  edit(work) {
    return this.#alone(async () => {
      const body = structuredClone(this.body);
      work(body);
      await this.#keep(body, this.#unsaved ? this.#unsaved.before : this.#saved.body);
    });
  }

  /** @returns {Promise<void>} throws `offline`, `stale_vault`, …; the edit is kept all the same */
  save() { return this.#alone(() => this.#save()); }

  /** Puts the unsaved edit on top of the newest vault. @param {string} label - behind the title of what the other side edited too */
  keepEdit(label) {
    return this.#alone(async () => {
      const { body, before } = this.#unsaved;
      await this.#loadNewest();
      await this.#keep(merged(before, body, this.#saved.body, label), this.#saved.body);
      await this.#save();
    });
  }

  /** After `rolled_back`: puts what this browser has on top of what the server sent. @param {string} label */
  putBack(label) {
    return this.#alone(async () => {
      const known = await this.#ownCopy();
      const { body } = this.#unsaved ?? (await this.#read(known.file));
      const { counter } = (await deviceBy(this.#session.device)).seen;
      await this.#keep(merged(null, body, this.#saved.body, label), this.#saved.body, counter);
      await this.#save();
      await this.#pickUp(known);
    });
  }

  async #loadNewest() {
    try {
      this.#saved = await loadVault(this.#session);
    } catch (error) {
      this.#saved = error.document ?? this.#saved;
      throw error;
    }
  }

  /** Of what this browser kept unsaved, the first that the server hasn’t. @param {object|null} known - the vault file seen last */
  async #pickUp(known) {
    for (const name of await filesUnder(this.#freshName(''))) {
      const kept = await fileAt(name);
      if (kept?.sha256 === this.#saved.sha256) await dropFile(name);
      else if (kept) {
        const found = await this.#read(kept.file);
        const base = found.manifest.base_sha256;
        const before = base === this.#saved.sha256 ? this.#saved : base === known?.sha256 ? await this.#read(known.file) : null;
        this.#unsaved = { ...found, file: kept.file, before: before?.body ?? null };
        this.#name = name;
        return;
      }
    }
  }

  async #keep(body, before, counter) {
    const written = await writeVault(this.#session, this.#saved, { body, counter });
    this.#unsaved = { ...written, before };
    const kept = keepFile(this.#name, { file: written.file, sha256: written.sha256 });
    this.isKept = await kept.then(() => true, () => false);
  }

  async #save() {
    if (!this.#unsaved) return;
    await sendVault(this.#session, this.#unsaved);
    this.#saved = this.#unsaved;
    this.#unsaved = null;
    await dropFile(this.#name).catch(() => {});
    this.#name = this.#freshName();
  }

  #read(file) { return read(file, [this.#session.vaultKey]); }

  #ownCopy() { return fileAt(ownCopy(this.#session.device)); }

  #freshName(end = randomId()) { return `${this.#session.device}/unsaved/${end}`; }

  /** One thing after the other: a save that is on its way, and the next edit. */
  #alone(work) {
    const run = this.#tail.then(work);
    this.#tail = run.catch(() => {});
    return run;
  }
}
