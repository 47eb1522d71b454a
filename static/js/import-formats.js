/**
 * The one table of what other programs write. A CSV format is known by its header: the first whose `columns` are all in it,
 * capitals or not. Title, username, password, url and notes stand in the columns of these names unless an entry says
 * otherwise. What an item has no field for goes behind its notes under the name of its column; `unused` is left out.
 */
const USUAL = { title: 'title', username: 'username', password: 'password', url: 'url', notes: 'notes', unused: [] };

export const CSV_FORMATS = [
  // keepassxreboot/keepassxc, src/format/CsvExporter.cpp, exportHeader(); newer ones add TOTP, Icon, Last Modified, Created,
  // as keepassium/KeePassium, DatabaseCSVExporter.swift, writes them, too
  { name: 'keepassxc', columns: ['group', 'title', 'username', 'password', 'url', 'notes'], created: 'created', updated: 'last modified', unused: ['icon'] },
  // support.1password.com/export: the CSV of 1Password 8
  { name: '1password', columns: ['title', 'url', 'username', 'password', 'otpauth', 'favorite', 'archived', 'tags', 'notes'], unused: ['favorite'] },
  // developer.apple.com/documentation/safariservices/importing-data-exported-from-safari, “Import Safari passwords”
  { name: 'safari', columns: ['title', 'url', 'username', 'password', 'notes', 'otpauth'] },
  // mozilla-central, toolkit/components/passwordmgr/LoginExport.sys.mjs, exportAsCSV(): neither titles nor notes
  {
    name: 'firefox', columns: ['url', 'username', 'password', 'httprealm', 'formactionorigin', 'guid', 'timecreated', 'timepasswordchanged'],
    created: 'timecreated', updated: 'timepasswordchanged', unused: ['formactionorigin', 'guid', 'timelastused'],
  },
  // JumpCloud Password Manager grew out of MYKI and publishes no columns of its own. Theirs: bitwarden.com/help/
  // import-from-myki, UserAccount.csv, as the app writes it, …
  {
    name: 'jumpcloud', columns: ['nickname', 'url', 'username', 'password', 'additional info', 'two factor secret'],
    title: 'nickname', notes: 'additional info', unused: ['status'],
  },
  // … and there, and in bitwarden/clients, libs/importer/src/importers/myki-csv-importer.ts, from the browser
  {
    name: 'jumpcloud', columns: ['nickname', 'url', 'username', 'password', 'additionalinfo', 'twofasecret'],
    title: 'nickname', notes: 'additionalinfo', unused: ['status'],
  },
  // chromium, components/password_manager/core/browser/export/password_csv_writer.cc; older ones have no column `note`
  { name: 'chrome', columns: ['name', 'url', 'username', 'password'], title: 'name', notes: 'note' },
].map((format) => ({ ...USUAL, ...format }));

/**
 * bitwarden.com/help/condition-bitwarden-import; bitwarden/clients, libs/common/src/models/export. Places are paths inside an
 * item, kinds and types its number for what it is; types are not understood.
 */
export const BITWARDEN = {
  name: 'bitwarden', kinds: { 1: 'login', 2: 'note' }, types: { 3: 'card', 4: 'identity', 5: 'ssh_key' },
  title: 'name', username: 'login.username', password: 'login.password', url: 'login.uris.0.uri', notes: 'notes',
  created: 'creationDate', updated: 'revisionDate',
  unused: [
    'id', 'object', 'organizationId', 'folderId', 'collectionIds.*', 'type', 'favorite', 'reprompt', 'key', 'login.uris.*.match',
    'login.uris.*.uriChecksum', 'login.passwordRevisionDate', 'login.autofillOnPageLoad', 'secureNote.type', 'passwordHistory.*.lastUsedDate',
  ],
};
