/** A file that a person chose or dropped: read in this page, never sent. */
import { LIMITS } from '../crypto/documents.js';
import { CryptoError, failing } from '../crypto/errors.js';

/**
 * @param {HTMLInputElement} input - of files
 * @param {{largest: number, none: string, tooLarge: string}} says - bytes; the codes for no file and for a larger one
 * @returns {Promise<Uint8Array>} throws these, `file_unreadable`, `insecure_context`
 */
export async function contentOf({ files: [file] }, { largest, none, tooLarge }) {
  if (!globalThis.isSecureContext) throw new CryptoError('insecure_context');
  if (!file) throw new CryptoError(none);
  if (file.size > largest) throw new CryptoError(tooLarge);
  return new Uint8Array(await file.arrayBuffer().catch(failing('file_unreadable')));
}

/**
 * A backup, as it is.
 * @param {HTMLInputElement} input @returns {Promise<Uint8Array>} throws `file_needed`, `too_large`, as above
 */
export const backupIn = (input) =>
  contentOf(input, { largest: LIMITS.file, none: 'file_needed', tooLarge: 'too_large' });
