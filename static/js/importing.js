/** A file of another password manager, read: what of it are items of a vault, and what was not understood and why. */
import { now, randomId } from './crypto/bytes.js';
import { LIMITS } from './crypto/documents.js';
import { CryptoError, failing } from './crypto/errors.js';
import { time } from './crypto/shapes.js';
import { BITWARDEN, CSV_FORMATS } from './import-formats.js';

const DELIMITERS = [',', ';', '\t']; // programs write the first; spreadsheets may save the others
const PLACES = ['title', 'username', 'password', 'url', 'notes', 'created', 'updated'];

/**
 * @param {Uint8Array} file
 * @param {string} untitled - the title of what has neither title, address nor username
 * @returns {Promise<{format: string, items: object[], problems: object[], kept: Map<string, number>}>} every row is an item or
 *   a problem {row, code, details}; kept: what was put behind notes, and how often. Throws `wrong_encoding`, `empty_file`,
 *   `broken_json`, `encrypted_export`, `unknown_format`, `too_many`
 */
export async function readExport(file, untitled) {
  const text = await decoded(file);
  if (!text.trim()) throw new CryptoError('empty_file');
  const [format, rows] = /^\s*[{[]/.test(text) ? await rowsOfJson(text) : await rowsOfCsv(text);
  if (rows.length > LIMITS.items) throw new CryptoError('too_many');
  const found = { format: format.name, items: [], problems: [], kept: new Map() };
  for (const { row, fields = [], kind, code = 'nothing_in_it', details } of rows) {
    const item = itemOf(fields, format, kind, untitled, found.kept);
    if (item) found.items.push(item);
    else found.problems.push({ row, code, details });
  }
  return found;
}

/** UTF-8; UTF-16 where its mark says so. */
function decoded(file) {
  const encoding = { '255,254': 'utf-16le', '254,255': 'utf-16be' }[file.subarray(0, 2).join()] ?? 'utf-8';
  return attempt('wrong_encoding', () => new TextDecoder(encoding, { fatal: true }).decode(file));
}

/** A row has the number that a spreadsheet gives it: the header is the first. Empty lines are none. */
async function rowsOfCsv(text) {
  const { parse } = await import('../vendor/csv.js');
  for (const delimiter of DELIMITERS) {
    const header = (parse(text, { delimiter, preview: 1 }).data[0] ?? []).map((name) => name.trim());
    const names = header.map((name) => name.toLowerCase());
    const format = CSV_FORMATS.find(({ columns }) => columns.every((column) => names.includes(column)));
    if (!format) continue;
    const { data, errors } = parse(text, { delimiter });
    const broken = new Set(errors.filter(({ type }) => type === 'Quotes').map(({ row }) => row));
    const rows = data.map((values, index) => {
      if (broken.has(index)) return { row: index + 1, code: 'broken_quotes' };
      if (values.length !== names.length) return { row: index + 1, code: 'broken_row', details: { found: values.length, expected: names.length } };
      return { row: index + 1, fields: values.map((value, at) => [names[at], value, header[at]]) };
    });
    return [format, rows.filter(({ row }) => row > 1 && data[row - 1].join('').trim())];
  }
  throw new CryptoError('unknown_format');
}

async function rowsOfJson(text) {
  const content = await attempt('broken_json', () => JSON.parse(text));
  if (content.encrypted) throw new CryptoError('encrypted_export');
  if (!Array.isArray(content.items)) throw new CryptoError('unknown_format');
  const places = new Map([content.folders, content.collections].flat().filter(Boolean).map(({ id, name }) => [id, name]));
  return [BITWARDEN, content.items.map((item, index) => {
    const { name, type, folderId, collectionIds } = item ?? {};
    const row = { row: index + 1, kind: at(BITWARDEN.kinds, type), details: { title: String(name ?? '') } };
    if (!row.kind) return type ? { ...row, code: `type_${at(BITWARDEN.types, type) ?? 'other'}` } : row;
    const folder = [folderId, collectionIds].flat().map((id) => places.get(id)).filter(Boolean).join(', ');
    return { ...row, fields: [...leaves({ ...item, folder })] };
  })];
}

/** What a table says, not what every object has. */
const at = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

const attempt = (code, work) => Promise.resolve().then(work).catch(failing(code));

/** [path, text, name for people] of everything in it. A further field has the name that a person gave it. */
function* leaves(value, path = '') {
  const isNamed = path.startsWith('fields.') && value?.name;
  if (isNamed || typeof value !== 'object') yield [path, String((isNamed ? value.value : value) ?? ''), isNamed || path.replace(/^login\.|\.\d+/g, '')];
  else for (const [key, each] of Object.entries(value ?? {})) yield* leaves(each, path ? `${path}.${key}` : key);
}

/** @returns {object|null} null: there is nothing in it */
function itemOf(fields, format, kind, untitled, kept) {
  const used = PLACES.map((place) => fields.find(([path]) => path === format[place]));
  const { created, updated, ...item } = Object.fromEntries(PLACES.map((place, at) => [place, used[at]?.[1] ?? '']));
  const isNothing = (value) => !value || (!kind && /^false$/i.test(value)); // a CSV says so of every row that isn’t archived
  const extra = fields.filter((field) => !used.includes(field) && !isNothing(field[1]) && !format.unused.includes(field[0].replace(/\.\d+/g, '.*')));
  if (!extra.length && !Object.values(item).some(Boolean)) return null;
  for (const [, , name] of extra) kept.set(name, (kept.get(name) ?? 0) + 1);
  const notes = [item.notes, extra.map(([, value, name]) => `${name}: ${value}`).join('\n')].filter(Boolean).join('\n\n');
  const host = item.url.match(/^\w[\w+.-]*:\/\/(?:[^/?#]*@)?([^/:?#]+)/)?.[1] ?? item.url;
  return {
    ...item, id: randomId(), kind: kind ?? (item.username || item.password || item.url ? 'login' : 'note'),
    title: item.title || host || item.username || untitled, notes, created_at: timeOf(created), updated_at: timeOf(updated),
  };
}

/** ISO, or milliseconds since 1970; what is neither is now. */
function timeOf(text) {
  const date = new Date(/^\d+$/.test(text) ? Number(text) : text);
  const found = Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/\.\d+Z$/, 'Z');
  return time(found) ? found : now();
}
