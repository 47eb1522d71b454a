/** age files (age-encryption.org/v1, C2SP), binary: stock `age -d` opens them. age doesn't say who sealed a file. */
import { armor, Decrypter, Encrypter } from '../../vendor/crypto.js';
import { fromUtf8, utf8 } from './bytes.js';
import { CryptoError } from './errors.js';
import { parseRecipient, secretOf } from './identities.js';

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
const WORK_FACTOR = 18; // age's own: about a second and 256 MiB

/**
 * @param {Uint8Array} bytes
 * @param {string[]} recipients - at least one `age1…`; any one of them opens the file
 * @returns {Promise<Uint8Array>}
 */
export async function seal(bytes, recipients) {
  if (!recipients.length) throw new CryptoError('malformed');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(parseRecipient(recipient));
  return encrypter.encrypt(bytes);
}

/** @param {unknown} value @param {string[]} recipients @returns {Promise<Uint8Array>} its JSON, sealed */
export const sealJson = (value, recipients) => seal(utf8(JSON.stringify(value)), recipients);

/**
 * @param {Uint8Array} file
 * @param {(string|CryptoKey)[]} identities
 * @returns {Promise<Uint8Array>} throws `wrong_key` where the file is for others, `malformed` where it was altered or cut
 */
export async function open(file, identities) {
  const decrypter = new Decrypter();
  for (const identity of identities) {
    if (typeof identity === 'string') secretOf(identity);
    decrypter.addIdentity(identity);
  }
  return decrypt(decrypter, file, 'wrong_key');
}

/** Slow on purpose: call it in the worker (../kdf.js). @param {Uint8Array} bytes @param {string} passphrase @returns {Promise<string>} armored */
export async function sealWithPassphrase(bytes, passphrase) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  return armor.encode(await encrypter.encrypt(bytes));
}

/**
 * Slow on purpose: call it in the worker (../kdf.js).
 * @param {Uint8Array} file - binary or armored
 * @param {string} passphrase
 * @returns {Promise<Uint8Array>} throws `wrong_passphrase`, `malformed`
 */
export async function openWithPassphrase(file, passphrase) {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypt(decrypter, unarmored(file), 'wrong_passphrase');
}

/** @param {Uint8Array} file @returns {boolean} whether it is an age file, binary or armored */
export function isSealed(file) {
  const start = new TextDecoder().decode(file.subarray(0, 64)).trimStart();
  return start.startsWith('age-encryption.org/v1\n') || start.startsWith(ARMOR);
}

function unarmored(file) {
  if (!new TextDecoder().decode(file.subarray(0, 64)).trimStart().startsWith(ARMOR)) return file;
  try {
    return armor.decode(fromUtf8(file));
  } catch (error) {
    throw new CryptoError('malformed', error);
  }
}

async function decrypt(decrypter, file, mismatch) {
  try {
    return await decrypter.decrypt(file);
  } catch (error) {
    throw new CryptoError(String(error.message).startsWith('no identity matched') ? mismatch : 'malformed', error);
  }
}
