/** What whoever recovers without anybody’s help shows before the server hands out the newest vault. */
import { fromBase64, lv } from './bytes.js';
import { sign } from './signatures.js';

/**
 * Signs, for one new device, with a key that only a holder of the vault key or of the Recovery Kit has.
 * @param {{seed: Uint8Array, origin: string, organisation: string, user: string, way: string,
 *   device: string, sign: string, recipient: string}} parts - seed: `signingSeed` of the present epoch, or
 *   `kitSigningSeed`; ids; the new device’s Ed25519 key in base64 and age recipient
 * @returns {Promise<Uint8Array>} 64 bytes
 */
export function proveOwn({ seed, origin, organisation, user, way, device, sign: publicKey, recipient }) {
  const exact = lv(origin, organisation, user, way, device, fromBase64(publicKey, 32), recipient);
  return sign('spare-key/v1/own-recovery', exact, seed);
}
