/**
 * A table as programs and spreadsheets write it (CSV), read so that one odd row costs no other: line ends may be mixed,
 * and a quotation mark that is never closed takes no row below with it.
 */
import { CryptoError } from '../crypto/errors.js';

const DELIMITERS = [',', ';', '\t', '|']; // programs write the first; spreadsheets may save the others
const SEPARATOR = /^"?sep=(.)"?[ \t]*(?:\r\n?|\n|$)/i; // what Excel writes and takes as a first line
const BLANK = /^(?:[ \t,;|"]*(?:\r\n?|\n))+/;
// The parser lets white space stand between a quotation mark and the line end, so what kind of line end it was can
// stand there.
const SPACES = [
  ...'\u2028\u2029\u200a\u2009\u2008\u2007\u2006\u2005\u2004\u2003\u2002\u2001\u2000\u1680\u205f\u202f\u3000\v\f',
];
const READ_TWICE = 4; // times its length: so much of a text is read again behind broken rows, then they are only named

/**
 * @typedef {{row: number, values: string[], isBroken: boolean, isDoubtful: boolean}} Row - row: as a spreadsheet
 *   numbers it; isBroken: a quotation mark is closed too early or never, so the values are not to be used;
 *   isDoubtful: it stands where a broken row above may go on
 */

/**
 * @param {string} text
 * @param {(values: string[]) => {width?: number}|null} recognise - something, where this is a first line that the
 *   caller knows; width: how many columns every row has
 * @returns {Promise<{known: any, delimiter: string, rows: Row[]}|null>} rows: from the first line on, without empty
 *   ones; known: what `recognise` gave for it. null: no first line that is known
 */
export async function tableOf(text, recognise) {
  const { parse } = await import('../../vendor/csv.js');
  const { rest, above, separator } = start(text);
  const lines = oneLineEnd(rest);
  for (const delimiter of separator ? [separator] : DELIMITERS) {
    const { data } = parse(lines.text, { delimiter, newline: '\n', preview: 1 });
    const known = recognise((data[0] ?? []).map((value) => value.trim()));
    if (known) return { known, delimiter, rows: rowsOf(parse, lines, delimiter, above, known.width) };
  }
  return null;
}

/** @param {string} text @param {string} delimiter @returns {Promise<Row[]>} of a table without a first line */
export async function bareRowsOf(text, delimiter) {
  const { parse } = await import('../../vendor/csv.js');
  const { rest, above } = start(text);
  return rowsOf(parse, oneLineEnd(rest), delimiter, above);
}

/**
 * What stands above the table: empty lines, which count as rows, and the line that names the delimiter, which does not.
 */
function start(marked) {
  const text = marked.replace(/^\ufeff+/, '');
  const blank = (from) => from.match(BLANK)?.[0] ?? '';
  const count = (part) => part.split(/\r\n?|\n/).length - 1;
  const first = blank(text);
  const named = text.slice(first.length).match(SEPARATOR);
  const second = named ? blank(text.slice(first.length + named[0].length)) : '';
  const rest = text.slice(first.length + (named?.[0].length ?? 0) + second.length);
  return { rest, above: count(first) + count(second), separator: named?.[1] };
}

function rowsOf(parse, { text: whole, restored }, delimiter, above, width) {
  const rows = [];
  let left = READ_TWICE * whole.length;
  let [from, doubtful] = [0, 0];
  const add = (values, at, isBroken = false) =>
    rows.push({ row: above + rows.length + 1, values, isBroken, isDoubtful: at < doubtful });
  while (from < whole.length) {
    let at = from;
    let broken = 0; // where the row that broke ends, as the parser sees it
    parse(whole.slice(from), {
      delimiter, newline: '\n',
      step({ data, errors, meta }, parser) {
        const end = from + meta.cursor;
        if (errors.some(({ type }) => type === 'Quotes') || isTorn(data, width)) {
          broken = end;
          parser.abort();
        } else {
          if (at < whole.length) add(data.map(restored), at);
          at = end;
        }
      },
    });
    if (!broken) break;
    const next = whole.indexOf('\n', at) + 1;
    left -= broken - at;
    add(whole.slice(at, next - 1).split(delimiter), at, true);
    doubtful = Math.max(doubtful, broken);
    from = next;
    if (left < 0) {
      for (const line of whole.slice(from, doubtful).split('\n').slice(0, -1)) add([line], from, true);
      from = Math.max(from, doubtful);
    }
  }
  return rows.filter(({ values }) => values.join('').trim());
}

/** Several lines, and not as many columns as every row has: a quotation mark was closed by one of a row below. */
const isTorn = (values, width) => width !== undefined && values.some((value) => value.includes('\n'))
  && (values.length < width || values.slice(width).some((value) => value.trim()));

/**
 * Every line end a line feed, with a sign in front of it for what it was: outside of quotes that is taken away, inside
 * it becomes again what it was. The last line is ended, too. A byte order mark at the start of a line is no part of it.
 */
function oneLineEnd(text) {
  const [pair, single] = SPACES.filter((space) => !text.includes(space));
  if (!single) throw new CryptoError('wrong_encoding');
  const signs = { '\r\n': pair, '\r': single, '\n': '' };
  const ended = /[\r\n]$/.test(text) ? text : `${text}\n`;
  const inside = (value) => value.replaceAll(`${pair}\n`, '\r\n').replaceAll(`${single}\n`, '\r');
  return {
    text: ended.replace(/(\r\n|\r|\n)\ufeff?/g, (_, end) => `${signs[end]}\n`),
    restored: (value) => inside(value.endsWith(pair) || value.endsWith(single) ? value.slice(0, -1) : value),
  };
}
