/**
 * The voice check back: six digits by which a member hears that whoever answers holds the recovery key that their
 * request names. They carry no secret; they show, to somebody who knows the voice or the number, that a genuine page
 * agreed.
 */
import { lv, sha256 } from './bytes.js';
import { readRequest } from './restore-requests.js';

const LABEL = 'spare-key/v1/restore-digits';
const DIGITS = 6;
const WORD = 4;
const BOUND = 4_294_000_000; // words from here on are passed over, so that every number of six digits is as likely

/**
 * @param {{exact: string, fingerprint: string, approver: string}} parts - the request’s JSON; of the organisation
 *   recovery key, computed from its file (or, at the member’s, the one that the request names); user id of who tells
 *   them
 * @returns {Promise<string>} six digits; throws `malformed`
 */
export async function digitsToTell({ exact, fingerprint, approver }) {
  const { origin } = readRequest(exact);
  return digitsOf(await sha256(lv(LABEL, origin, exact, fingerprint, approver)));
}

/**
 * @param {Uint8Array} digest - a SHA-256
 * @returns {Promise<string>} its first word (four bytes, big-endian) below 4,294,000,000 modulo 1,000,000, with leading
 *   zeros; where none of the eight is, SHA-256 of the 32 bytes takes their place
 */
export async function digitsOf(digest) {
  const words = new DataView(digest.buffer, digest.byteOffset, digest.length);
  for (let start = 0; start < digest.length; start += WORD) {
    const word = words.getUint32(start);
    if (word < BOUND) return String(word % 10 ** DIGITS).padStart(DIGITS, '0');
  }
  return digitsOf(await sha256(digest));
}
