/** Ed25519 (RFC 8032) under a label: a signature made for one purpose never passes for another. */
import { concat, fromBase64, utf8 } from './bytes.js';
import { CryptoError } from './errors.js';

// PKCS #8 (RFC 8410) around a 32-byte Ed25519 seed: WebCrypto takes no bare seeds.
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

/**
 * @param {string} label
 * @param {Uint8Array} bytes
 * @param {CryptoKey|Uint8Array} key - a private Ed25519 key or its 32-byte seed
 * @returns {Promise<Uint8Array>} 64 bytes; may differ from call to call (Safari), so never compare two
 */
export async function sign(label, bytes, key) {
  const signer = key instanceof Uint8Array ? await fromSeed(key, false) : key;
  return new Uint8Array(await crypto.subtle.sign('Ed25519', signer, labelled(label, bytes)));
}

/** @param {Uint8Array} seed - 32 bytes @returns {Promise<Uint8Array>} the 32-byte public key */
export async function publicOf(seed) {
  const { x } = /** @type {{x: string}} */ (await crypto.subtle.exportKey('jwk', await fromSeed(seed, true)));
  return fromBase64(`${x.replaceAll('-', '+').replaceAll('_', '/')}=`, 32);
}

/**
 * @param {string} label
 * @param {Uint8Array} bytes
 * @param {Uint8Array} signature
 * @param {Uint8Array} publicKey - 32 bytes
 * @returns {Promise<boolean>} false, too, for a key or signature that is no such thing
 */
export async function verify(label, bytes, signature, publicKey) {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, labelled(label, bytes));
  } catch {
    return false;
  }
}

/** @param {string} label @param {Uint8Array} bytes */
const labelled = (label, bytes) => concat(utf8(`${label}\n`), bytes);

/** @param {Uint8Array} seed @param {boolean} extractable */
function fromSeed(seed, extractable) {
  if (seed.length !== 32) throw new CryptoError('malformed');
  return crypto.subtle.importKey('pkcs8', concat(PKCS8, seed), 'Ed25519', extractable, ['sign']);
}
