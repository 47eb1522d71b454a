/** A file of people to invite, read in this page; and the file of links that comes of it. */
import { CryptoError } from './crypto/errors.js';

const DELIMITERS = [',', ';', '\t']; // programs write the first; spreadsheets may save the others
const COLUMNS = { email: ['email', 'e-mail', 'email address', 'mail', 'address'], name: ['name', 'full name'], role: ['role'] };

/**
 * @param {Uint8Array} file
 * @param {number} most people that one file may name
 * @returns {Promise<{row: number, email: string, name: string, role: string, code: string, details?: object}[]>} the rows as
 *   a spreadsheet numbers them, without empty ones; code: why it can’t be invited, or ''. Throws `wrong_encoding`,
 *   `empty_file`, `no_email_column`, `too_many_rows`
 */
export async function readInvites(file, most) {
  const text = decoded(file);
  if (!text.trim()) throw new CryptoError('empty_file');
  const { parse } = await import('../vendor/csv.js');
  const found = DELIMITERS.map((delimiter) => parse(text, { delimiter })).find(({ data }) => placesIn(data[0]).email >= 0);
  if (!found) throw new CryptoError('no_email_column');
  const { data: [header, ...rows], errors } = found;
  const places = placesIn(header);
  const broken = new Set(errors.filter(({ type }) => type === 'Quotes').map(({ row }) => row - 1));
  const people = rows.map((values, at) => personIn(values, at + 2, places, header.length, broken.has(at))).filter(Boolean);
  if (!people.length) throw new CryptoError('empty_file');
  if (people.length > most) throw Object.assign(new CryptoError('too_many_rows'), { details: { most: most.toLocaleString() } });
  const first = new Map();
  for (const person of people.filter(({ code }) => !code)) {
    const earlier = first.get(person.email);
    if (earlier) Object.assign(person, { code: 'duplicate', details: { first: earlier } });
    else first.set(person.email, person.row);
  }
  return people;
}

/** @param {{name: string, email: string, role: string, link?: string, why: string}[]} people @returns {string} CSV */
export function linksFile(people) {
  const lines = people.map(({ name, email, role, link = '', why }) => [name, email, role, link, why].map(cell).join(','));
  return ['name,email,role,link,problem', ...lines, ''].join('\r\n');
}

/** Quoted; what a spreadsheet would take for a formula is marked as text, also behind a `;`, where many begin a new cell. */
const cell = (text) => `"${text.replace(/(^|;)(?=[\s"]*[=+\-@＝＋－＠])/g, "$1'").replaceAll('"', '""')}"`;

function decoded(file) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw new CryptoError('wrong_encoding');
  }
}

function placesIn(header = []) {
  const names = header.map((name) => name.trim().toLowerCase());
  return Object.fromEntries(Object.entries(COLUMNS).map(([column, called]) => [column, names.findIndex((name) => called.includes(name))]));
}

function personIn(values, row, places, columns, isBroken) {
  if (!values.join('').trim()) return null;
  const text = (column) => (values[places[column]] ?? '').trim().replace(/\s+/g, ' ');
  const person = { row, email: text('email').toLowerCase(), name: text('name'), role: text('role').toLowerCase() || 'member', code: '' };
  if (isBroken || values.length > columns) return { ...person, code: 'broken_row' };
  return person;
}
