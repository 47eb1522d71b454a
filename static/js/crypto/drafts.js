/** A draft of an item, sealed under a key that only the vault key of its epoch gives. */
import { concat, fromUtf8, hkdf, lv, randomBytes, utf8 } from './bytes.js';
import { failing } from './errors.js';
import { secretOf } from './identities.js';
import { fromJson } from './shapes.js';

const LABEL = 'spare-key/v1/draft';
const IV = 12;

/**
 * @param {string} vaultKey - of the epoch @param {{origin: string, user: string, epoch: number}} place
 * @returns {Promise<CryptoKey>} it can’t be exported, and outlives the vault key in a page that locks while it is still
 *   writing
 */
export async function draftKey(vaultKey, { origin, user, epoch }) {
  const secret = await hkdf(secretOf(vaultKey), lv(LABEL, origin, user, String(epoch)));
  return crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/**
 * @param {CryptoKey} key @param {object} content @param {{user: string, epoch: number, item: string}} place
 * @returns {Promise<Uint8Array>}
 */
export async function sealDraft(key, content, place) {
  const iv = randomBytes(IV);
  const sealed = await crypto.subtle.encrypt(gcm(iv, place), key, utf8(JSON.stringify(content)));
  return concat(iv, new Uint8Array(sealed));
}

/**
 * @param {CryptoKey} key @param {Uint8Array} sealed @param {{user: string, epoch: number, item: string}} place
 * @returns {Promise<any>} throws `wrong_key` where it was sealed for another place, under another key, or altered
 */
export async function openDraft(key, sealed, place) {
  const opened = crypto.subtle.decrypt(gcm(sealed.subarray(0, IV), place), key, sealed.subarray(IV));
  return fromJson(fromUtf8(new Uint8Array(await opened.catch(failing('wrong_key')))));
}

/** @param {Uint8Array} iv @param {{user: string, epoch: number, item: string}} place */
const gcm = (iv, { user, epoch, item }) => ({
  name: 'AES-GCM',
  iv,
  additionalData: lv(LABEL, user, String(epoch), item),
});
