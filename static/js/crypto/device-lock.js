/**
 * The device lock: a PIN, this device's key and the server's share together give the vault key; no two of them do.
 * The Argon2id salt stays on the device, so nobody else can try PINs.
 */
import { concat, fromUtf8, hkdf, lv, randomBytes, utf8 } from './bytes.js';
import { CryptoError, failing } from './errors.js';
import { secretOf } from './identities.js';
import { open, seal } from './sealing.js';

const SALT = 16;
const SHARE = 32;
const IV = 12;

/**
 * @param {{pin: string, vaultKey: string, recipient: string, origin: string, user: string, device: string,
 *   argon2id: (pin: string, salt: Uint8Array) => Promise<Uint8Array>}} parts - pin as typed; recipient of the device;
 *   argon2id from ../device/kdf.js
 * @returns {Promise<{salt: Uint8Array, serverShare: Uint8Array, proof: Uint8Array, keyslot: Uint8Array}>} the salt is
 *   for the key store of this browser, the others for the server
 */
export async function makeLock({ pin, vaultKey, recipient, origin, user, device, argon2id }) {
  secretOf(vaultKey);
  const place = { origin, user, device };
  const salt = randomBytes(SALT);
  const serverShare = randomBytes(SHARE);
  const argonOutput = await argon2id(pin, salt);
  const iv = randomBytes(IV);
  const key = await unlockKey(argonOutput, serverShare, place, 'encrypt');
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm(iv, place), key, utf8(vaultKey)));
  const keyslot = await seal(concat(iv, sealed), [recipient]);
  return { salt, serverShare, proof: await proofOf({ argonOutput, ...place }), keyslot };
}

/**
 * What shows the server that the PIN was right, and tells it nothing it could test PINs with.
 * @param {{argonOutput: Uint8Array, origin: string, user: string, device: string}} parts
 * @returns {Promise<Uint8Array>} 32 bytes
 */
export const proofOf = ({ argonOutput, origin, user, device }) =>
  hkdf(argonOutput, lv('spare-key/v1/pin-proof', origin, user, device));

/**
 * @param {{argonOutput: Uint8Array, serverShare: Uint8Array, keyslot: Uint8Array, identity: CryptoKey|string,
 *   origin: string, user: string, device: string}} parts - argonOutput of the PIN and this device's salt; identity its
 *   X25519 key
 * @returns {Promise<string>} V; throws `wrong_key` (wrong PIN, share, device or place), `malformed`
 */
export async function openLock({ argonOutput, serverShare, keyslot, identity, origin, user, device }) {
  const place = { origin, user, device };
  const inner = await open(keyslot, [identity]);
  const key = await unlockKey(argonOutput, serverShare, place, 'decrypt');
  const vaultKey = await crypto.subtle.decrypt(gcm(inner.subarray(0, IV), place), key, inner.subarray(IV))
    .catch(failing('wrong_key'));
  const found = fromUtf8(new Uint8Array(vaultKey));
  secretOf(found);
  return found;
}

/** @typedef {{origin: string, user: string, device: string}} Place */

/** @param {Uint8Array} argonOutput @param {Uint8Array} serverShare @param {Place} place @param {KeyUsage} use */
async function unlockKey(argonOutput, serverShare, { origin, user, device }, use) {
  if (argonOutput.length !== 32 || serverShare.length !== SHARE) throw new CryptoError('malformed');
  const bytes = await hkdf(concat(argonOutput, serverShare), lv('spare-key/v1/unlock', origin, user, device));
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [use]);
}

/** @param {Uint8Array} iv @param {Place} place */
const gcm = (iv, { origin, user, device }) =>
  ({ name: 'AES-GCM', iv, additionalData: lv('spare-key/v1/keyslot', origin, user, device) });
