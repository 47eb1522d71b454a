/** Cloud restore after the approval: fetches both shares and the backup, opens it, then opens the newest vault. */
import { organisationKey } from '../backups/backup.js';
import { base64, hex, now, sha256 } from '../crypto/bytes.js';
import { verifyKey } from '../crypto/epochs.js';
import { CryptoError } from '../crypto/errors.js';
import { ownPin } from '../crypto/key-successions.js';
import { chooseNewest, demandPresent, openRelease, readRequest } from '../crypto/restore-requests.js';
import { devicesOf, keysOf } from '../device/keystore.js';
import { rootOf } from '../device/known-keys.js';
import { baseOf, demandKnown, RecoveryFinish } from './finish.js';
import { BASE } from '../device/answers.js';
import { count, octets, text } from '../crypto/shapes.js';
import { isUnsure, signedFetch } from '../device/server.js';
import { standingOf } from './voice-check.js';

/** @import { Device } from '../device/keystore.js' */

/**
 * @param {string} user @param {string} request - id
 * @returns {Promise<Device>} this browser's device for it; throws `request_not_here`
 */
export async function deviceFor(user, request) {
  const found = (await devicesOf(user)).find((device) => device.request?.id === request);
  return found ?? Promise.reject(new CryptoError('request_not_here'));
}

const RELEASE = {
  approval: text,
  approval_signature: octets(64),
  wrapped: octets(),
  share_s: octets(),
  organisation_key: { epoch: count, recipient: text, sign: octets(32), fingerprint: text },
  epoch: count,
  verify_key: octets(32),
};

export class CloudRestore extends RecoveryFinish {
  #backup = null; // once it is opened

  get reference() { return this.parts.request; }

  get path() { return `/recovery/requests/${this.reference}`; }

  device() { return deviceFor(this.parts.user, this.reference); }

  /**
   * Its progress hears release, opening and newest, too; it throws `closed_…` (the request's state), `digits_missing`,
   * `check_stopped`, `key_mismatch`, `wrong_epoch`, what `openRelease`, `demandPresent` and `demandKnown` throw.
   */
  async run(pin, said) {
    try {
      return await super.run(pin, said);
    } catch (error) {
      if (!isUnsure(error)) this.#backup = null;
      throw error.code === 'request_closed' ? new CryptoError(`closed_${error.details.state}`, error) : error;
    }
  }

  async open(device) {
    this.#backup ??= await this.#release(device);
    this.progress('newest');
    const { header: place, file } = await signedFetch(`${this.path}/vault`, {
      device,
      framed: true,
      holds: BASE,
      harmless: true,
    });
    const chosen = await chooseNewest({ backup: this.#backup.document, file, epoch: place.epoch });
    const pin = await this.#pin(device);
    await demandKnown(chosen.document.manifest, { ...this.said, unconfirmed: pin === null });
    const ending = await this.#endingKey(chosen.document, place.epoch);
    const base = baseOf(chosen.document, { ...place, sha256: hex(await sha256(file)) });
    Object.assign(base, { organisationKey: pin, unconfirmedSince: pin ? undefined : now() });
    return { base, ending, account: chosen.document.manifest.account, fromBackup: !chosen.newest };
  }

  async #release(device) {
    this.progress('release');
    const { header, file } = await signedFetch(`${this.path}/release`, {
      device,
      framed: true,
      holds: RELEASE,
      harmless: true,
    });
    this.progress('opening');
    const { identity } = await keysOf(device);
    const document = await openRelease({ release: header, file, exact: device.request.exact, identity });
    if (!this.said.clockIsWrong) demandPresent(document.expiresAt);
    return { document, header };
  }

  /**
   * The recovery key that the new vault pins. The backup’s own pin counts for nothing: a server alone can forge a
   * backup.
   */
  async #pin(device) {
    const { key, approver } = this.#backup.document;
    const { organisation, successions = [] } = readRequest(device.request.exact);
    const standing = await standingOf(device, approver);
    if (standing === 'stopped') throw new CryptoError('check_stopped');
    if (standing === 'missing') throw Object.assign(new CryptoError('digits_missing'), { details: { approver } });
    if (standing === 'foreign' && !this.said.unconfirmed) throw new CryptoError('key_mismatch');
    if (standing === 'confirmed') return key;
    const known = (await rootOf(organisation))?.fingerprint;
    if (standing === 'unconfirmed' || this.said.unconfirmed || !known) return null;
    const pin = await ownPin([...successions, ...(await organisationKey()).successions], organisation, known, key);
    return pin ?? Promise.reject(new CryptoError('key_mismatch'));
  }

  /**
   * The vault key of the epoch that ends. Throws `wrong_epoch` unless it is the one whose signature the server will
   * check.
   */
  async #endingKey({ manifest, body }, epoch) {
    const { header } = this.#backup;
    const key = body.keyring.epochs.find((entry) => entry.epoch === epoch)?.key;
    const same = key && header.epoch === epoch && base64(await verifyKey(key, manifest.user)) === header.verify_key;
    return same ? key : Promise.reject(new CryptoError('wrong_epoch'));
  }
}
