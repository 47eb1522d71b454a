/** Encodings, hashing and randomness. Strict: what isn't exactly the encoding throws `malformed`. */
import { base32nopad, base64 as base64Coder } from '../../vendor/crypto.js';
import { CryptoError, strictly } from './errors.js';

/** @param {string} text @returns {Uint8Array} UTF-8 */
export const utf8 = (text) => new TextEncoder().encode(text);

/** @param {Uint8Array} bytes @returns {string} throws `malformed` unless valid UTF-8; a byte order mark stays */
export const fromUtf8 = (bytes) =>
  strictly(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));

/** @param {Uint8Array} bytes @returns {string} standard alphabet, padded (RFC 4648 section 4) */
export const base64 = (bytes) => base64Coder.encode(bytes);

/** @param {string} text @param {number} [length] - demanded length in bytes @returns {Uint8Array} */
export function fromBase64(text, length) {
  const bytes = strictly(() => base64Coder.decode(text));
  if (base64(bytes) !== text || (length !== undefined && bytes.length !== length)) throw new CryptoError('malformed');
  return bytes;
}

/** @param {Uint8Array} bytes @returns {string} lower case */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {string} text - lower case @returns {Uint8Array} */
export function fromHex(text) {
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/.test(text)) throw new CryptoError('malformed');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @param {Uint8Array} bytes @returns {string} lower case, no padding (RFC 4648 section 6) */
export const base32 = (bytes) => base32nopad.encode(bytes).toLowerCase();

/** @type {Record<string, string>} */
const TYPED_FOR = { 0: 'o', 1: 'l', 8: 'b' };

/**
 * @param {string} text - base32 as people type it
 * @returns {string} lower case, no spaces or hyphens, 0 1 8 read as o l b
 */
export const fromTyped = (text) =>
  text.toLowerCase().replace(/[^a-z0-9]/g, '').replace(/[018]/g, (digit) => TYPED_FOR[digit]);

/** @param {string} text @returns {string} in fours, the way a fingerprint is shown */
export const groups = (text) => text.match(/.{1,4}/g)?.join(' ') ?? '';

/** @param {...Uint8Array} parts @returns {Uint8Array} */
export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/**
 * Each part behind its length as LEB128, so that no two lists of parts give the same bytes (`lv_cat`,
 * draft-irtf-cfrg-cpace-21 section 6.3).
 * @param {...(string|Uint8Array)} parts - text as UTF-8 @returns {Uint8Array}
 */
export function lv(...parts) {
  return concat(...parts.map((part) => {
    const bytes = typeof part === 'string' ? utf8(part) : part;
    if (!(bytes instanceof Uint8Array)) throw new CryptoError('malformed');
    return concat(Uint8Array.from(leb128(bytes.length)), bytes);
  }));
}

/**
 * @param {Uint8Array} a @param {Uint8Array} b
 * @returns {boolean} in the same time for equal and unequal bytes of one length
 */
export const equal = (a, b) =>
  a.length === b.length && a.reduce((difference, byte, i) => difference | (byte ^ b[i]), 0) === 0;

/** @param {Uint8Array} a @param {Uint8Array} b - of the same length @returns {Uint8Array} */
export function xor(a, b) {
  if (a.length !== b.length) throw new CryptoError('malformed');
  return a.map((byte, i) => byte ^ b[i]);
}

/** @param {number} length @returns {Uint8Array} */
export const randomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

/** @returns {string} 32 lower-case hexadecimal characters */
export const randomId = () => hex(randomBytes(16));

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} 32 bytes */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/**
 * HKDF-SHA256 (RFC 5869), empty salt.
 * @param {Uint8Array} secret @param {Uint8Array} info @returns {Promise<Uint8Array>} 32 bytes
 */
export async function hkdf(secret, info) {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}

/** @returns {string} the time to the second, like 2026-11-22T16:10:46Z */
export const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

/** @param {number} number @returns {number[]} */
function leb128(number) {
  const high = Math.floor(number / 128);
  return high ? [(number & 0x7f) | 0x80, ...leb128(high)] : [number];
}
