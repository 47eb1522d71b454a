/** The Recovery Kit: one age identity in a text file that `age -d -i` takes as it is. */
import { hkdf, lv, now } from './bytes.js';
import { CryptoError } from './errors.js';
import { makeIdentity, recipientOf, secretOf } from './identities.js';
import { identity as isIdentity } from './shapes.js';
import { publicOf } from './signatures.js';
import { linesOf, textOf } from './text-files.js';

const TITLE = '# Spare Key Recovery Kit';
const KEY_FILE_TITLE = '# Spare Key organisation recovery key';
const CONFIRMED_BY = 4;
const START = 'AGE-SECRET-KEY-1';
const LENGTH = 58; // of what follows
const SPACES_AND_HYPHENS = /[\s\p{Pd}\p{Cf}]+/gu; // an editor makes others of both, and invisible ones
const ALPHABET = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'; // of bech32

/** @param {string} value @returns {string} on one line, so that it can't end a comment */
export const comment = (value) => String(value).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

/** @returns {Promise<{identity: string, recipient: string, made_at: string}>} */
export async function makeKit() {
  const identity = makeIdentity();
  return { identity, recipient: await recipientOf(identity), made_at: now() };
}

/**
 * @param {{number: number, made_at: string, account: string, organisation: string, identity: string,
 *   organisationKey?: string}} kit names as people read them; the whole fingerprint of the recovery key that the vault
 *   has on record, where it has any
 * @returns {string} its file
 */
export const kitText = ({ number, made_at, account, organisation, identity, organisationKey }) =>
  `${TITLE}\n# number: ${number}\n# made: ${made_at}\n# account: ${comment(account)}\n`
  + `# organisation: ${comment(organisation)}\n`
  + `${organisationKey ? `# organisation-key: ${organisationKey}\n` : ''}${identity}\n`;

/**
 * Finds the identity in a kit: the whole file, whatever an editor made of its encoding and line ends, or its one line
 * typed from paper (case, spaces and the kind of hyphen don't matter).
 * @param {string|Uint8Array} content
 * @returns {Promise<{identity: string, recipient: string, number: number|null, organisationKey?: string}>} the last is
 *   the fingerprint in its line of the organisation recovery key, where it has one; throws `not_a_kit`,
 *   `organisation_key_file`; of a key with a slip `kit_too_short` {count}, `kit_too_long` {count}, `mistyped_group`
 *   {number, group}, `mistyped`
 */
export async function parseKit(content) {
  const lines = linesOf(typeof content === 'string' ? content : wordsOf(content));
  if (lines.some((line) => line.includes(KEY_FILE_TITLE))) throw new CryptoError('organisation_key_file');
  const found = lines.filter((line) => !line.startsWith('#')).join('').replace(SPACES_AND_HYPHENS, '').toUpperCase();
  const typed = found.match(/^AGESECRETKEY[1IL]([\x21-\x7e]+)$/)?.[1];
  if (!typed) throw new CryptoError('not_a_kit');
  const identity = START + typed;
  if (!isIdentity(identity)) throw slip(typed);
  /** @param {RegExp} name */
  const said = (name) => lines.map((line) => line.match(name)?.[1]).find(Boolean);
  const [number, organisationKey] = [said(/^# *number: *(\d{1,9})$/), said(/^# *organisation-key: *([a-z2-7]{52})$/)];
  const recipient = await recipientOf(identity);
  return {
    identity,
    recipient,
    number: number === undefined ? null : Number(number),
    ...(organisationKey && { organisationKey }),
  };
}

/**
 * @param {string} identity
 * @returns {string[]} as a sheet shows it: its beginning, then the groups of four that `mistyped_group` counts
 */
export const keyGroups = (identity) => [START, ...(identity.slice(START.length).match(/.{1,4}/g) ?? [])];

/**
 * The Ed25519 seed by which somebody shows that they hold the kit; it opens nothing.
 * @param {string} identity @param {string} user @returns {Promise<Uint8Array>} 32 bytes
 */
export const kitSigningSeed = (identity, user) => hkdf(secretOf(identity), lv('spare-key/v1/kit-signing', user));

/**
 * @param {string} identity @param {string} user @returns {Promise<Uint8Array>} 32 bytes: what the server knows of a kit
 */
export const kitVerifyKey = async (identity, user) => publicOf(await kitSigningSeed(identity, user));

/**
 * @param {string} identity @param {string} typed @returns {boolean} whether these are the kit's last four characters
 */
export const confirms = (identity, typed) =>
  typed.replace(SPACES_AND_HYPHENS, '').toUpperCase() === identity.slice(-CONFIRMED_BY);

/** @param {Uint8Array} file */
function wordsOf(file) {
  try {
    return textOf(file).text;
  } catch (cause) {
    throw new CryptoError('not_a_kit', cause);
  }
}

/**
 * What the checksum tells of a key with a slip: where it is, if one other character would mend it. Groups count from
 * behind the 1.
 * @param {string} typed
 */
function slip(typed) {
  const missing = LENGTH - typed.length;
  /** @param {string} code @param {object} [details] */
  const named = (code, details) => Object.assign(new CryptoError(code), { details });
  if (missing) return named(missing > 0 ? 'kit_too_short' : 'kit_too_long', { count: Math.abs(missing) });
  /** @param {number} place */
  const mended = (place) =>
    [...ALPHABET].some((each) => isIdentity(START + typed.slice(0, place) + each + typed.slice(place + 1)));
  const places = [...Array(LENGTH).keys()].filter(mended);
  const start = places[0] - (places[0] % 4);
  return places.length === 1
    ? named('mistyped_group', { number: start / 4 + 1, group: typed.slice(start, start + 4) })
    : named('mistyped');
}
