/**
 * The member’s vault on this page: the newest file, verified, and edits on top of it. An edit is sealed and kept in
 * this browser before it is sent, and until the server has it: whatever comes in between, it is there after a reload.
 */
import { randomId } from '../crypto/bytes.js';
import { check, read } from '../crypto/documents.js';
import { CryptoError } from '../crypto/errors.js';
import { deviceBy, dropFile, fileAt, filesUnder, keepFile } from './keystore.js';
import { demandNotOlder, factsOf, remember } from './vault-watermark.js';
import { PLACE } from './answers.js';
import { getFramed, signedFetch } from './server.js';
import { merged } from './merge-versions.js';
import { knownOf, nextVersion } from './vault-versions.js';

/**
 * @import { Body, Document, Manifest, Pin } from '../crypto/documents.js'
 * @import { Device } from './keystore.js'
 */

/** @returns {Promise<VaultStore|null>} with the newest vault loaded; null: on the way to the PIN; throws as `load` */
export async function openVault() {
  const store = await vaultStore();
  await store?.load();
  return store;
}

/** @returns {Promise<VaultStore|null>} not loaded yet; null: on the way to the PIN */
export async function vaultStore() {
  await customElements.whenDefined('vault-keys');
  const detail = {};
  document.dispatchEvent(new CustomEvent('vault-keys:ask', { detail }));
  const session = await detail.answer;
  return session ? new VaultStore(session.vaultKey, await deviceBy(session.device)) : null;
}

/**
 * @typedef {Document & {file: Uint8Array}} Saved
 * @typedef {Saved & {before: Body|null, pin?: TypedPin, kit?: number}} Unsaved
 * @typedef {Pin & {typed?: boolean}} TypedPin
 */

export class VaultStore {
  /** This browser’s record in the key store. @type {Device} */
  device;
  /** Whether this browser stored the unsaved edit, so that it outlives the page. */
  isKept = true;
  #vaultKey;
  /** @type {Saved|null} */
  #saved = null; // the document as the server has it
  /** @type {Saved|null} */
  #refused = null; // an older one that it sent: nothing is shown of it, and nothing saved on it but by `putBack`
  // The one it hasn’t; `before`: the body it was made from; `pin`: where the edit changed that; `kit`: the number that
  // the server has, where that is another than of `saved`
  /** @type {Unsaved|null} */
  #unsaved = null;
  #name;
  #tail = Promise.resolve();

  constructor(vaultKey, device) {
    this.#vaultKey = vaultKey;
    this.device = device;
    this.#name = this.#file(`unsaved/${randomId()}`);
  }

  /** The document as the server has it. */
  get saved() {
    return this.#saved;
  }

  /** What is to be shown: with the edit that isn’t saved yet. */
  get body() {
    return (this.#unsaved ?? this.#saved).body;
  }

  get hasUnsaved() {
    return this.#unsaved !== null;
  }

  /**
   * Gets the newest vault, and what this browser could not save before.
   * @returns {Promise<void>} throws ServerError, and CryptoError: `rolled_back`, `wrong_member`, what `read` throws
   */
  load() {
    return this.#alone(async () => {
      const known = await fileAt(this.#file('vault'));
      await this.#loadNewest();
      await this.#pickUp(known);
    });
  }

  /**
   * Seals and keeps an edit; `save` sends it.
   * @param {(body: Body) => void} work - changes the body it gets
   * @param {{epoch: number, fingerprint: string, typed?: boolean}} [pin] - of an organisation key, from now on part of
   *   the vault; an earlier one than it has only where a person `typed` its characters
   * @returns {Promise<void>} throws `too_large`, `malformed`: then nothing has changed
   */
  edit(work, pin) {
    return this.#alone(async () => {
      const body = structuredClone(this.body);
      work(body);
      await this.#keep(body, this.#unsaved ? this.#unsaved.before : this.#saved.body, {
        pin: pin ?? this.#unsaved?.pin,
      });
    });
  }

  /**
   * Seals an edit as `edit` does, and keeps nothing of it: whether `edit` would take it.
   * @param {(body: Body) => void} work @returns {Promise<void>} throws as `edit`
   */
  rehearse(work) {
    return this.#alone(async () => {
      const body = structuredClone(this.body);
      work(body);
      await nextVersion(
        this.#saved,
        body,
        { device: this.device, vaultKey: this.#vaultKey },
        { pin: this.#unsaved?.pin },
      );
    });
  }

  /** @returns {Promise<void>} throws `offline`, `stale_vault`, …; the edit is kept all the same */
  save() {
    return this.#alone(() => this.#save());
  }

  /** The same, and where another device saved first, as `keepEdit`. @param {string} [label] - as there */
  saveOnTop(label = '') {
    return this.save().catch((error) => (error.code === 'stale_vault' ? this.keepEdit(label) : Promise.reject(error)));
  }

  /**
   * Saves the edit on top of the newest vault.
   * @param {string} label - behind the title of what the other side edited too
   */
  keepEdit(label) {
    return this.#alone(async () => {
      const { body, before, pin } = this.#unsaved;
      await this.#loadNewest();
      await this.#keep(merged(before, body, this.#saved.body, label), this.#saved.body, { pin: untyped(pin) });
      await this.#save();
    });
  }

  /**
   * After `rolled_back`: saves what this browser has on top of what the server sent. Of that, only what is in it
   * counts, and whose devices it lists; key, address and all else are as this browser knows them.
   * @param {string} label - as above @returns {Promise<void>} throws `no_copy_here`, and as saving does
   */
  putBack(label) {
    return this.#alone(async () => {
      const known = await fileAt(this.#file('vault'));
      const copy = known ? await this.#read(known.file) : this.#unsaved;
      if (!copy) throw new CryptoError('no_copy_here');
      const older = this.#refused ?? this.#saved;
      const { body } = this.#unsaved ?? copy;
      const { counter } = (await deviceBy(this.device.id)).seen;
      const former = { ...older, manifest: knownOf(copy.manifest, older.manifest) };
      await this.#keep(
        merged(null, body, older.body, label),
        older.body,
        { pin: untyped(this.#unsaved?.pin), counter },
        former,
      );
      this.#unsaved.kit = older.manifest.kit;
      await this.#save();
      this.#refused = null;
      await this.#pickUp(known);
    });
  }

  async #loadNewest() {
    const { organisation, user, seen } = await deviceBy(this.device.id);
    const { header, file } = await getFramed('/vault/file', { holds: PLACE });
    const found = { ...(await this.#read(file)), file };
    check(found, { organisation, user, epoch: header.epoch });
    this.#refused = found;
    demandNotOlder(found, seen);
    this.#refused = null;
    this.#saved = found;
    await this.#remember();
  }

  /** From now on nothing older is believed, across reloads and tabs; and this browser has a copy of its own. */
  async #remember() {
    const { sha256, file } = this.#saved;
    this.device = await remember(this.device.id, this.#saved);
    if (this.device.seen.sha256 === sha256) {
      await keepFile(this.#file('vault'), { file, ...factsOf(this.#saved) }).catch(() => {});
    }
  }

  /**
   * Of what this browser kept unsaved, the first that the server hasn’t.
   * @param {Record<string, any>|null} known - the vault file seen last
   */
  async #pickUp(known) {
    for (const name of await filesUnder(this.#file('unsaved/'))) {
      const kept = await fileAt(name);
      if (kept?.sha256 === this.#saved.sha256) await dropFile(name);
      else if (kept) {
        const found = await this.#read(kept.file);
        const base = found.manifest.base_sha256;
        const before =
          base === this.#saved.sha256 ? this.#saved : base === known?.sha256 ? await this.#read(known.file) : null;
        this.#unsaved = { ...found, file: kept.file, pin: kept.pin, before: before?.body ?? null };
        this.#name = name;
        return;
      }
    }
  }

  /**
   * @param {Body} body @param {Body|null} before @param {{pin?: TypedPin, counter?: number}} changes
   * @param {{manifest: Manifest, sha256: string}} [former]
   */
  async #keep(body, before, { pin: wanted, counter }, former = this.#saved) {
    const pin = isBehind(wanted, former.manifest.organisation_key) ? undefined : wanted;
    const opened = { device: this.device, vaultKey: this.#vaultKey };
    const written = await nextVersion(former, body, opened, { pin, counter });
    this.#unsaved = { ...written, before, pin };
    const kept = keepFile(this.#name, { file: written.file, sha256: written.sha256, pin });
    this.isKept = await kept.then(
      () => true,
      () => false,
    );
  }

  async #save() {
    if (!this.#unsaved) return;
    const {
      manifest: { epoch, counter, base_sha256, items, kit },
      body,
      file,
      sha256,
    } = this.#unsaved;
    /** @type {Record<string, any>} */
    const header = { epoch, counter, base_sha256, items, kit, file_sha256: sha256 };
    // Confirmed: it takes its place
    if (kit > (this.#unsaved.kit ?? this.#saved.manifest.kit)) header.kit_verify_key = body.keyring.kit.verify_key;
    const same = { epoch, counter, sha256 };
    await signedFetch('/vault/file', { device: this.device, header, file, holds: PLACE, same, harmless: true });
    this.#saved = this.#unsaved;
    this.#unsaved = null;
    await this.#remember();
    await dropFile(this.#name).catch(() => {});
    this.#name = this.#file(`unsaved/${randomId()}`);
  }

  #read(file) {
    return read(file, [this.#vaultKey]);
  }

  #file(name) {
    return `${this.device.id}/${name}`;
  }

  /** One thing after the other: a save that is on its way, and the next edit. */
  #alone(work) {
    const run = this.#tail.then(work);
    this.#tail = run.catch(() => {});
    return run;
  }
}

/** The characters were compared with what the vault had then, not with a newer version. */
const untyped = (pin) => pin && { ...pin, typed: false };

const isBehind = (pin, recorded) => Boolean(pin && recorded && !pin.typed && pin.epoch < recorded.epoch);
