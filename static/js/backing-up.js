/** Cloud backups of the vault as it was last read or saved here, to the organisation key that the vault itself pins. */
import { makeBackup } from './crypto/cloud-backups.js';
import { CryptoError } from './crypto/errors.js';
import { leadsTo } from './crypto/key-successions.js';
import { demandPinned } from './crypto/organisation-keys.js';
import { keysOf, setPin } from './keystore.js';
import { getJson, signedFetch } from './server.js';
import { accountOf } from './vault-versions.js';

const PAUSE = 60 * 60; // seconds

/**
 * @returns {Promise<object|null>} the key as the server names it, with `organisation`, `successions`, `enrolled` (with this
 *   key) and `newest` (of the member’s backups); null: none is active
 */
export async function servedKey() {
  const { key, ...around } = await getJson('/organisation/key');
  return key && { ...key, organisation: around.organisation, successions: around.successions, enrolled: around.enrolled, newest: around.newest };
}

/**
 * Takes over the key that the server names, where the vault pins a former one that signed for it.
 * @param {import('./vault-store.js').VaultStore} store @param {object} key - from `servedKey`
 * @returns {Promise<boolean>} whether the vault has another key on record now; throws `key_mismatch`, and as saving does
 */
export async function followKey(store, key) {
  const { organisation, epoch, successions, enrolled } = key;
  const pinned = store.saved.manifest.organisation_key?.fingerprint;
  const fingerprint = await demandPinned(key, key.fingerprint);
  if (!pinned || !(await leadsTo(successions, organisation, pinned, fingerprint))) throw new CryptoError('key_mismatch');
  const isNew = pinned !== fingerprint;
  if (isNew) {
    await store.edit(() => {}, { epoch, fingerprint });
    await store.saveOnTop();
  }
  if (!enrolled) await signedFetch('/backups/enrolment', { device: store.device, json: { fingerprint } });
  // Not only where it is new: it can have been compared on another device. Where it can't be kept, the vault has it all the same.
  await setPin(organisation, { fingerprint, epoch }).catch(() => {});
  return isNew;
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
 * What is done by itself: at most hourly within an epoch, and only where something was saved since, or the key is another now.
 * @param {import('./vault-store.js').VaultStore} store
 * @returns {Promise<boolean>} whether a new key was taken over for it; throws as `followKey` and `backUp`
 */
export async function backUpIfDue(store) {
  const key = await servedKey();
  const { epoch, counter, organisation_key: pin } = store.saved.manifest;
  const newest = key?.newest;
  const changed = !newest || newest.epoch !== epoch || newest.counter < counter;
  const soon = newest?.epoch === epoch && newest.age_seconds < PAUSE; // those of a former epoch can’t be restored from
  if (!key || !pin || (pin.fingerprint === key.fingerprint && (!changed || soon))) return false;
  const isNew = await followKey(store, key);
  await backUp(store, key);
  return isNew;
}
