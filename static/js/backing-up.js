/** Cloud backups of the vault as it was last read or saved here, to the organisation key that the vault itself pins. */
import { makeBackup } from './crypto/cloud-backups.js';
import { CryptoError } from './crypto/errors.js';
import { keysOf } from './keystore.js';
import { getJson, signedFetch } from './server.js';
import { accountOf } from './vault-versions.js';

const PAUSE = 60 * 60; // seconds

/** @returns {Promise<object|null>} the key as the server names it, with `organisation` and `enrolled`; null: none is active */
export async function servedKey() {
  const { organisation, key, enrolled } = await getJson('/organisation/key');
  return key && { ...key, organisation, enrolled };
}

/**
 * @param {import('./vault-store.js').VaultStore} store - what it has saved is backed up
 * @param {object} [served] - from `servedKey`
 * @returns {Promise<string>} id of the backup; throws `key_mismatch` where the vault pins another key, or none
 */
export async function backUp({ device, saved: document }, served) {
  const key = served ?? (await servedKey());
  const pinned = document.manifest.organisation_key?.fingerprint;
  if (!key || !pinned) throw new CryptoError('key_mismatch');
  const { signingKey } = await keysOf(device);
  const { backup, meta, metaSignature, shareA, shareS, file } = await makeBackup({
    document, account: accountOf(document.manifest), kitRecipient: document.body.keyring.kit.recipient, key, pinned,
    device: device.id, signingKey,
  });
  const header = { meta, meta_signature: metaSignature, share_a: shareA, share_s: shareS };
  await signedFetch('/backups', { device, header, file });
  return backup;
}

/**
 * What is done by itself: at most hourly within an epoch, and only where something was saved since.
 * @param {import('./vault-store.js').VaultStore} store
 * @returns {Promise<string|null>} null: none is due, or cloud backups are not on; throws as `backUp`
 */
export async function backUpIfDue(store) {
  const { organisation, key, newest } = await getJson('/organisation/key');
  const { epoch, counter, organisation_key: pin } = store.saved.manifest;
  const changed = !newest || newest.epoch !== epoch || newest.counter < counter;
  const soon = newest?.epoch === epoch && newest.age_seconds < PAUSE; // those of a former epoch can’t be restored from
  if (!key || !pin || !changed || soon) return null;
  return backUp(store, { ...key, organisation });
}
