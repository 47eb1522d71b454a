/** age identities and recipients of the native X25519 kind (age-encryption.org/v1, C2SP). No other kind is accepted. */
import { bech32, identityToRecipient, x25519 } from '../../vendor/crypto.js';
import { randomBytes } from './bytes.js';
import { CryptoError } from './errors.js';

/** @returns {string} a fresh `AGE-SECRET-KEY-1…` */
export const makeIdentity = () => identityFromSecret(randomBytes(32));

/** @param {Uint8Array} secret - 32 bytes @returns {string} `AGE-SECRET-KEY-1…` */
export function identityFromSecret(secret) {
  if (!(secret instanceof Uint8Array) || secret.length !== 32) throw new CryptoError('malformed');
  return bech32.encodeFromBytes('age-secret-key-', secret).toUpperCase();
}

/** @param {string} identity - `AGE-SECRET-KEY-1…` @returns {Uint8Array} its 32-byte scalar, not clamped; throws `malformed` */
export function secretOf(identity) {
  return payload(identity, /^AGE-SECRET-KEY-1[A-Z0-9]{58}$/, 'age-secret-key-');
}

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
 * @returns {string} the same; throws `malformed` unless X25519, well formed and not one of the low-order points, to
 *   which anybody could open
 */
export function parseRecipient(text) {
  const point = payload(text, /^age1[a-z0-9]{58}$/, 'age');
  try {
    x25519.scalarMult(new Uint8Array(32).fill(9), point);
  } catch (error) {
    throw new CryptoError('malformed', error);
  }
  return text;
}

function payload(text, pattern, prefix) {
  if (typeof text !== 'string' || !pattern.test(text)) throw new CryptoError('malformed');
  try {
    const found = bech32.decodeToBytes(text);
    if (found.prefix.toLowerCase() === prefix && found.bytes.length === 32) return found.bytes;
  } catch (error) {
    throw new CryptoError('malformed', error);
  }
  throw new CryptoError('malformed');
}
