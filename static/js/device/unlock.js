/** The right PIN opens this device’s lock. */
import { base64, fromBase64, randomId } from '../crypto/bytes.js';
import { openLock, proofOf } from '../crypto/device-lock.js';
import { CryptoError } from '../crypto/errors.js';
import { isPin } from '../crypto/pins.js';
import { argon2id } from './kdf.js';
import { change, deviceBy, dropFile, keepSalt, keysOf } from './keystore.js';
import { LOCK } from './answers.js';
import { count } from '../crypto/shapes.js';
import { getJson, isUnsure, signedFetch } from './server.js';

/** @import { Device } from './keystore.js' */

/** @returns {Promise<number[]>} the versions of this device’s lock that the server has, newest first */
export const lockVersions = async () =>
  (
    await getJson('/devices/lock-versions', { holds: { versions: [count], tries_left: count }, harmless: false })
  ).versions.reverse();

/**
 * @param {string} pin - as typed
 * @param {string} id - of this browser’s device
 * @returns {Promise<{vaultKey: string, device: Device}>} throws `no_pin` (no try is lost by a slip), `wrong_pin`
 *   {tries_left}, `lock_destroyed`, `device_not_active`, `storage_refused`, `offline`, …
 */
export async function unlockWith(pin, id) {
  const vaultKey = await keyOf(pin, id, lockVersions, '/devices/unlock');
  await dropFile(`${id}/paired`); // where the last answer of its pairing got lost
  return { device: await change(id, { state: 'enrolled', pairing: null }), vaultKey };
}

/**
 * The same for a former device of this browser, which doesn’t become one again.
 * @param {string} pin @param {Record<string, string>} former - of an element: device; versions of its lock that the
 *   server has, newest first, as JSON; the address that unlocks it
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

/**
 * After a Change PIN that broke off there are two locks: the newer one first, since its PIN was typed last.
 * @param {string} pin @param {Device} device @param {number[]} versions @param {CryptoKey} identity
 *   @param {string} path
 * @returns {Promise<string>}
 */
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

/**
 * A try whose answer never came goes under the same id again, in this tab also after a reload: with the same PIN the
 * server counts it once, with another as another. The id says nothing of the PIN. Nothing that is made of the PIN may
 * be kept beside it: whoever copied that could try all PINs without the server.
 */
const UNHEARD = 'spare-key/unheard/';

function tryOf(slot) {
  const id = sessionStorage.getItem(slot) ?? randomId();
  sessionStorage.setItem(slot, id);
  return id;
}

async function open(pin, device, version, identity, path) {
  const place = { origin: location.origin, user: device.user, device: device.id };
  const argonOutput = await argon2id(pin, device.salts[version]);
  const slot = `${UNHEARD}${device.id}/${version}${path}`;
  const json = { proof: base64(await proofOf({ argonOutput, ...place })), version, try: tryOf(slot) };
  const answer = await signedFetch(path, { device, json, holds: LOCK, same: { version } }).catch((error) => {
    if (!isUnsure(error)) sessionStorage.removeItem(slot);
    throw error;
  });
  sessionStorage.removeItem(slot);
  const parts = { serverShare: fromBase64(answer.server_share, 32), keyslot: fromBase64(answer.keyslot) };
  return openLock({ argonOutput, ...parts, identity, ...place });
}
