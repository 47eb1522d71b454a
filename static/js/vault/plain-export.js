/** What leaves the vault as a file. */

/** @import { Body } from '../crypto/documents.js' */

/**
 * Readable by everybody and everything: Bitwarden’s unencrypted JSON, which other password managers and our own import
 * read (bitwarden.com/help/condition-bitwarden-import).
 * @param {Body} body @returns {string}
 */
export function plainExport({ items }) {
  const common = {
    organizationId: null,
    folderId: null,
    collectionIds: null,
    reprompt: 0,
    favorite: false,
    fields: [],
  };
  const written = items.map(
    ({ id, kind, title, username, password, url, notes, created_at: creationDate, updated_at: revisionDate }) => ({
      id,
      ...common,
      name: title,
      notes: notes || null,
      creationDate,
      revisionDate,
      ...(kind === 'note'
        ? { type: 2, secureNote: { type: 0 } }
        : { type: 1, login: { uris: url ? [{ match: null, uri: url }] : [], username, password, totp: null } }),
    }),
  );
  return `${JSON.stringify({ encrypted: false, folders: [], items: written }, null, 2)}\n`;
}
