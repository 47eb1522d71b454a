/**
 * A restore from its approval to its end: release, both halves of the key, the backup, the newest vault, a new epoch
 * behind a new PIN, Finish. Up to the last step nothing has changed anywhere, and every step can be repeated.
 */
import { backUp } from './backing-up.js';
import { base64, hex, sha256 } from './crypto/bytes.js';
import { signFinish, verifyKey } from './crypto/epochs.js';
import { CryptoError } from './crypto/errors.js';
import { chooseNewest, openRelease } from './crypto/restore-requests.js';
import { change, devicesOf, forget, keepSalt, keysOf, pinOf } from './keystore.js';
import { beginEpoch } from './new-epoch.js';
import { seenOf } from './seen.js';
import { isUnsure, signedFetch } from './server.js';
import * as session from './vault-session.js';

/** @param {string} user @param {string} request - id @returns {Promise<object>} this browser's device record for it; throws `request_not_here` */
export async function deviceFor(user, request) {
  const found = (await devicesOf(user)).find((device) => device.request?.id === request);
  return found ?? Promise.reject(new CryptoError('request_not_here'));
}

export class Restoring {
  #backup = null; // once it is opened
  #made = null; // {pin, device, begun, header, fromBackup}: sent again as it was where no answer came

  /**
   * @param {{user: string, request: string, account: string, organisationName: string}} parts - the names go on the new kit;
   *   account: for a vault that doesn’t name its member’s address itself
   * @param {(step: string) => void} progress - hears release, opening, newest, kit, vault, lock, sending, backup
   */
  constructor(parts, progress) {
    Object.assign(this, { parts, path: `/recovery/requests/${parts.request}`, progress });
  }

  /**
   * @param {string} pin
   * @param {boolean} [undone] - whether the person says that a later recovery, which this browser knows of, was undone
   * @returns {Promise<{next: string, fromBackup: boolean}>} throws `request_not_here`, `closed_…` (the request's state),
   *   `wrong_epoch`, what `openRelease` throws, ServerError
   */
  async run(pin, undone = false) {
    this.undone = undone;
    try {
      return await this.#run(pin);
    } catch (error) {
      // Whatever was refused is fetched and made afresh the next time; only what may have arrived is kept as it was.
      if (!isUnsure(error)) this.#made = this.#backup = null;
      throw error.code === 'request_closed' ? new CryptoError(`closed_${error.details.state}`, error) : error;
    }
  }

  async #run(pin) {
    if (this.#made?.pin !== pin) this.#made = await this.#make(pin);
    const next = await this.#send().catch(async (error) => {
      if (error.code !== 'stale_vault') throw error;
      this.#made = await this.#make(pin); // another device saved meanwhile: what it saved is taken along
      return this.#send();
    });
    await this.#settle();
    return { next, fromBackup: this.#made.fromBackup };
  }

  async #make(pin) {
    const device = await deviceFor(this.parts.user, this.parts.request);
    this.#backup ??= await this.#open(device);
    this.progress('newest');
    const newest = await signedFetch(`${this.path}/vault`, { device });
    const chosen = await chooseNewest({ backup: this.#backup.document, file: newest.file, epoch: newest.header.epoch });
    await this.#demandKnown(chosen.document.manifest);
    const ending = await this.#endingKey(chosen.document, newest.header.epoch);
    const base = await baseOf(chosen.document, newest);
    const { account = this.parts.account } = chosen.document.manifest;
    const { organisationName } = this.parts;
    const begun = await beginEpoch({ device, pin, account, organisationName, base, progress: this.progress });
    const { epoch, counter, base_sha256 } = begun.document.manifest;
    const ended = await signFinish({
      vaultKey: ending, origin: location.origin, organisation: device.organisation, user: device.user,
      request: this.parts.request, oldEpoch: base.epoch, newEpoch: epoch, device: device.id, sign: device.sign,
      recipient: device.recipient, verifyKey: begun.header.verify_key, fileSha256: begun.document.sha256,
    });
    const header = { ...begun.header, counter, base_sha256, ended_signature: base64(ended), name: device.name };
    return { pin, device, begun, header, fromBackup: !chosen.newest };
  }

  async #open(device) {
    this.progress('release');
    const { header, file } = await signedFetch(`${this.path}/release`, { device });
    this.progress('opening');
    const { identity } = await keysOf(device);
    const document = await openRelease({ release: header, file, exact: device.request.exact, identity });
    return { document, header };
  }

  /** What this browser knows from before: a vault it has seen, the organisation’s key it was told. */
  async #demandKnown({ epoch, counter, organisation, organisation_key: key }) {
    const seen = (await devicesOf(this.parts.user)).flatMap((device) => device.seen ?? []);
    if (seen.some((one) => one.epoch === epoch && one.counter > counter)) throw new CryptoError('rolled_back');
    // An undo leads back to an earlier epoch, and so would a server that lies: the person has to say that it was one.
    if (!this.undone && seen.some((one) => one.epoch > epoch)) throw new CryptoError('earlier_epoch');
    const told = (await pinOf(organisation))?.fingerprint;
    if (key && told && !key.fingerprint.startsWith(told)) throw new CryptoError('key_mismatch');
  }

  /** The vault key of the epoch that ends, if it is the one that the server would check the end against. */
  async #endingKey({ manifest, body }, epoch) {
    const { header } = this.#backup;
    const key = body.keyring.epochs.find((entry) => entry.epoch === epoch)?.key;
    const same = key && header.epoch === epoch && base64(await verifyKey(key, manifest.user)) === header.verify_key;
    return same ? key : Promise.reject(new CryptoError('wrong_epoch'));
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

async function baseOf({ manifest, body }, { header, file }) {
  return {
    epoch: header.epoch, next: Math.max(header.next_epoch, header.epoch + 1), counter: Math.max(header.counter, manifest.counter), sha256: hex(await sha256(file)),
    items: body.items, tombstones: body.tombstones, epochs: body.keyring.epochs,
    kit: Math.max(header.kit, manifest.kit), organisationKey: manifest.organisation_key,
  };
}
