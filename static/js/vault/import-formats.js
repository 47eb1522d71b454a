/**
 * The one table of what other programs write as CSV. A format is known by its first line: the first entry whose
 * `columns` are all in it, in whatever order, capitals or not, is meant; with `only`, no others may be in it. A place
 * of an item (title, username, …) names the columns it can stand in: the first that isn’t empty. What an item has no
 * field for goes behind its notes under the name of its column; `unused` is left out, and `flags` that say no. `kinds`
 * and `others` tell by the column `kind` what a row is: an item of this kind, or something the vault doesn’t know.
 */

/**
 * @typedef {object} Format - its name, and the columns that each place of an item can stand in
 * @property {string} name
 * @property {string[]} title @property {string[]} username @property {string[]} password @property {string[]} notes
 * @property {string[]|RegExp} url @property {string[]} created @property {string[]} updated
 * @property {string[]} unused @property {string[]} flags
 * @property {string[]} [columns] @property {string[]} [extra] @property {boolean} [only]
 * @property {string} [kind] @property {Record<string, string>} [kinds] @property {Record<string, string>} [others]
 * @property {string} [always] @property {string} [refused] @property {boolean} [tail]
 * @property {boolean} [backslashes] @property {boolean} [entities]
 * @property {string[]} [noteUrls] @property {string[]} [noUrls] @property {string[]} [empty]
 */

const USUAL = {
  title: ['title'],
  username: ['username'],
  password: ['password'],
  url: ['url'],
  notes: ['notes'],
  created: [],
  updated: [],
  unused: [],
  flags: [],
  kind: 'type',
  kinds: {},
  others: {},
};
const CARD = 'type_card';
const IDENTITY = 'type_identity';

/**
 * What people and spreadsheets call the columns of a list that no program wrote: in English and some other languages.
 */
const CALLED = {
  title: [
    'title', 'name', 'titel', 'bezeichnung', 'titre', 'nom', 'título', 'titulo', 'nombre', 'titolo', 'nome', 'naam',
    'account', 'site', 'website name',
  ],
  username: [
    'username', 'user name', 'user', 'login', 'login name', 'loginname', 'benutzername', 'benutzer', 'anmeldename',
    "nom d'utilisateur", 'nom d’utilisateur', 'identifiant', 'usuario', 'nombre de usuario', 'nome utente', 'utente',
    'gebruikersnaam', 'usuário', 'email', 'e-mail', 'email address',
  ],
  password: [
    'password', 'pass', 'pwd', 'passwort', 'kennwort', 'mot de passe', 'contraseña', 'clave', 'wachtwoord', 'senha',
    'parola',
  ],
  url: [
    'url', 'website', 'web site', 'address', 'uri', 'login_uri', 'webseite', 'internetadresse', 'adresse', 'site web',
    'sitio web', 'dirección', 'sito web', 'indirizzo',
  ],
  notes: [
    'notes', 'note', 'comments', 'comment', 'notiz', 'notizen', 'kommentar', 'remarques', 'notas', 'nota', 'commenti',
    'opmerkingen', 'extra',
  ],
};

/** @type {Format[]} */
const CSV_FORMATS = [
  // keepassxreboot/keepassxc, src/format/CsvExporter.cpp, exportHeader(); newer ones add TOTP, Icon, Last Modified,
  // Created, as keepassium/KeePassium, DatabaseCSVExporter.swift, writes them, too
  {
    name: 'keepassxc',
    columns: ['group', 'title', 'username', 'password', 'url', 'notes'],
    created: ['created'],
    updated: ['last modified'],
    unused: ['icon'],
  },
  // KeePass 2, DataExchange/Formats/KeePassCsv1x.cs: a backslash stands in front of quotation marks and backslashes
  {
    name: 'keepass',
    columns: ['account', 'login name', 'password', 'web site', 'comments'],
    backslashes: true,
    title: ['account'],
    username: ['login name'],
    url: ['web site'],
    notes: ['comments'],
  },
  // bitwarden/clients, libs/tools/export, buildCommonCipher(): of an organisation, `collections` in place of `folder`
  {
    name: 'bitwarden',
    columns: ['type', 'name', 'notes', 'fields', 'login_uri', 'login_username', 'login_password', 'login_totp'],
    title: ['name'],
    username: ['login_username'],
    password: ['login_password'],
    url: ['login_uri'],
    unused: ['favorite', 'reprompt'],
    kinds: { login: 'login', note: 'note' },
    others: { card: CARD, identity: IDENTITY },
  },
  // support.lastpass.com, “Export your passwords and secure notes into a CSV file”; the page in the browser writes
  // entities
  {
    name: 'lastpass',
    columns: ['url', 'username', 'password', 'extra', 'name', 'grouping', 'fav'],
    title: ['name'],
    notes: ['extra'],
    unused: ['fav'],
    entities: true,
    noteUrls: ['http://sn', 'https://sn'],
    noUrls: ['http://', 'https://'],
  },
  // ProtonMail/WebClients, packages/pass/lib/export/csv.ts: addresses joined by “, ”, newer ones as JSON, too; times in
  // seconds; older ones have neither vaults nor addresses of mail
  {
    name: 'proton',
    columns: ['type', 'name', 'url', 'username', 'password', 'note', 'totp', 'createtime'],
    title: ['name'],
    username: ['username', 'email'],
    notes: ['note'],
    url: ['url', 'autofillurls'],
    created: ['createtime'],
    updated: ['modifytime'],
    kinds: { login: 'login', note: 'note' },
    others: { creditcard: CARD, identity: IDENTITY, sshkey: 'type_ssh_key', alias: 'type_alias' },
  },
  // bitwarden/clients, libs/importer/src/importers/dashlane/types/dashlane-csv-types.ts: credentials.csv, …
  {
    name: 'dashlane',
    columns: ['username', 'username2', 'username3', 'title', 'password', 'note', 'url', 'category'],
    username: ['username', 'username2', 'username3'],
    notes: ['note'],
  },
  // … securenotes.csv, …
  { name: 'dashlane', columns: ['title', 'note'], only: true, notes: ['note'], always: 'note' },
  // … and what is neither: payments.csv, ids.csv, personalInfo.csv
  { name: 'dashlane', columns: ['account_holder', 'cc_number', 'expiration_month'], refused: 'dashlane_other' },
  { name: 'dashlane', columns: ['type', 'number', 'name', 'issue_date', 'expiration_date'], refused: 'dashlane_other' },
  { name: 'dashlane', columns: ['first_name', 'last_name', 'date_of_birth', 'email_type'], refused: 'dashlane_other' },
  // bitwarden/clients, libs/importer/src/importers/nordpass-csv-importer.ts
  {
    name: 'nordpass',
    columns: ['name', 'url', 'username', 'password', 'note', 'cardholdername', 'cardnumber', 'folder', 'type'],
    title: ['name'],
    notes: ['note'],
    url: ['url', 'additional_urls'],
    empty: ['[]'],
    kinds: { password: 'login', note: 'note' },
    others: { credit_card: CARD, identity: IDENTITY, folder: 'type_folder', document: 'type_document' },
  },
  // bitwarden/clients, libs/importer/src/importers/roboform-csv-importer.ts: as many fields behind the last column as
  // there are
  {
    name: 'roboform',
    columns: ['name', 'url', 'login', 'pwd', 'note', 'folder'],
    tail: true,
    title: ['name'],
    username: ['login'],
    password: ['pwd'],
    notes: ['note'],
    unused: ['matchurl'],
  },
  // support.1password.com/export: the CSV of 1Password 8
  {
    name: '1password',
    columns: ['title', 'url', 'username', 'password', 'otpauth', 'favorite', 'archived', 'tags', 'notes'],
    unused: ['favorite'],
    flags: ['archived'],
  },
  // developer.apple.com/documentation/safariservices/importing-data-exported-from-safari, “Import Safari passwords”;
  // older ones have no notes
  { name: 'safari', columns: ['title', 'url', 'username', 'password', 'otpauth'] },
  // mozilla-central, toolkit/components/passwordmgr/LoginExport.sys.mjs, exportAsCSV(): neither titles nor notes
  {
    name: 'firefox',
    columns: [
      'url', 'username', 'password', 'httprealm', 'formactionorigin', 'guid', 'timecreated', 'timepasswordchanged',
    ],
    created: ['timecreated'],
    updated: ['timepasswordchanged'],
    unused: ['formactionorigin', 'guid', 'timelastused'],
  },
  // JumpCloud Password Manager grew out of MYKI and publishes no columns of its own. Theirs: bitwarden.com/help/
  // import-from-myki, UserAccount.csv, as the app writes it, …
  {
    name: 'jumpcloud',
    columns: ['nickname', 'url', 'username', 'password', 'additional info', 'two factor secret'],
    title: ['nickname'],
    notes: ['additional info'],
    unused: ['status'],
  },
  // … and there, and in bitwarden/clients, libs/importer/src/importers/myki-csv-importer.ts, from the browser
  {
    name: 'jumpcloud',
    columns: ['nickname', 'url', 'username', 'password', 'additionalinfo', 'twofasecret'],
    title: ['nickname'],
    notes: ['additionalinfo'],
    unused: ['status'],
  },
  // Enpass writes the names of fields between their values, so which is which stands in every row: its JSON says it
  // plainly
  { name: 'enpass', columns: ['title', 'field', 'value'], refused: 'enpass_csv' },
  { name: 'enpass', columns: ['title', 'field', '*'], refused: 'enpass_csv' },
  // chromium, components/password_manager/core/browser/export/password_csv_writer.cc; older ones have no column `note`.
  // Edge, Brave, Opera and Vivaldi write the same
  {
    name: 'chrome',
    columns: ['name', 'url', 'username', 'password'],
    only: true,
    extra: ['note'],
    title: ['name'],
    notes: ['note'],
  },
].map((format) => ({ ...USUAL, ...format }));

/**
 * keeper, bitwarden/clients, libs/importer/src/importers/keeper/keeper-csv-importer.ts: no first line; folder, title,
 * login, password, address, notes, shared folder, then a name and a value for each further field.
 */
/** @type {Format} */
export const KEEPER = { ...USUAL, name: 'keeper', username: ['login'] };
export const KEEPER_COLUMNS = ['folder', 'title', 'login', 'password', 'url', 'notes', 'shared folder'];

/** All names of columns for passwords: a row with one of them in it may be the first line of a second file. */
export const PASSWORD_COLUMNS = new Set(CSV_FORMATS.flatMap(({ password }) => password));

/**
 * @param {string[]} names - of a first line, in lower case
 * @returns {Format|null} the entry of the table; a list that no program of it wrote, by the names people give to
 *   columns; null: that is no first line, or none that says which column the passwords are in
 */
export function formatOf(names) {
  const has = (column) => names.includes(column);
  /** @param {Format} format */
  const fits = ({ columns, only, extra = [] }) =>
    columns.every(has) && (!only || names.every((name) => !name || [...columns, ...extra].includes(name)));
  return CSV_FORMATS.find(fits) ?? listOf(names.filter(Boolean));
}

function listOf(names) {
  const places = Object.fromEntries(
    Object.entries(CALLED).map(([place, called]) => [place, called.filter((name) => names.includes(name))]),
  );
  const isList = places.password.length && (places.username.length || places.url.length || places.title.length);
  return isList ? { ...USUAL, ...places, name: 'list' } : null;
}
