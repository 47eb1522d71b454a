/** age files (age-encryption.org/v1, C2SP), binary: stock `age -d` opens them. age doesn't say who sealed a file. */
import { armor, Decrypter, Encrypter } from '../../vendor/crypto.js';
import { fromUtf8, utf8 } from './bytes.js';
import { CryptoError, failing, strictly } from './errors.js';
import { parseRecipient, secretOf } from './identities.js';
import { linesOf, textOf } from './text-files.js';

const START = 'age-encryption.org/v1\n';
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
 * @param {Uint8Array} file @param {(string|CryptoKey)[]} identities
 * @returns {Promise<Uint8Array>} throws `wrong_key` where the file is for others, `malformed` where it was altered or
 *   cut
 */
export async function open(file, identities) {
  const decrypter = new Decrypter();
  for (const identity of identities) {
    if (typeof identity === 'string') secretOf(identity);
    decrypter.addIdentity(identity);
  }
  return decrypt(decrypter, file, 'wrong_key');
}

/**
 * Slow on purpose: call it in the worker (../device/kdf.js).
 * @param {Uint8Array} bytes @param {string} passphrase @returns {Promise<string>} armored
 */
export async function sealWithPassphrase(bytes, passphrase) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  return armor.encode(await encrypter.encrypt(bytes));
}

/**
 * Slow on purpose: call it in the worker (../device/kdf.js).
 * @param {Uint8Array} file - binary or armored @param {string} passphrase
 * @returns {Promise<Uint8Array>} throws `wrong_passphrase`, `malformed`
 */
export async function openWithPassphrase(file, passphrase) {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const binary = begins(file, ARMOR) ? strictly(() => armor.decode(fromUtf8(file))) : file;
  return decrypt(decrypter, binary, 'wrong_passphrase');
}

/** @param {Uint8Array} file @returns {boolean} whether it is an age file, binary or armored */
export const isSealed = (file) => begins(file, START) || begins(file, ARMOR);

/**
 * @param {Uint8Array} file
 * @returns {Uint8Array} an armored file as it was before an editor or a mail program changed its encoding, line ends or
 *   the spaces around its lines; any other as it is
 */
export function straightened(file) {
  if (begins(file, START)) return file;
  try {
    const lines = linesOf(textOf(file).text).filter(Boolean);
    return lines[0] === ARMOR ? utf8(`${lines.join('\n')}\n`) : file;
  } catch {
    return file; // no text
  }
}

/** @param {Uint8Array} file @param {string} start */
const begins = (file, start) => new TextDecoder().decode(file.subarray(0, 64)).trimStart().startsWith(start);

/** @param {Decrypter} decrypter @param {Uint8Array} file @param {string} mismatch - the code where it is for others */
const decrypt = (decrypter, file, mismatch) => decrypter.decrypt(file).catch((error) =>
  failing(String(error.message).startsWith('no identity matched') ? mismatch : 'malformed')(error));
