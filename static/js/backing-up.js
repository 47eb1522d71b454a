/** Cloud backups of the vault as it was last read or saved here, to the organisation key that the vault itself pins. */
import { makeBackup } from './crypto/cloud-backups.js';
import { CryptoError } from './crypto/errors.js';
import { deviceBy, keysOf } from './keystore.js';
import { getJson, signedFetch } from './server.js';

/** @returns {Promise<object|null>} the key as the server names it, with `organisation` (id); null: none is active */
export async function servedKey() {
  const { organisation, key } = await getJson('/organisation/key');
  return key ? { ...key, organisation } : null;
}

/**
 * @param {{device: string}} session - of vault-session.js
 * @param {import('./crypto/documents.js').Document} document
 * @param {object} [key] - from `servedKey`
 * @returns {Promise<string>} id of the backup; throws `key_mismatch` where the vault pins another key, or none
 */
export async function backUp({ device: id }, document, key) {
  const served = key ?? (await servedKey());
  const pinned = document.manifest.organisation_key?.fingerprint;
  if (!served || !pinned) throw new CryptoError('key_mismatch');
  const { signingKey } = await keysOf(await deviceBy(id));
  const { backup, meta, metaSignature, shareA, shareS, file } = await makeBackup({
    document, kitRecipient: document.body.keyring.kit.recipient, key: served, pinned, device: id, signingKey,
  });
  const header = { meta, meta_signature: metaSignature, share_a: shareA, share_s: shareS };
  await signedFetch('/backups', { device: { id, signingKey }, header, file });
  return backup;
}
