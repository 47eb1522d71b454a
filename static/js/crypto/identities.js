/** age identities and recipients of the native X25519 kind (age-encryption.org/v1, C2SP). No other kind is accepted. */
import { bech32, identityToRecipient, x25519 } from '../../vendor/crypto.js';
import { randomBytes } from './bytes.js';
import { CryptoError, strictly } from './errors.js';

const SCALAR = new Uint8Array(32).fill(9); // any will do: times a low-order point, each gives zero

/** @returns {string} a fresh `AGE-SECRET-KEY-1…` */
export const makeIdentity = () => identityFromSecret(randomBytes(32));

/** @param {Uint8Array} secret - 32 bytes @returns {string} `AGE-SECRET-KEY-1…` */
export function identityFromSecret(secret) {
  if (!(secret instanceof Uint8Array) || secret.length !== 32) throw new CryptoError('malformed');
  return bech32.encodeFromBytes('age-secret-key-', secret).toUpperCase();
}

/**
 * @param {string} identity - `AGE-SECRET-KEY-1…`
 * @returns {Uint8Array} its 32-byte scalar, not clamped; throws `malformed`
 */
export const secretOf = (identity) => payload(identity, /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/);

/**
 * @param {string|CryptoKey} identity - text, or a private X25519 key with the usage deriveBits
 * @returns {Promise<string>} `age1…`
 */
export async function recipientOf(identity) {
  if (typeof identity === 'string') secretOf(identity);
  return identityToRecipient(identity);
}

/**
 * @param {string} text - `age1…`
 * @returns {string} the same; throws `malformed` unless well formed, X25519, and no low-order point: anybody opens for
 *   those
 */
export function parseRecipient(text) {
  const point = payload(text, /^age1[02-9ac-hj-np-z]{58}$/);
  strictly(() => x25519.scalarMult(SCALAR, point));
  return text;
}

/**
 * bech32's alphabet has no 1, so the prefix is the pattern's; at this length the payload is of 32 bytes.
 * @param {unknown} text @param {RegExp} pattern
 */
function payload(text, pattern) {
  if (typeof text !== 'string' || !pattern.test(text)) throw new CryptoError('malformed');
  return strictly(() => bech32.decodeToBytes(text).bytes);
}
