/**
 * The address that the QR code of a pairing code holds: a page of this site, and in its fragment, which no browser
 * sends, the six digits, by which offer they belong to, and which browser they are for.
 */
import { hex, sha256, utf8 } from './bytes.js';

const MARK = 24; // characters: enough that no other offer has them
const FRAGMENT = /^#(\d{6})\.([0-9a-f]{24})\.(\w{0,40})$/;

/** @param {string} offer - exact text @returns {Promise<string>} tells it from any other offer */
export const markOf = async (offer) => hex(await sha256(utf8(offer))).slice(0, MARK);

/**
 * @param {{origin: string, pairing: string, code: string, offer: string, browser: string}} parts - browser: as the new
 *   device calls itself
 * @returns {Promise<string>}
 */
export async function scannedAddress({ origin, pairing, code, offer, browser }) {
  const name = browser.replaceAll(' ', '_');
  const said = /^\w{0,40}$/.test(name) ? name : ''; // anybody may call a browser anything
  return `${origin}/pair/${pairing}/code#${code}.${await markOf(offer)}.${said}`;
}

/**
 * @param {string} fragment - of an address, with its #
 * @returns {{code: string, mark: string, browser: string}|null} null: it is none of ours
 */
export function readScanned(fragment) {
  const [whole, code, mark, name] = FRAGMENT.exec(fragment) ?? [];
  return whole ? { code, mark, browser: name.replaceAll('_', ' ') } : null;
}
