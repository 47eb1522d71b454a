/** The Recovery Kit: one age identity in a text file that `age -d -i` takes as it is. */
import { now } from './bytes.js';
import { CryptoError, failing } from './errors.js';
import { makeIdentity, recipientOf } from './identities.js';

const TITLE = '# Spare Key Recovery Kit';
const KEY_FILE_TITLE = '# Spare Key organisation recovery key';
const CONFIRMED_BY = 4;

/** @param {string} value @returns {string} on one line, so that it can't end a comment */
export const comment = (value) => String(value).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

/**
 * @param {{number: number, account: string, organisation: string}} parts - names as people read them
 * @returns {Promise<{identity: string, recipient: string, made_at: string, text: string}>}
 */
export async function makeKit({ number, account, organisation }) {
  const identity = makeIdentity();
  const madeAt = now();
  const text = kitText({ number, made_at: madeAt, account, organisation, identity });
  return { identity, recipient: await recipientOf(identity), made_at: madeAt, text };
}

/** @param {{number: number, made_at: string, account: string, organisation: string, identity: string}} kit @returns {string} its file */
export const kitText = ({ number, made_at, account, organisation, identity }) =>
  `${TITLE}\n# number: ${number}\n# made: ${made_at}\n# account: ${comment(account)}\n`
    + `# organisation: ${comment(organisation)}\n${identity}\n`;

/**
 * Finds the identity in a kit: the whole file, or its one line typed from paper (case and spaces don't matter).
 * @param {string} text
 * @returns {Promise<{identity: string, recipient: string, number: number|null}>} throws `not_a_kit`, `mistyped` (a key,
 *   but with a wrong or missing character), `organisation_key_file`
 */
export async function parseKit(text) {
  if (text.includes(KEY_FILE_TITLE)) throw new CryptoError('organisation_key_file');
  const lines = text.split(/\r?\n/);
  const found = lines.filter((line) => !line.trim().startsWith('#')).join('').replace(/[\s-]+/g, '').toUpperCase();
  const typed = found.match(/^AGESECRETKEY(1[A-Z0-9]+)$/)?.[1];
  if (!typed) throw new CryptoError('not_a_kit');
  const identity = `AGE-SECRET-KEY-${typed}`;
  const recipient = await recipientOf(identity).catch(failing('mistyped'));
  const number = text.match(/^# number: (\d{1,9})\s*$/m)?.[1];
  return { identity, recipient, number: number === undefined ? null : Number(number) };
}

/** @param {string} identity @param {string} typed @returns {boolean} whether these are the kit's last four characters */
export const confirms = (identity, typed) => typed.replace(/[\s-]+/g, '').toUpperCase() === identity.slice(-CONFIRMED_BY);
