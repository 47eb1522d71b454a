/** A file that a person chose or dropped: read in this page, never sent. */
import { CryptoError, failing } from './crypto/errors.js';

/**
 * @param {File|undefined} file
 * @param {{largest: number, none: string, tooLarge: string}} says - bytes; the codes for no file and for a larger one
 * @returns {Promise<Uint8Array>} throws these, `file_unreadable`, `insecure_context`
 */
export async function contentOf(file, { largest, none, tooLarge }) {
  if (!globalThis.isSecureContext) throw new CryptoError('insecure_context');
  if (!file) throw new CryptoError(none);
  if (file.size > largest) throw new CryptoError(tooLarge);
  return new Uint8Array(await file.arrayBuffer().catch(failing('file_unreadable')));
}
