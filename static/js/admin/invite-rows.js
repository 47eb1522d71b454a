/** A file of people to invite, read in this page; and the file of links that comes of it. */
import { CryptoError } from '../crypto/errors.js';
import { textOf } from '../crypto/text-files.js';
import { tableOf } from '../page/tables.js';

/**
 * What spreadsheets and directories (Entra, Google, JumpCloud, Okta, Active Directory) call their columns, without
 * spaces and signs.
 */
const COLUMNS = {
  email: [
    'email', 'emailaddress', 'mail', 'mailaddress', 'workemail', 'primaryemail', 'emailadresse', 'mailadresse',
    'adresseemail', 'adressemail', 'courriel', 'correo', 'correoelectronico', 'direcciondecorreo', 'indirizzoemail',
    'emailadres', 'enderecodeemail', 'epost', 'epostadress', 'adresemail', 'email1', 'email1value',
  ],
  // where there is no other, and addresses are in it
  perhaps: [
    'address', 'adresse', 'userprincipalname', 'benutzerprinzipalname', 'upn', 'login', 'username', 'benutzername',
  ],
  name: [
    'name', 'fullname', 'displayname', 'vollstandigername', 'anzeigename', 'nomcomplet', 'nombrecompleto',
    'nomecompleto', 'volledigenaam', 'nom', 'nombre', 'nome', 'naam', 'namn', 'navn',
  ],
  first: ['firstname', 'givenname', 'forename', 'vorname', 'prenom', 'voornaam', 'fornamn', 'fornavn', 'imie'],
  last: [
    'lastname', 'surname', 'familyname', 'sn', 'nachname', 'familienname', 'nomdefamille', 'apellido', 'apellidos',
    'cognome', 'achternaam', 'sobrenome', 'efternamn', 'efternavn', 'nazwisko',
  ],
  role: ['role', 'rolle', 'rol', 'ruolo'],
};
const ROLES = {
  member: [
    'member', 'members', 'user', 'mitglied', 'benutzer', 'membre', 'utilisateur', 'miembro', 'usuario', 'membro',
    'utente', 'lid', 'gebruiker',
  ],
  admin: [
    'admin', 'admins', 'administrator', 'administratorin', 'administrateur', 'administrador', 'amministratore',
    'beheerder', 'itadmin',
  ],
  owner: [
    'owner', 'owners', 'inhaber', 'inhaberin', 'eigentumer', 'eigentumerin', 'besitzer', 'proprietaire', 'propietario',
    'proprietario', 'eigenaar',
  ],
};
// A pattern that ends in what may be missing begins at the start of a run only: else a long run costs its length,
// squared.
const ADDRESS = /(?<![^\s@<>"(),;:])[^\s@<>"(),;:]+@[^\s@<>"(),;:]+/g;

/**
 * @param {Uint8Array} file
 * @param {number} most people that one file may name
 * @returns {Promise<{isAssumed: boolean, people: {row: number, email: string, name: string, role: string, code: string,
 *   details?: object}[]}>} isAssumed: the encoding is; people: the rows as a spreadsheet numbers them, without empty
 *   ones; code: why it can’t be invited, or ''. Throws `wrong_encoding`, `not_text`, `empty_file`, `no_email_column`,
 *   `too_many_rows`
 */
export async function readInvites(file, most) {
  if (file[0] === 0x50 && file[1] === 0x4b) throw new CryptoError('not_text'); // a spreadsheet as it is: an archive
  const { text, isAssumed, isDamaged } = textOf(file);
  if (!text.trim()) throw new CryptoError('empty_file');
  const table = await tableOf(text, placesIn);
  if (!table) throw new CryptoError(isDamaged ? 'wrong_encoding' : 'no_email_column');
  const { known: places, rows: [, ...rows] } = table;
  if (!rows.length) throw new CryptoError('empty_file');
  const isFound =
    places.email.length || rows.some(({ values }) => places.perhaps.some((at) => values[at]?.match(ADDRESS)));
  if (!isFound) throw new CryptoError('no_email_column');
  const people = rows.map((row) => personIn(row, places, isDamaged));
  if (people.length > most) {
    throw Object.assign(new CryptoError('too_many_rows'), { details: { most: most.toLocaleString() } });
  }
  nameDuplicates(people);
  return { isAssumed, people };
}

/** @param {{name: string, email: string, role: string, link?: string, why: string}[]} people @returns {string} CSV */
export function linksFile(people) {
  const lines = people.map(({ name, email, role, link = '', why }) =>
    [name, email, role, link, why].map(cell).join(','),
  );
  return ['name,email,role,link,problem', ...lines, ''].join('\r\n');
}

/**
 * Quoted; what a spreadsheet would take for a formula is marked as text, also behind a `;`, where many begin a new
 * cell.
 */
const cell = (text) => `"${text.replace(/(^|;)(?=[\s"]*[=+\-@＝＋－＠])/g, "$1'").replaceAll('"', '""')}"`;

/** @returns {object|null} by place, which columns it can stand in, and their `width`; null: no column of addresses */
function placesIn(header) {
  const names = header.map((name) => plain(name.replace(/\[[^[\]]*\]|\([^()]*\)/g, '')));
  const places = Object.fromEntries(Object.entries(COLUMNS).map(([place, called]) => [
    place, called.flatMap((name) => names.flatMap((each, at) => (each === name ? [at] : []))),
  ]));
  return places.email.length || places.perhaps.length ? { width: names.length, ...places } : null;
}

/** In lower case, without accents, spaces and signs. */
const plain = (text) => text.normalize('NFD').toLowerCase().replace(/ß/g, 'ss').replace(/[^a-z0-9]/g, '');

function personIn({ row, values, isBroken }, places, isDamaged) {
  const text = (place) => places[place].map((at) => tidy(values[at] ?? '')).find(Boolean) ?? '';
  const given = [...places.email, ...places.perhaps].map((at) => values[at] ?? '');
  const written = given.find((value) => value.match(ADDRESS)) ?? given.find((value) => value.trim()) ?? '';
  const { addresses, shown } = addressesIn(written);
  const role = text('role');
  const person = {
    row,
    email: addresses[0] ?? tidy(written),
    name: nameOf(text) || shown,
    role: roleOf(role) ?? role,
    code: '',
  };
  if (isBroken || values.slice(places.width).some((value) => value.trim())) return { ...person, code: 'broken_row' };
  if (addresses.length > 1) return { ...person, code: 'several_addresses' };
  if (isDamaged && `${person.email}${person.name}`.includes('\ufffd')) return { ...person, code: 'broken_letters' };
  if (roleOf(role) === undefined) return { ...person, code: 'unknown_role', details: { role } };
  return person;
}

/**
 * `Pier, Ada <ada@…>`, `mailto:ada@…`, `<ada@…>`, `"Ada Pier" ada@…`: the address, and the name that it is shown with.
 */
function addressesIn(written) {
  const found = written.replace(/mailto:/gi, '').replace(/\?[^>\s]*/g, '');
  const addresses = [...new Set((found.match(ADDRESS) ?? []).map(canonical))];
  const shown = tidy(found.replace(ADDRESS, ' ').replace(/[<>()"]/g, ' ')).replace(
    /^[,;.\s]+|(?<![,;.\s])[,;.\s]+$/g,
    '',
  );
  const [last, first, ...more] = shown.split(/ ?, ?/);
  return { addresses, shown: first && !more.length ? `${first} ${last}` : shown };
}

/** One spelling of an address, composed or not, capitals or not. The server has the last word on what is one. */
const canonical = (address) => address.normalize('NFC').toLowerCase().replace(/(?<![.,;])[.,;]+$/, '');

/**
 * One name of one, two or three columns: beside a first name alone, “name” is the last one, and the other way round.
 */
function nameOf(text) {
  const [name, first, last] = [text('name'), text('first'), text('last')];
  if (first && last) return name && name !== first && name !== last ? name : `${first} ${last}`;
  const other = first || last;
  if (!name || !other || name.toLowerCase().includes(other.toLowerCase())) return name || other;
  return first ? `${first} ${name}` : `${name} ${last}`;
}

/** @returns {string|undefined} undefined: no role that there is */
function roleOf(written) {
  if (!written) return 'member';
  return Object.keys(ROLES).find((role) => ROLES[role].includes(plain(written)));
}

function nameDuplicates(people) {
  const first = new Map();
  for (const person of people.filter(({ code }) => !code)) {
    const key = comparable(person.email);
    const earlier = first.get(key);
    if (earlier) Object.assign(person, { code: 'duplicate', details: { first: earlier } });
    else first.set(key, person.row);
  }
}

/** A domain has one form on the wire, however it is written. */
function comparable(email) {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return URL.canParse(`http://${domain}`)
    ? email.slice(0, -domain.length) + new URL(`http://${domain}`).hostname
    : email;
}

const tidy = (text) => text.normalize('NFC').trim().replace(/\s+/g, ' ');
