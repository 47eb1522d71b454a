/** The right PIN opens this device’s lock. */
import { base64, fromBase64 } from './crypto/bytes.js';
import { openLock, proofOf } from './crypto/device-lock.js';
import { CryptoError } from './crypto/errors.js';
import { isPin } from './crypto/pins.js';
import { argon2id } from './kdf.js';
import { change, deviceBy, dropFile, keepSalt, keysOf } from './keystore.js';
import { getJson, signedFetch } from './server.js';

/** @returns {Promise<number[]>} the versions of this device’s lock that the server has, newest first */
export const lockVersions = async () => (await getJson('/devices/lock-versions')).versions.reverse();

/**
 * @param {string} pin - as typed
 * @param {string} id - of this browser’s device
 * @returns {Promise<{vaultKey: string, device: object}>} throws `no_pin` (no try is lost by a slip), `wrong_pin` {tries_left},
 *   `lock_destroyed`, `device_not_active`, `storage_refused`, `offline`, …
 */
export async function unlockWith(pin, id) {
  const vaultKey = await keyOf(pin, id, lockVersions, '/devices/unlock');
  await dropFile(`${id}/paired`); // where the last answer of its pairing got lost
  return { device: await change(id, { state: 'enrolled', pairing: null }), vaultKey };
}

/**
 * The same for a former device of this browser, which doesn’t become one again.
 * @param {string} pin @param {{device: string, versions: string, path: string}} former - versions of its lock that the server
 *   has, newest first, as JSON; the address that unlocks it
 * @returns {Promise<string>} the vault key of then; throws as above
 */
export const unlockFormer = (pin, { device, versions, path }) => keyOf(pin, device, () => JSON.parse(versions), path);

async function keyOf(pin, id, offering, path) {
  if (!isPin(pin)) throw new CryptoError('no_pin');
  const device = await deviceBy(id);
  if (!device) throw new CryptoError('storage_refused');
  const [{ identity }, offered] = await Promise.all([keysOf(device), offering()]);
  const versions = offered.filter((version) => device.salts[version]);
  if (!versions.length) throw new CryptoError(offered.length ? 'storage_refused' : 'lock_destroyed');
  return openFirst(pin, device, versions, identity, path);
}

/** After a Change PIN that broke off there are two locks: the newer one first, since its PIN was typed last. */
async function openFirst(pin, device, [version, ...older], identity, path) {
  try {
    const vaultKey = await open(pin, device, version, identity, path);
    await keepSalt(device.id, version);
    return vaultKey;
  } catch (error) {
    if (error.code !== 'wrong_pin' || !older.length) throw error;
    return openFirst(pin, device, older, identity, path);
  }
}

async function open(pin, device, version, identity, path) {
  const place = { origin: location.origin, user: device.user, device: device.id };
  const argonOutput = await argon2id(pin, device.salts[version]);
  const json = { proof: base64(await proofOf({ argonOutput, ...place })), version };
  const answer = await signedFetch(path, { device, json });
  const parts = { serverShare: fromBase64(answer.server_share, 32), keyslot: fromBase64(answer.keyslot) };
  return openLock({ argonOutput, ...parts, identity, ...place });
}
