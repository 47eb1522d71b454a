/** What joining and every recovery make anew: a vault key, a Recovery Kit, the first vault file, this device’s lock. */
import { base64 } from '../crypto/bytes.js';
import { makeLock } from '../crypto/device-lock.js';
import { write } from '../crypto/documents.js';
import { verifyKey } from '../crypto/epochs.js';
import { makeIdentity, recipientOf } from '../crypto/identities.js';
import { kitVerifyKey, makeKit } from '../crypto/recovery-kits.js';
import { argon2id } from './kdf.js';
import { keysOf, numberSalt } from './keystore.js';

/**
 * @import { Device } from './keystore.js'
 * @import { Body, Document, EpochKey, Pin } from '../crypto/documents.js'
 */

/**
 * @typedef {{epoch: number, next: number, counter: number, sha256: string,
 *   items: import('../crypto/documents.js').Item[], tombstones: Body['tombstones'], epochs: EpochKey[], kit: number,
 *   organisationKey: Pin|null, unconfirmedSince?: string}} Base
 */

/** What somebody begins from who has no vault yet. @type {Base} */
export const NOTHING = {
  epoch: 0,
  next: 1,
  counter: 0,
  sha256: '',
  items: [],
  tombstones: [],
  epochs: [],
  kit: 0,
  organisationKey: null,
  unconfirmedSince: undefined,
};

/**
 * @param {object} parts
 * @param {Device} parts.device - the salt of the new lock is added to its record
 * @param {string} parts.pin @param {string} parts.account - the member’s address, in the vault
 * @param {Base} parts.base - the former epoch: number, the number for the next (an undone one’s is not used
 *   again), counter and SHA-256 of the server’s newest file, items, tombstones, keyring.epochs, kit number, pin of the
 *   organisation key; where that is null because nobody compared the key: since when
 * @param {(step: string) => void} [parts.progress] - hears `kit`, `vault`, `lock`
 * @returns {Promise<{vaultKey: string, document: Document & {file: Uint8Array}, header: Record<string, any>}>} header
 *   is what the server is told: epoch, verify_key, kit_verify_key, keyslot, server_share, proof, version, kit, items,
 *   file_sha256
 */
export async function beginEpoch({ device, pin, account, base, progress = () => {} }) {
  progress('kit');
  const vaultKey = makeIdentity();
  const epoch = base.next;
  const number = base.kit + 1;
  const { identity, recipient, made_at } = await makeKit();
  const { id, organisation, user, sign, name } = device;
  const { signingKey } = await keysOf(device);
  progress('vault');
  const document = await write({
    manifest: {
      organisation, user, account, epoch, counter: base.counter + 1, device: id, base_sha256: base.sha256,
      devices: [{ id, sign, recipient: device.recipient, name }], organisation_key: base.organisationKey,
      unconfirmed_since: base.unconfirmedSince,
    },
    body: {
      items: base.items, tombstones: base.tombstones,
      keyring: { epochs: [...base.epochs, { epoch, key: vaultKey }], kit: { number, recipient, made_at, identity } },
    },
    signingKey,
    recipients: [await recipientOf(vaultKey), recipient],
  });
  progress('lock');
  const header = {
    epoch,
    verify_key: base64(await verifyKey(vaultKey, user)),
    kit_verify_key: base64(await kitVerifyKey(identity, user)),
    ...(await lockFor({ device, pin, vaultKey })),
    kit: number,
    items: base.items.length,
    file_sha256: document.sha256,
  };
  return { vaultKey, document, header };
}

/**
 * A device’s lock under a PIN; its salt is kept in this browser.
 * @param {{device: Device, pin: string, vaultKey: string, version?: number}} parts - version: the number of the lock,
 *   if not the next one that this browser knows of
 * @returns {Promise<{keyslot: string, server_share: string, proof: string, version: number}>} for the server
 */
export async function lockFor({ device: { id, user, recipient }, pin, vaultKey, version: wanted }) {
  const lock = await makeLock({ pin, vaultKey, recipient, origin: location.origin, user, device: id, argon2id });
  const version = await numberSalt(id, lock.salt, wanted);
  return { keyslot: base64(lock.keyslot), server_share: base64(lock.serverShare), proof: base64(lock.proof), version };
}
