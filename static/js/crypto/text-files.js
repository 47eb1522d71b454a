/**
 * A text file as people keep it: whatever an editor, a spreadsheet or a mail program made of its encoding and line
 * ends.
 */
import { CryptoError } from './errors.js';

/** @type {Record<string, number[]>} */
const MARKS = { 'utf-8': [0xef, 0xbb, 0xbf], 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] };
const WIDE = ['255,254,0,0', '0,0,254,255']; // UTF-32, which no browser decodes
const LOOKED_AT = 64; // characters: every file of ours, and every list with a first line, begins with ASCII
const CONTROLS = 1 / 20; // of its bytes: more of them, and it is no text
const UNDEFINED = [0x81, 0x8d, 0x8f, 0x90, 0x9d]; // in Windows-1252

/**
 * UTF-8 and UTF-16 with and without a byte order mark. What is neither is taken for Windows-1252, of which Latin-1 is a
 * part: an assumption, since it can be told from other encodings of one byte by nobody but its reader.
 * @param {Uint8Array} file
 * @returns {{text: string, isAssumed: boolean, isDamaged: boolean}} isAssumed: as Windows-1252, and there are letters
 *   outside of ASCII; isDamaged: U+FFFD stands where the file breaks its own encoding. Throws `not_text`,
 *   `wrong_encoding`
 */
export function textOf(file) {
  if (WIDE.includes(file.subarray(0, 4).join())) throw new CryptoError('wrong_encoding');
  const encoding = marked(file) ?? unmarked(file);
  if (!encoding.startsWith('utf-16') && file.filter(isControl).length > file.length * CONTROLS) {
    throw new CryptoError('not_text');
  }
  const text = decoded(file, encoding, true);
  if (text !== null) return { text, isAssumed: false, isDamaged: false };
  const damaged = decoded(file, encoding, false);
  // A letter of several bytes that is whole shows that the rest is meant so, too: a second file behind the first, say.
  if (encoding !== 'utf-8' || /[^\x00-\x7f\ufffd]/.test(damaged)) {
    return { text: damaged, isAssumed: false, isDamaged: true };
  }
  if (file.some((byte) => UNDEFINED.includes(byte))) throw new CryptoError('wrong_encoding');
  return { text: decoded(file, 'windows-1252', true), isAssumed: true, isDamaged: false };
}

/** @param {string} text @returns {string[]} whichever way its lines end, and without what stands around them */
export const linesOf = (text) => text.split(/\r\n?|\n/).map((line) => line.trim());

/** @param {Uint8Array} file */
const marked = (file) => Object.keys(MARKS).find((name) => MARKS[name].every((byte, at) => file[at] === byte));

/** UTF-16 has a zero in every character of ASCII, and which half it is in tells the order. @param {Uint8Array} file */
function unmarked(file) {
  const start = file.subarray(0, 2 * Math.min(LOOKED_AT, Math.floor(file.length / 2)));
  const [first, second] = [0, 1].map((half) => start.filter((byte, at) => at % 2 === half && byte === 0).length);
  if (Math.max(first, second) * 4 < start.length || start.length < 4) return 'utf-8';
  return first * 4 < second ? 'utf-16le' : second * 4 < first ? 'utf-16be' : 'utf-8';
}

/** @param {number} byte */
const isControl = (byte) => byte < 0x20 && (byte < 0x09 || byte > 0x0d); // those between are white space

/** @param {Uint8Array} file @param {string} encoding @param {boolean} fatal @returns {any} a text, or null */
function decoded(file, encoding, fatal) {
  try {
    return new TextDecoder(encoding, { fatal }).decode(file);
  } catch {
    return null;
  }
}
