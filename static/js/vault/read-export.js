/** A file of another password manager, read: what of it are items of a vault, and what was not understood and why. */
import { now, randomId } from '../crypto/bytes.js';
import { isItem, LIMITS } from '../crypto/documents.js';
import { CryptoError } from '../crypto/errors.js';
import { time } from '../crypto/shapes.js';
import { textOf } from '../crypto/text-files.js';
import { formatOf, KEEPER, KEEPER_COLUMNS, PASSWORD_COLUMNS } from './import-formats.js';
import { rowsOfJson } from './import-json.js';
import { refuseFile, refuseText } from './import-refusals.js';
import { bareRowsOf, tableOf } from '../page/tables.js';

/**
 * @import { Item } from '../crypto/documents.js'
 * @import { Format } from './import-formats.js'
 */

/**
 * @typedef {{row: number, code: string, details?: Record<string, any>}} Problem - in which row what was found
 * @typedef {[string, string, string]} Field - path, value, name for people
 */

const PLACES = ['title', 'username', 'password', 'url', 'notes', 'created', 'updated'];
const OF_LOGINS = ['username', 'password', 'url'];
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
const ENTITY = /&(amp|lt|gt|quot|#39|#x27);/g;
const BARE = /&(?!(?:amp|lt|gt|quot|#39|#x27);)|[<>]/; // stands in no text whose signs were made entities
const ADDRESS = /^[a-z][\w+.-]*:\/\//i;
const SEVERAL = /[\r\n]/;
const DELIMITER = /[,;\t|]/;
const UNTYPED = /[\0-\x08\v\f\x0e-\x1f\x7f]/; // nobody types these

/**
 * @param {Uint8Array} file
 * @param {string} untitled - the title of what has neither title, address nor username
 * @param {string} [name] - of the file
 * @returns {Promise<{format: string, items: Item[], problems: Problem[], remarks: Problem[], kept: Map<string, number>,
 *   isAssumed: boolean}>} every row is an item that a vault takes, or a problem {row, code, details}; remarks, of the
 *   same form: what is to be looked at in an item; kept: what was put behind notes, and how often; isAssumed: the
 *   encoding is. Throws `empty_file`, `no_rows`, `wrong_encoding`, `not_text`, `broken_json`, `unknown_format`,
 *   `unknown_json`, `too_many`, and what the file is instead
 */
export async function readExport(file, untitled, name = '') {
  refuseFile(file, name);
  const { text, isAssumed, isDamaged } = textOf(file);
  if (!text.trim()) throw new CryptoError('empty_file');
  refuseText(text);
  const { format, rows } = /^\s*[{[]/.test(text) ? await rowsOfJson(text) : await rowsOfCsv(text, isDamaged);
  if (!rows.length) throw new CryptoError('no_rows');
  if (rows.length > LIMITS.items) throw new CryptoError('too_many');
  const found = { format: format.name, items: [], problems: [], remarks: [], kept: new Map(), isAssumed };
  const as = { untitled, isAssumed, isDamaged, isEscaped: format.entities && isEscaped(rows) };
  for (const row of rows) take({ format, ...row }, as, found);
  return found;
}

/** One row becomes an item with its remarks, or a problem; whatever it is, the others don’t notice. */
function take(row, as, found) {
  const { item, extra, remarks, code, details } = readRow(row, as);
  if (code) {
    found.problems.push({ row: row.row, code, details: { title: row.title ?? '', ...details } });
    return;
  }
  found.items.push(item);
  for (const label of extra) found.kept.set(label, (found.kept.get(label) ?? 0) + 1);
  for (const remark of remarks) {
    found.remarks.push({ row: row.row, code: `${remark}_remark`, details: { title: item.title } });
  }
}

/** @returns {{code?: string, details?: object, item?: Item, extra?: string[], remarks?: string[]}} item or code */
function readRow(
  { fields = [], format, kind, code, details, left = [], isDoubtful },
  { untitled, isAssumed, isDamaged, isEscaped: escaped },
) {
  if (code) return { code, details };
  const usable = escaped ? fields.map(([path, value, label]) => [path, unescaped(value), label]) : fields;
  if (isDamaged && usable.some(([, value]) => value.includes('\ufffd'))) return { code: 'broken_letters' };
  const made = itemOf(usable, format, kind, untitled);
  if (!made) return { code: 'nothing_in_it' };
  if (!isItem(made.item)) return { code: 'does_not_fit' };
  const secrets = made.item.username + made.item.password;
  return {
    ...made,
    remarks: [
      ...left,
      escaped && fields.some(([, value]) => unescaped(value) !== value) && 'entities',
      isAssumed && /[^\x00-\x7f]/.test(secrets) && 'assumed',
      UNTYPED.test(secrets) && 'untyped',
      isDoubtful && 'doubtful',
      // In a table a quotation mark too many can make one row of two, in JSON nothing can.
      isDoubtful === false && SEVERAL.test(secrets) && DELIMITER.test(secrets) && 'lines',
    ].filter(Boolean),
  };
}

/** A row has the number that a spreadsheet gives it: the header is the first. Empty lines are none. */
async function rowsOfCsv(text, isDamaged) {
  const table = await tableOf(text, headOf);
  if (!table) return rowsOfKeeper(text, isDamaged);
  let head = table.known;
  const isSame = (names) => names.length === head.names.length && names.every((name, at) => name === head.names[at]);
  if (head.format.refused) throw new CryptoError(head.format.refused);
  const { rows } = head.format.backslashes ? await withoutBackslashes(text) : table;
  const more = delimitersBehind(rows.slice(1), head.names.length);
  const read = [];
  for (const [index, { row, values, isBroken, isDoubtful }] of rows.entries()) {
    // A second file behind the first has a first line of its own. Names that people give to columns are no sign of one.
    const names = values.map((value) => value.trim().toLowerCase());
    const again =
      index > 0 && names.some((each) => PASSWORD_COLUMNS.has(each)) && headOf(values.map((value) => value.trim()));
    if (again && again.format.name !== 'list' && !again.format.refused) head = again;
    else if (index > 0 && !isSame(names)) {
      read.push({ row, format: head.format, isDoubtful, ...rowOf(values, isBroken, head, more) });
    }
  }
  return { format: table.known.format, rows: read };
}

/** @returns {{format: Format, names: string[], header: string[], width?: number}|null} */
function headOf(header) {
  const names = header.map((name) => name.normalize('NFC').toLowerCase());
  const format = formatOf(names);
  return format && { format, names, header, width: format.tail ? undefined : names.length };
}

/**
 * How many empty columns every row has behind those of the first line. One in a single row is a field torn by a comma.
 */
function delimitersBehind(rows, width) {
  const whole = rows.filter(({ isBroken }) => !isBroken);
  return whole.reduce((least, { values }) => Math.min(least, values.length - width), whole.length ? Infinity : 0);
}

function rowOf(values, isBroken, { format, names, header }, allowed) {
  if (isBroken) return { code: 'broken_quotes' };
  const title = values[names.indexOf(format.title[0])] ?? '';
  const more = values.slice(names.length);
  const isLonger = more.length > Math.max(allowed, 0) || more.some((value) => value.trim());
  if (values.length < names.length || (!format.tail && isLonger)) {
    return { title, code: 'broken_row', details: { found: values.length, expected: names.length } };
  }
  const last = names.length - 1;
  const fields = values.map((value, at) => {
    const column = Math.min(at, last);
    return [names[column], value, header[column] || String(column + 1)];
  });
  return { title, fields, ...kindOf(fields, format) };
}

/** @returns {{kind?: string, code?: string}} what a row says it is */
function kindOf(fields, { kind, kinds, others, always, noteUrls = [] }) {
  if (always) return { kind: always };
  if (noteUrls.length && fields.some(([path, value]) => path === 'url' && noteUrls.includes(value))) {
    return { kind: 'note' };
  }
  const says = Object.keys(kinds).length ? fields.find(([path]) => path === kind)?.[1].trim().toLowerCase() : '';
  if (!says) return {};
  return Object.hasOwn(kinds, says)
    ? { kind: kinds[says] }
    : { code: Object.hasOwn(others, says) ? others[says] : 'type_other' };
}

/**
 * KeePass quotes every field, so where its first line is bare a spreadsheet has written it anew, and not undone the
 * rest.
 */
async function withoutBackslashes(text) {
  if (!/^\s*"/.test(text) && text.includes('\\')) throw new CryptoError('keepass_csv');
  return tableOf(text.replace(/\\(["\\])/g, (_, sign) => (sign === '"' ? '""' : sign)), headOf);
}

/** No first line: what tells a Keeper file is an address in the fifth column of a row, and none before it in any. */
async function rowsOfKeeper(text, isDamaged) {
  const rows = await bareRowsOf(text, ',');
  const whole = rows.filter(({ isBroken, values }) => !isBroken && values.length >= KEEPER_COLUMNS.length - 1);
  const isKeeper = whole.length * 2 > rows.length && whole.some(({ values }) => ADDRESS.test(values[4]))
    && whole.every(({ values }) => !values.slice(0, 4).some((value) => ADDRESS.test(value)))
    && !whole.every(({ values }) => /^(login|note)$/.test(values[2])); // Bitwarden’s without its first line
  if (!isKeeper) throw new CryptoError(isDamaged ? 'wrong_encoding' : 'unknown_format');
  return {
    format: KEEPER,
    rows: rows.map(({ row, isDoubtful, ...each }) => ({ row, isDoubtful, ...keeperRow(each) })),
  };
}

function keeperRow({ values, isBroken }) {
  if (isBroken) return { code: 'broken_quotes' };
  const [few, many] = [KEEPER_COLUMNS.length - 1, KEEPER_COLUMNS.length];
  if (values.length < few) {
    return { title: values[1] ?? '', code: 'broken_row', details: { found: values.length, expected: many } };
  }
  const fields = KEEPER_COLUMNS.map((name, at) => [name, values[at] ?? '', name]);
  return { title: values[1], fields: [...fields, ...pairs(values.slice(many))] };
}

const pairs = (values) => values.flatMap((value, at) => (at % 2 ? [] : [[`field.${at}`, values[at + 1] ?? '', value]]));

/**
 * @param {Field[]} fields @param {Format} format @param {string|undefined} kind @param {string} untitled
 * @returns {{item: Item, extra: string[]}|null} extra: names of what went behind the notes; null: there is nothing in
 *   it
 */
function itemOf(fields, format, kind, untitled) {
  const { labels, used, further, created, updated, ...item } = placed(fields, format);
  const stays = kind === 'note' ? OF_LOGINS.filter((place) => item[place]) : [];
  const behind = stays.map((place) => [labels[place], item[place]]);
  for (const place of stays) item[place] = '';
  behind.push(...further.map((address) => [labels.url, address]));
  for (const field of fields) if (!used.has(field) && isKept(field, format)) behind.push([field[2], field[1]]);
  if (!behind.length && !Object.values(item).some(Boolean)) return null;
  const notes = [item.notes, behind.map(([label, value]) => `${label}: ${value}`).join('\n')]
    .filter(Boolean)
    .join('\n\n');
  const host = item.url.match(/^\w[\w+.-]*:\/\/(?:[^/?#]*@)?([^/:?#]+)/)?.[1] ?? item.url;
  return {
    item: {
      .../** @type {Item} */ (item),
      id: randomId(),
      kind: kind ?? (OF_LOGINS.some((place) => item[place]) ? 'login' : 'note'),
      title: [item.title, host, item.username].find((text) => text.trim()) ?? untitled,
      notes,
      created_at: timeOf(created),
      updated_at: timeOf(updated),
    },
    extra: behind.map(([label]) => label),
  };
}

/**
 * What of the fields stands in which place, under which name; of several addresses the first, and the further ones.
 * @param {Field[]} fields @param {Format} format
 * @returns {Record<string, any> & {labels: Record<string, string>, used: Set<Field>, further: string[]}}
 */
function placed(fields, format) {
  const found = { labels: {}, used: new Set(), further: [] };
  for (const place of PLACES) {
    const [field] = candidates(fields, format[place]).filter(([, value]) => value);
    if (field) found.used.add(field);
    [, found[place], found.labels[place]] = field ?? ['', '', ''];
  }
  const addresses = candidates(fields, format.url);
  for (const field of addresses) found.used.add(field);
  [found.url = '', ...found.further] = new Set(addresses.flatMap(([, value]) => addressesIn(value, format)));
  return found;
}

/** In the order in which a place names them; where it is a pattern, in that of the file. */
const candidates = (fields, names) => (Array.isArray(names)
  ? names.flatMap((name) => fields.filter(([path]) => path === name))
  : fields.filter(([path]) => names.test(path)));

/** A list in JSON, or several with commas or line ends between; one with a comma in it stays one. */
function addressesIn(value, { noUrls = [], noteUrls = [] }) {
  if (noUrls.includes(value) || noteUrls.includes(value)) return [];
  if (/^\[.*\]$/s.test(value)) {
    try {
      return JSON.parse(value).map((each) => String(each?.url ?? each)).filter(Boolean);
    } catch {
      return [value];
    }
  }
  return ADDRESS.test(value) ? apart(value) : [value].filter(Boolean);
}

/**
 * Each begins behind a comma or a line end. By hand: a pattern with white space on both sides takes hours over a long
 * run of it.
 */
function apart(value) {
  const found = [];
  for (const piece of value.split(/(?<=[,\r\n])/)) {
    if (!found.length || ADDRESS.test(piece.trimStart())) found.push(piece.trimStart());
    else found[found.length - 1] += piece;
  }
  return found.map((each, at) => (at === found.length - 1 ? each : each.trimEnd().replace(/,$/, '').trimEnd()));
}

/** @param {Field} field @param {Format} format */
function isKept([path, value], { unused, flags, empty = [], kind, kinds = {} }) {
  const general = path.replace(/\.\d+/g, '.*');
  const isUnused = unused.some((name) => (name.endsWith('.') ? path.startsWith(name) : name === general));
  const isKind = path === kind && Object.keys(kinds).length > 0;
  return (
    value && !isUnused && !isKind && !empty.includes(value) && !(flags.includes(path) && /^(false|no|0)$/i.test(value))
  );
}

/** Whether the program wrote signs as entities: then none of them stands bare in the whole file. */
function isEscaped(rows) {
  const values = rows.flatMap(({ fields = [] }) => fields.map(([, value]) => value));
  return values.some((value) => value.search(ENTITY) >= 0) && !values.some((value) => BARE.test(value));
}

const unescaped = (value) => value.replace(ENTITY, (_, name) => ENTITIES[name]);

/** ISO, or seconds or milliseconds since 1970; what is neither is now. */
function timeOf(text) {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  const date = new Date(Number.isNaN(number) ? text : number < 1e11 ? number * 1000 : number);
  const found = Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/\.\d+Z$/, 'Z');
  return time(found) ? found : now();
}
