/** The signing key that every holder of a vault key has: it proves that whoever ends an epoch could open its vault. */
import { fromBase64, fromHex, hkdf, lv } from './bytes.js';
import { secretOf } from './identities.js';
import { publicOf, sign } from './signatures.js';

/** @param {string} vaultKey @param {string} user @returns {Promise<Uint8Array>} Ed25519 seed, 32 bytes */
export const signingSeed = (vaultKey, user) => hkdf(secretOf(vaultKey), lv('spare-key/v1/epoch-signing', user));

/**
 * @param {string} vaultKey @param {string} user
 * @returns {Promise<Uint8Array>} 32 bytes: what the server knows of an epoch
 */
export const verifyKey = async (vaultKey, user) => publicOf(await signingSeed(vaultKey, user));

/**
 * Signs, with the key of the epoch that ends, everything that begins with the new one.
 * @param {{vaultKey: string, origin: string, organisation: string, user: string, request: string, oldEpoch: number,
 *   newEpoch: number, device: string, sign: string, recipient: string, verifyKey: string, fileSha256: string}} parts -
 *   vaultKey of the epoch that ends; request, device: ids; sign, recipient of the device; verifyKey of the new epoch;
 *   fileSha256 of the new vault file. sign and verifyKey in base64, fileSha256 hexadecimal
 * @returns {Promise<Uint8Array>} 64 bytes
 */
export async function signFinish(parts) {
  const exact = lv(
    parts.origin,
    parts.organisation,
    parts.user,
    parts.request,
    String(parts.oldEpoch),
    String(parts.newEpoch),
    parts.device,
    fromBase64(parts.sign, 32),
    parts.recipient,
    fromBase64(parts.verifyKey, 32),
    fromHex(parts.fileSha256),
  );
  return sign('spare-key/v1/finish', exact, await signingSeed(parts.vaultKey, parts.user));
}
