/**
 * The last part of a recovery, whichever way it came: a new epoch behind a new PIN, Finish, and what follows. Up to
 * Finish nothing has changed anywhere, and every step can be repeated. A way extends it by what
 * requirements/scripts/types/contracts.d.ts says.
 */
import { backUp, organisationKey } from '../backups/backup.js';
import { base64 } from '../crypto/bytes.js';
import { signFinish } from '../crypto/epochs.js';
import { CryptoError } from '../crypto/errors.js';
import { areRelated } from '../crypto/key-successions.js';
import { change, devicesOf, forget, keepSalt, pinOf } from '../device/keystore.js';
import { isElsewhere, keepRoot } from '../device/known-keys.js';
import { beginEpoch } from '../device/new-epoch.js';
import { watermarkOf } from '../device/vault-watermark.js';
import { STORED } from '../device/answers.js';
import { isUnsure, signedFetch } from '../device/server.js';
import * as session from '../device/vault-session.js';

/**
 * @import { Manifest } from '../crypto/documents.js'
 * @import { Base } from '../device/new-epoch.js'
 */

/**
 * @typedef {{undone?: boolean, clockIsWrong?: boolean, unconfirmed?: boolean}} Said - by the person: that a later
 *   recovery, which this browser knows of, was undone; that the clock of this computer is wrong; that they know why
 *   the recovery key is another than this browser knows
 * @typedef {{base: Base, ending: string|null, account?: string, fromBackup: boolean}} Begun
 */

export class RecoveryFinish {
  #made = null; // {pin, device, begun, header, fromBackup}: sent again as it was where no answer came

  /**
   * @param {Record<string, string>} parts - user; account: for a vault that doesn’t name its member’s address itself;
   *   request or way; of a way that makes a new device: organisation, browser
   * @param {(step: string) => void} progress - hears kit, vault, lock, sending, backup, and what `open` reports
   */
  constructor(parts, progress) {
    Object.assign(this, { parts, progress });
  }

  /**
   * @param {string} pin
   * @param {Said} [said]
   * @returns {Promise<{next: string, fromBackup: boolean}>} throws what `open` throws, ServerError
   */
  async run(pin, said = {}) {
    this.said = said;
    try {
      if (this.#made?.pin !== pin) this.#made = await this.#make(pin);
      const next = await this.#send().catch(async (error) => {
        if (error.code !== 'stale_vault') throw error;
        this.#made = await this.#make(pin); // another device saved meanwhile: its changes are included
        return this.#send();
      });
      await this.#settle();
      return { next, fromBackup: this.#made.fromBackup };
    } catch (error) {
      // After a refusal the next try begins anew; only what may have arrived is sent again unchanged.
      if (!isUnsure(error)) this.#made = null;
      throw error;
    }
  }

  async #make(pin) {
    const device = await this.device();
    const { base, ending, account = this.parts.account, fromBackup } = await this.open(device);
    const begun = await beginEpoch({ device, pin, account, base, progress: this.progress });
    const { epoch, counter, base_sha256, organisation_key: key } = begun.document.manifest;
    /** @type {Record<string, any>} */
    const header = {
      ...begun.header,
      counter,
      base_sha256,
      name: device.name,
      organisation_key: key?.fingerprint ?? null,
    };
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
    const same = { device: device.id, epoch: header.epoch, counter: header.counter, sha256: header.file_sha256 };
    const sent = { device, header, file: begun.document.file };
    const { next } = await signedFetch(`${this.path}/finish`, { ...sent, holds: STORED, same, harmless: true });
    return next;
  }

  /** The server has stored the recovery: a failure from here on must not stop it, so each step may be done later. */
  async #settle() {
    const { device: { id, user }, header: { version }, begun: { vaultKey, document } } = this.#made;
    const later = async (work) => work().catch((error) => console.warn(error));
    await later(() => change(id, { state: 'enrolled', request: null, check: null, seen: watermarkOf(document) }));
    await later(() => keepSalt(id, version));
    await later(async () => {
      for (const other of await devicesOf(user)) {
        if (other.state === 'pending' && other.id !== id) await forget(other.id);
      }
    });
    await later(async () =>
      session.begin({ vaultKey, device: (await devicesOf(user)).find((each) => each.id === id) }),
    );
    const { organisation, organisation_key: key } = document.manifest;
    if (!key) return; // nobody has compared the recovery key: no backup is sealed to it
    await later(() => keepRoot(organisation, key));
    this.progress('backup'); // backups of the former epoch can’t be restored from any more
    await later(() => backUp({ device: this.#made.device, saved: document }));
  }
}

/**
 * Compares a vault with what this browser knows: the vault watermark, and the recovery key it was told.
 * @param {Pick<Manifest, 'epoch'|'counter'|'user'|'organisation'|'organisation_key'>} manifest - of the document to go
 *   on with
 * @param {Said} said
 * @returns {Promise<void>} throws `rolled_back`, `earlier_epoch`, `key_mismatch`
 */
export async function demandKnown(
  { epoch, counter, user, organisation, organisation_key: key },
  { undone, unconfirmed },
) {
  const seen = (await devicesOf(user)).flatMap((device) => device.seen ?? []);
  if (seen.some((one) => one.epoch === epoch && one.counter > counter)) throw new CryptoError('rolled_back');
  // An undo leads back to an earlier epoch, but so does a lying server: the person has to confirm that there was an
  // undo.
  if (!undone && seen.some((one) => one.epoch > epoch)) throw new CryptoError('earlier_epoch');
  if (!unconfirmed && (await isElsewhere(organisation))) throw new CryptoError('key_mismatch');
  const known = (await pinOf(organisation))?.fingerprint;
  if (key && known && !unconfirmed) await demandRelated(organisation, known, key.fingerprint);
}

/**
 * Throws `key_mismatch` unless a succession links the two keys: the vault or this browser may be from before a
 * replacement.
 */
async function demandRelated(organisation, known, recorded) {
  const { successions } = await organisationKey();
  if (!(await areRelated(successions, organisation, known, recorded))) throw new CryptoError('key_mismatch');
}

/**
 * What the next epoch takes over. Of the keyring it takes keys up to the present epoch only: a forged vault may hold
 * keys for later epochs, which would then open those.
 * @param {import('../crypto/documents.js').Document} document - opened
 * @param {{epoch: number, next_epoch: number, counter: number, sha256: string, kit: number}} place - of the newest
 *   file, as the server has it
 * @returns {Base}
 */
export const baseOf = ({ manifest, body }, place) => ({
  epoch: place.epoch,
  next: Math.max(place.next_epoch, place.epoch + 1),
  counter: Math.max(place.counter, manifest.counter),
  sha256: place.sha256,
  items: body.items,
  tombstones: body.tombstones,
  epochs: body.keyring.epochs.filter(({ epoch }) => epoch <= place.epoch),
  kit: Math.max(place.kit, manifest.kit),
  organisationKey: manifest.organisation_key,
  unconfirmedSince: manifest.unconfirmed_since,
});
