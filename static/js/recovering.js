/**
 * The last part of a recovery, whichever way it came: a new epoch behind a new PIN, Finish, and what follows. Up to Finish
 * nothing has changed anywhere, and every step can be repeated. A way extends it with:
 *
 * - `path`, where it is finished, and `reference`: the restore request’s id, or the name of the way;
 * - `device()`: the record of this browser’s new device;
 * - `open(device)`: {base, ending, account, fromBackup}: what `beginEpoch` begins from; the vault key of the epoch that ends
 *   (null: none is at hand); the member’s address as the vault has it; whether a backup was taken in place of the newest vault.
 */
import { backUp } from './backing-up.js';
import { base64 } from './crypto/bytes.js';
import { signFinish } from './crypto/epochs.js';
import { CryptoError } from './crypto/errors.js';
import { leadsTo } from './crypto/key-successions.js';
import { change, devicesOf, forget, keepSalt, pinOf } from './keystore.js';
import { beginEpoch } from './new-epoch.js';
import { seenOf } from './seen.js';
import { getJson, isUnsure, signedFetch } from './server.js';
import * as session from './vault-session.js';

export class Recovering {
  #made = null; // {pin, device, begun, header, fromBackup}: sent again as it was where no answer came

  /**
   * @param {{user: string, account: string}} parts - account: for a vault that doesn’t name its member’s address itself
   * @param {(step: string) => void} progress - hears kit, vault, lock, sending, backup, and what `open` reports
   */
  constructor(parts, progress) {
    Object.assign(this, { parts, progress });
  }

  /**
   * @param {string} pin
   * @param {boolean} [undone] - whether the person says that a later recovery, which this browser knows of, was undone
   * @returns {Promise<{next: string, fromBackup: boolean}>} throws what `open` throws, ServerError
   */
  async run(pin, undone = false) {
    this.undone = undone;
    try {
      if (this.#made?.pin !== pin) this.#made = await this.#make(pin);
      const next = await this.#send().catch(async (error) => {
        if (error.code !== 'stale_vault') throw error;
        this.#made = await this.#make(pin); // another device saved meanwhile: what it saved is taken along
        return this.#send();
      });
      await this.#settle();
      return { next, fromBackup: this.#made.fromBackup };
    } catch (error) {
      // Whatever was refused is fetched and made afresh the next time; only what may have arrived is kept as it was.
      if (!isUnsure(error)) this.#made = null;
      throw error;
    }
  }

  async #make(pin) {
    const device = await this.device();
    const { base, ending, account = this.parts.account, fromBackup } = await this.open(device);
    const begun = await beginEpoch({ device, pin, account, base, progress: this.progress });
    const { epoch, counter, base_sha256 } = begun.document.manifest;
    const header = { ...begun.header, counter, base_sha256, name: device.name };
    if (ending) {
      header.ended_signature = base64(await signFinish({
        vaultKey: ending, origin: location.origin, organisation: device.organisation, user: device.user,
        request: this.reference, oldEpoch: base.epoch, newEpoch: epoch, device: device.id, sign: device.sign,
        recipient: device.recipient, verifyKey: begun.header.verify_key, fileSha256: begun.document.sha256,
      }));
    }
    return { pin, device, begun, header, fromBackup };
  }

  async #send() {
    this.progress('sending');
    const { device, header, begun } = this.#made;
    const { next } = await signedFetch(`${this.path}/finish`, { device, header, file: begun.document.file });
    return next;
  }

  /** The server has it: from here on nothing may fail, only be late. */
  async #settle() {
    const { device: { id, user }, header: { version }, begun: { vaultKey, document } } = this.#made;
    const later = async (work) => work().catch((error) => console.warn(error));
    await later(() => change(id, { state: 'enrolled', request: null, seen: seenOf(document) }));
    await later(() => keepSalt(id, version));
    await later(async () => {
      for (const other of await devicesOf(user)) if (other.state === 'pending' && other.id !== id) await forget(other.id);
    });
    await later(async () => session.begin({ vaultKey, device: (await devicesOf(user)).find((each) => each.id === id) }));
    if (!document.manifest.organisation_key) return;
    this.progress('backup'); // those of the former epoch can't be restored from any more
    await later(() => backUp({ device: this.#made.device, saved: document }));
  }
}

/**
 * What this browser knows from before: a vault it has seen, the organisation’s key it was told.
 * @param {object} manifest - of the document to go on with @param {boolean} undone - as in `run`
 * @returns {Promise<void>} throws `rolled_back`, `earlier_epoch`, `key_mismatch`
 */
export async function demandKnown({ epoch, counter, user, organisation, organisation_key: key }, undone) {
  const seen = (await devicesOf(user)).flatMap((device) => device.seen ?? []);
  if (seen.some((one) => one.epoch === epoch && one.counter > counter)) throw new CryptoError('rolled_back');
  // An undo leads back to an earlier epoch, and so would a server that lies: the person has to say that it was one.
  if (!undone && seen.some((one) => one.epoch > epoch)) throw new CryptoError('earlier_epoch');
  const told = (await pinOf(organisation))?.fingerprint;
  if (key && told && !key.fingerprint.startsWith(told)) await demandRelated(organisation, told, key.fingerprint);
}

/** The one signed for the other: the vault, or what this browser was told, is from before the key was replaced. */
async function demandRelated(organisation, told, recorded) {
  const { successions } = await getJson('/organisation/key');
  const leads = (from, to) => leadsTo(successions, organisation, from, to);
  if (!(await leads(told, recorded)) && !(await leads(recorded, told))) throw new CryptoError('key_mismatch');
}

/**
 * What the next epoch takes over.
 * @param {import('./crypto/documents.js').Document} document - opened
 * @param {object} place - of the newest file, as the server has it: {epoch, next_epoch, counter, sha256, kit}
 * @returns {object} for `beginEpoch`
 */
export const baseOf = ({ manifest, body }, place) => ({
  epoch: place.epoch, next: Math.max(place.next_epoch, place.epoch + 1), counter: Math.max(place.counter, manifest.counter), sha256: place.sha256,
  items: body.items, tombstones: body.tombstones, epochs: body.keyring.epochs,
  kit: Math.max(place.kit, manifest.kit), organisationKey: manifest.organisation_key,
});
