/**
 * The organisation recovery key: an age identity and an Ed25519 seed in one file, which never leaves the admin's hands.
 */
import { base32, base64, fromBase64, lv, now, randomBytes, sha256, utf8 } from './bytes.js';
import { CryptoError } from './errors.js';
import { makeIdentity, parseRecipient, recipientOf } from './identities.js';
import { comment } from './recovery-kits.js';
import { isSealed, openWithPassphrase, straightened } from './sealing.js';
import { publicOf, sign } from './signatures.js';
import { linesOf, textOf } from './text-files.js';

const TITLE = '# Spare Key organisation recovery key';

/**
 * @typedef {{organisation: string, epoch: number, recipient: string, sign: string}} Key - organisation: id;
 *   sign: base64
 * @typedef {Key & {organisationName: string, name: string, identity: string, seed: Uint8Array, fingerprint: string}}
 *   KeyFile
 */

/**
 * @param {Key} key
 * @returns {Promise<string>} 52 base32 characters over everything that makes the key what it is
 */
export async function fingerprintOf({ organisation, epoch, recipient, sign }) {
  const parts = lv(
    'spare-key/v1/organisation-key',
    organisation,
    String(epoch),
    parseRecipient(recipient),
    fromBase64(sign, 32),
  );
  return base32(await sha256(parts));
}

/**
 * @param {{organisation: string, organisationName: string, name: string, epoch: number}} parts - organisation is the id
 * @returns {Promise<{text: string, recipient: string, sign: string, fingerprint: string}>} the text is the only copy of
 *   the secrets: download it, and forget it
 */
export async function makeKeyFile({ organisation, organisationName, name, epoch }) {
  const identity = makeIdentity();
  const seed = randomBytes(32);
  const text =
    `${TITLE}\n# organisation: ${organisation}\n# organisation-name: ${comment(organisationName)}\n`
    + `# name: ${comment(name)}\n# epoch: ${epoch}\n# made: ${now()}\n# signing-seed: ${base64(seed)}\n${identity}\n`;
  const { recipient, sign, fingerprint } = await parseKeyFile(text);
  return { text, recipient, sign, fingerprint };
}

/**
 * @param {string|Uint8Array} content - the file, plain or sealed with a passphrase (binary or armored), whatever an
 *   editor made of its encoding and line ends
 * @param {string} [passphrase]
 * @param {typeof openWithPassphrase} [opener] - pass the worker's (../device/kdf.js), so that the page doesn't freeze
 * @returns {Promise<KeyFile>} throws `passphrase_needed`, `wrong_passphrase`, `not_a_key_file`, `malformed`
 */
export async function parseKeyFile(content, passphrase, opener = openWithPassphrase) {
  let bytes = straightened(typeof content === 'string' ? utf8(content) : content);
  if (isSealed(bytes)) {
    if (!passphrase) throw new CryptoError('passphrase_needed');
    bytes = await opener(bytes, passphrase);
  }
  const lines = keyLinesOf(bytes);
  if (lines[0] !== TITLE) throw new CryptoError('not_a_key_file');
  const keys = lines.filter((line) => !line.startsWith('#'));
  const epoch = field(lines, 'epoch');
  const organisation = field(lines, 'organisation');
  if (keys.length !== 1 || !/^[1-9]\d{0,8}$/.test(epoch) || !/^[0-9a-f]{32}$/.test(organisation)) {
    throw new CryptoError('malformed');
  }
  const seed = fromBase64(field(lines, 'signing-seed'), 32);
  const key = {
    organisation,
    epoch: Number(epoch),
    recipient: await recipientOf(keys[0]),
    sign: base64(await publicOf(seed)),
  };
  const names = { organisationName: field(lines, 'organisation-name'), name: field(lines, 'name') };
  return { ...key, ...names, identity: keys[0], seed, fingerprint: await fingerprintOf(key) };
}

/**
 * Shows that the saved file was there again, which activates a key.
 * @param {{origin: string, keyId: string, challenge: Uint8Array, seed: Uint8Array}} parts
 *   @returns {Promise<Uint8Array>} 64 bytes
 */
export const proof = ({ origin, keyId, challenge, seed }) =>
  sign('spare-key/v1/organisation-key-proof', lv(origin, keyId, challenge), seed);

/**
 * Whether a key the server names is the one this member was told about.
 * @param {Key & {fingerprint: string}} key - as the server gave it
 * @param {string} pinned - 52 characters, or the first 32 (invite link), or the first 16 (typed)
 * @returns {Promise<string>} the full fingerprint, to pin; throws `key_mismatch`
 */
export async function demandPinned(key, pinned) {
  const fingerprint = await fingerprintOf(key);
  if (!isPinnedAs(fingerprint, pinned) || fingerprint !== key.fingerprint) throw new CryptoError('key_mismatch');
  return fingerprint;
}

/** @param {string} fingerprint @param {string} pinned - as above @returns {boolean} */
export const isPinnedAs = (fingerprint, pinned) =>
  [52, 32, 16].includes(pinned.length) && fingerprint.startsWith(pinned);

/** @param {Uint8Array} file */
function keyLinesOf(file) {
  try {
    return linesOf(textOf(file).text).filter(Boolean);
  } catch (cause) {
    throw new CryptoError('not_a_key_file', cause);
  }
}

/** @param {string[]} lines @param {string} name */
function field(lines, name) {
  const start = `# ${name}:`;
  const found = lines.filter((line) => line.startsWith(start));
  if (found.length !== 1) throw new CryptoError('malformed');
  return found[0].slice(start.length).trim();
}
