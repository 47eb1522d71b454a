/**
 * What other programs write as JSON, one function a program: an item becomes fields [path, text, name for people], with
 * its kind, or the code of why the vault doesn’t know it. Places of an item and what is left out stand in the
 * tables: `*` is a number, and what ends in a dot is all below it.
 */
import { CryptoError, failing } from '../crypto/errors.js';

/** @import { Format } from './import-formats.js' */

const PLACES = {
  title: [],
  username: [],
  password: [],
  url: [],
  notes: [],
  created: [],
  updated: [],
  unused: [],
  flags: [],
};

/** bitwarden.com/help/condition-bitwarden-import; bitwarden/clients, libs/common/src/models/export. */
const BITWARDEN = {
  ...PLACES,
  name: 'bitwarden',
  title: ['name'],
  username: ['login.username'],
  password: ['login.password'],
  notes: ['notes'],
  url: /^login\.uris\.\d+\.uri$/,
  created: ['creationDate'],
  updated: ['revisionDate'],
  unused: [
    'id', 'object', 'organizationId', 'folderId', 'collectionIds.*', 'type', 'favorite', 'reprompt', 'key',
    'login.uris.*.match', 'login.uris.*.uriChecksum', 'login.passwordRevisionDate', 'login.autofillOnPageLoad',
    'secureNote.type', 'passwordHistory.*.lastUsedDate',
  ],
};
const BITWARDEN_KINDS = { 1: 'login', 2: 'note' };
const BITWARDEN_OTHERS = { 3: 'type_card', 4: 'type_identity', 5: 'type_ssh_key' };

/** ProtonMail/WebClients, packages/pass/lib/export/types.ts and packages/pass/types: data.json of its archive. */
const PROTON = {
  ...PLACES,
  name: 'proton',
  title: ['data.metadata.name'],
  password: ['data.content.password'],
  notes: ['data.metadata.note'],
  username: ['data.content.itemUsername', 'data.content.username', 'data.content.itemEmail'],
  url: /^data\.content\.(urls\.\d+|autofillUrls\.\d+\.url)$/,
  created: ['createTime'],
  updated: ['modifyTime'],
  unused: [
    'itemId', 'shareId', 'state', 'contentFormatVersion', 'pinned', 'aliasEmail', 'shareCount', 'folderId', 'data.type',
    'data.metadata.itemUuid', 'data.content.autofillUrls.*.mode', 'data.extraFields.*.type',
  ],
};
const PROTON_KINDS = { login: 'login', note: 'note' };
const PROTON_OTHERS = {
  creditCard: 'type_card',
  identity: 'type_identity',
  sshKey: 'type_ssh_key',
  alias: 'type_alias',
};

/** docs.keeper.io, “Import a .json file”: records. */
const KEEPER = {
  ...PLACES,
  name: 'keeper',
  title: ['title'],
  username: ['login'],
  password: ['password'],
  url: ['login_url'],
  notes: ['notes'],
  updated: ['last_modified'],
  unused: ['uid', '$type', 'schema.', 'folders.*.can_edit', 'folders.*.can_share'],
};
const KEEPER_ITEMS = ['login', 'encryptedNotes', 'general'];
const KEEPER_OTHERS = { bankCard: 'type_card', contact: 'type_identity', sshKeys: 'type_ssh_key' };

/** bitwarden/clients, libs/importer/src/importers/enpass/enpass-json-importer.ts and types/enpass-json-type.ts. */
const ENPASS = {
  ...PLACES,
  name: 'enpass',
  title: ['title'],
  username: ['username', 'email'],
  password: ['password'],
  notes: ['note'],
  url: /^url\.\d+$/,
  created: ['createdAt'],
  updated: ['updated_at'],
  unused: [
    'uuid', 'category', 'category_name', 'template_type', 'favorite', 'auto_submit', 'icon.', 'subtitle', 'folders.',
    'trashed', 'archived',
  ],
};
const ENPASS_OTHERS = { creditcard: 'type_card', identity: 'type_identity' };

/**
 * @param {string} text
 * @returns {Promise<{format: Format, rows: any[]}>} rows {row, title, fields, kind, code, details, left}: left are
 *   the codes of what of an item was left out. Throws `broken_json`, `encrypted_export`, `encrypted_proton`,
 *   `unknown_json`
 */
export async function rowsOfJson(text) {
  const content = await Promise.resolve().then(() => JSON.parse(text)).catch(failing('broken_json'));
  const isProton = isObject(content.vaults) && !Array.isArray(content.vaults);
  if (content.encrypted === true || content.passwordProtected === true) {
    throw new CryptoError(isProton ? 'encrypted_proton' : 'encrypted_export');
  }
  if (isProton) return numbered(PROTON, Object.values(content.vaults).flatMap(protonItems), proton);
  if (Array.isArray(content.records)) return numbered(KEEPER, content.records, keeper);
  if (!Array.isArray(content.items)) throw new CryptoError('unknown_json');
  if (content.items.some((item) => isObject(item) && 'template_type' in item)) {
    return numbered(ENPASS, content.items, enpassWith(content.folders));
  }
  return numbered(BITWARDEN, content.items, bitwardenWith([content.folders, content.collections].flat()));
}

function numbered(format, items, read) {
  return {
    format,
    rows: items.map((item, index) => ({ row: index + 1, ...(isObject(item) ? read(item) : { fields: [] }) })),
  };
}

function bitwardenWith(lists) {
  const places = new Map(lists.filter(isObject).map(({ id, name }) => [id, name]));
  return ({ fields, ...item }) => {
    const { login, type, name, folderId, collectionIds, deletedDate, attachments } = item;
    const passkeys = isObject(login) ? login.fido2Credentials : null;
    const { fido2Credentials: _, ...rest } = isObject(login) ? login : {};
    const folder = [folderId, collectionIds].flat().map((id) => places.get(id)).filter(Boolean).join(', ');
    const found = [
      ...leaves({ ...item, login: isObject(login) ? rest : login, attachments: null, folder }),
      ...namedFields(fields),
    ];
    const kind = at(BITWARDEN_KINDS, type);
    return {
      title: textOf(name),
      kind,
      fields: found.map(([path, text, label]) => [path, text, label.replace(/^login\./, '')]),
      code: deletedDate ? 'in_trash' : kind || !type ? undefined : (at(BITWARDEN_OTHERS, type) ?? 'type_other'),
      left: [hasAny(passkeys) && 'passkey', hasAny(attachments) && 'attachment'].filter(Boolean),
    };
  };
}

const protonItems = (vault) =>
  Array.isArray(vault?.items)
    ? vault.items.map((item) => (isObject(item) ? { ...item, vault: vault.name } : item))
    : [];

function proton({ files, ...item }) {
  const { type, metadata, content, extraFields } = isObject(item.data) ? item.data : {};
  const { passkeys, ...rest } = isObject(content) ? content : {};
  const kind = at(PROTON_KINDS, type);
  const further = listOf(extraFields).map(({ fieldName: name, data }) => ({
    name,
    value: data?.totpUri ?? data?.content ?? data,
  }));
  const found = [...leaves({ ...item, data: { type, metadata, content: rest } }), ...namedFields(further)];
  return {
    title: textOf(metadata?.name), kind,
    fields: found.map(([path, text, label]) => [path, text, label.replace(/^data\.(content\.|metadata\.)?/, '')]),
    code: item.state === 2 ? 'in_trash' : kind || !type ? undefined : at(PROTON_OTHERS, type) ?? 'type_other',
    left: [hasAny(passkeys) && 'passkey', hasAny(files) && 'attachment'].filter(Boolean),
  };
}

function keeper({ custom_fields: custom, references, ...item }) {
  const type = item.$type;
  const further = Object.entries(isObject(custom) ? custom : {}).map(([name, value]) => ({
    name: name.replace(/^\$/, ''),
    value,
  }));
  return {
    title: textOf(item.title), fields: [...leaves(item), ...namedFields(further)],
    code: !type || KEEPER_ITEMS.includes(type) ? undefined : at(KEEPER_OTHERS, type) ?? 'type_other',
    left: hasAny(references) ? ['attachment'] : [],
  };
}

function enpassWith(folders) {
  const places = new Map(listOf(folders).map(({ uuid, title }) => [uuid, title]));
  return ({ fields, attachments, ...item }) => {
    const [kind] = String(item.template_type).split('.');
    const folder = [item.folders].flat().map((id) => places.get(id)).filter(Boolean).join(', ');
    const usable = listOf(fields).filter(({ type, deleted }) => type !== 'section' && !deleted);
    return {
      title: textOf(item.title), kind: kind === 'note' ? 'note' : undefined,
      fields: [...leaves({ ...item, folder, archive: item.archived ? 'true' : '' }), ...usable.map(enpassField)],
      code: item.trashed ? 'in_trash' : at(ENPASS_OTHERS, kind), left: hasAny(attachments) ? ['attachment'] : [],
    };
  };
}

function enpassField({ type, label, value }, index) {
  const place = { username: type, email: type, password: type, url: `url.${index}` };
  return [at(place, type) ?? `fields.${index}`, textOf(value), label || textOf(type)];
}

/** Further fields have the names that a person gave them. */
function* namedFields(fields) {
  for (const [index, field] of (Array.isArray(fields) ? fields : []).entries()) {
    const name = isObject(field) && typeof field.name === 'string' && field.name;
    if (name) {
      yield [`fields.${index}`, isObject(field.value) ? JSON.stringify(field.value) : textOf(field.value), name];
    } else {
      yield* leaves(field, `fields.${index}`);
    }
  }
}

/** [path, text, name for people] of everything in it. */
function* leaves(value, path = '') {
  if (typeof value !== 'object') yield [path, textOf(value), path.replace(/\.\d+/g, '')];
  else for (const [key, each] of Object.entries(value ?? {})) yield* leaves(each, path ? `${path}.${key}` : key);
}

const textOf = (value) =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const isObject = (value) => value !== null && typeof value === 'object';

const listOf = (value) => (Array.isArray(value) ? value.filter(isObject) : []);

const hasAny = (value) => isObject(value) && Object.keys(value).length > 0;

/** What a table says, not what every object has. */
const at = (table, name) => (typeof name !== 'object' && Object.hasOwn(table, name) ? table[name] : undefined);
