/** A restore from the cloud, from its approval on: release, both halves of the key, the backup, the newest vault. */
import { base64, hex, sha256 } from './crypto/bytes.js';
import { verifyKey } from './crypto/epochs.js';
import { CryptoError } from './crypto/errors.js';
import { chooseNewest, openRelease } from './crypto/restore-requests.js';
import { devicesOf, keysOf } from './keystore.js';
import { baseOf, demandKnown, Recovering } from './recovering.js';
import { isUnsure, signedFetch } from './server.js';

/** @param {string} user @param {string} request - id @returns {Promise<object>} this browser's device record for it; throws `request_not_here` */
export async function deviceFor(user, request) {
  const found = (await devicesOf(user)).find((device) => device.request?.id === request);
  return found ?? Promise.reject(new CryptoError('request_not_here'));
}

export class Restoring extends Recovering {
  #backup = null; // once it is opened

  get reference() { return this.parts.request; }

  get path() { return `/recovery/requests/${this.reference}`; }

  device() { return deviceFor(this.parts.user, this.reference); }

  /** Its progress hears release, opening and newest, too; it throws `closed_…` (the request's state), what `openRelease` throws. */
  async run(pin, undone) {
    try {
      return await super.run(pin, undone);
    } catch (error) {
      if (!isUnsure(error)) this.#backup = null;
      throw error.code === 'request_closed' ? new CryptoError(`closed_${error.details.state}`, error) : error;
    }
  }

  async open(device) {
    this.#backup ??= await this.#release(device);
    this.progress('newest');
    const { header: place, file } = await signedFetch(`${this.path}/vault`, { device });
    const chosen = await chooseNewest({ backup: this.#backup.document, file, epoch: place.epoch });
    await demandKnown(chosen.document.manifest, this.undone);
    const ending = await this.#endingKey(chosen.document, place.epoch);
    const base = baseOf(chosen.document, { ...place, sha256: hex(await sha256(file)) });
    return { base, ending, account: chosen.document.manifest.account, fromBackup: !chosen.newest };
  }

  async #release(device) {
    this.progress('release');
    const { header, file } = await signedFetch(`${this.path}/release`, { device });
    this.progress('opening');
    const { identity } = await keysOf(device);
    const document = await openRelease({ release: header, file, exact: device.request.exact, identity });
    return { document, header };
  }

  /** The vault key of the epoch that ends, if it is the one that the server would check the end against. */
  async #endingKey({ manifest, body }, epoch) {
    const { header } = this.#backup;
    const key = body.keyring.epochs.find((entry) => entry.epoch === epoch)?.key;
    const same = key && header.epoch === epoch && base64(await verifyKey(key, manifest.user)) === header.verify_key;
    return same ? key : Promise.reject(new CryptoError('wrong_epoch'));
  }
}
