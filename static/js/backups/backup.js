/** Cloud backups of the vault as it was last read or saved here, to the organisation key that the vault itself pins. */
import { hex, sha256 } from '../crypto/bytes.js';
import { makeBackup } from '../crypto/cloud-backups.js';
import { CryptoError } from '../crypto/errors.js';
import { leadsTo } from '../crypto/key-successions.js';
import { demandPinned } from '../crypto/organisation-keys.js';
import { keysOf } from '../device/keystore.js';
import { keepRoot, rootOf } from '../device/known-keys.js';
import { count, digest, either, exactly, fingerprint, id, octets, recipient, text } from '../crypto/shapes.js';
import { getJson, isUnsure, signedFetch } from '../device/server.js';
import { accountOf } from '../device/vault-versions.js';

/**
 * @import { Device } from '../device/keystore.js'
 * @import { VaultStore } from '../device/vault-store.js'
 */

const PAUSE = 60 * 60; // seconds

let unheard = null; // {of, made}: the backup whose answer never came; the same goes again, and is one

const none = exactly(null);
const KEY = {
  organisation: id,
  name: text,
  successions: [{ statement: text, signature: octets(64) }],
  enrolled: exactly(true, false),
  key: either(none, { id, epoch: count, name: text, recipient, sign: octets(32), fingerprint }),
  newest: either(none, { epoch: count, counter: count, age_seconds: Number.isSafeInteger }),
};

/**
 * @typedef {{id: string, epoch: number, name: string, recipient: string, sign: string, fingerprint: string}} Named
 * @typedef {{organisation: string, successions: import('../crypto/key-successions.js').Succession[], enrolled: boolean,
 *   newest: {epoch: number, counter: number, age_seconds: number}|null}} Around - of the member’s backups the newest
 * @typedef {Named & Around} ServedKey - the active key as the server names it
 */

/**
 * @returns {Promise<Around & {name: string, key: Named|null}>} the organisation’s recovery key as the server names it,
 *   and what is around it
 */
export const organisationKey = () => getJson('/organisation/key', { holds: KEY });

/** @returns {Promise<ServedKey|null>} null: none is active */
export async function servedKey() {
  const { key, ...around } = await organisationKey();
  return (
    key && {
      ...key,
      organisation: around.organisation,
      successions: around.successions,
      enrolled: around.enrolled,
      newest: around.newest,
    }
  );
}

/**
 * What a vault that this browser’s device opens has on record counts as known to this browser from then on, also where
 * another device compared it: a later recovery here needs no digits.
 * @param {VaultStore} store @returns {Promise<void>}
 */
export async function keepKnown({ saved: { manifest: { organisation, organisation_key: key } } }) {
  if (key) await keepRoot(organisation, key);
}

/**
 * Takes over the key that the server names, where the vault pins a former one that signed for it, and the one that this
 * browser knows did.
 * @param {VaultStore} store @param {ServedKey} key
 * @returns {Promise<boolean>} whether the vault has another key on record now; throws `key_mismatch`, and as saving
 *   does
 */
export async function followKey(store, key) {
  const { organisation, epoch, successions, enrolled } = key;
  const pinned = store.saved.manifest.organisation_key?.fingerprint;
  const fingerprint = await demandPinned(key, key.fingerprint);
  if (!pinned || !(await leadsTo(successions, organisation, pinned, fingerprint))) {
    throw new CryptoError('key_mismatch');
  }
  const root = await rootOf(organisation);
  // Another device can have compared a later key than this browser knows, and the vault says so. Else both lead there.
  const isNewer = !root || (root.epoch ?? 0) < store.saved.manifest.organisation_key.epoch;
  if (!isNewer && !(await leadsTo(successions, organisation, root.fingerprint, fingerprint))) {
    throw new CryptoError('key_mismatch');
  }
  const isNew = pinned !== fingerprint;
  if (isNew) {
    await store.edit(() => {}, { epoch, fingerprint });
    await store.saveOnTop();
  }
  if (!enrolled) await enrol(store.device, fingerprint);
  // Not only where it is new: it can have been compared on another device. Where it can't be kept, the vault has it all
  // the same.
  await keepRoot(organisation, { fingerprint, epoch }).catch(() => {});
  return isNew;
}

/**
 * Tells the server that cloud backups are on, with this key. @param {Device} device
 * @param {string} fingerprint
 * @returns {Promise<void>} throws ServerError, NoAnswer
 */
export const enrol = (device, fingerprint) =>
  signedFetch('/backups/enrolment', {
    device,
    json: { fingerprint },
    holds: {},
    same: { fingerprint },
    harmless: true,
  });

/**
 * @param {Pick<VaultStore, 'device'|'saved'>} store - what it has saved is backed up
 * @param {ServedKey} [served]
 * @returns {Promise<string>} id of the backup; throws `key_mismatch` where the vault pins another key, or none
 */
export async function backUp({ device, saved: document }, served) {
  const key = served ?? (await servedKey());
  const pinned = document.manifest.organisation_key?.fingerprint;
  if (!key || !pinned) throw new CryptoError('key_mismatch');
  const of = [device.id, document.sha256, key.fingerprint].join();
  if (unheard?.of !== of) unheard = { of, made: await make(device, document, key, pinned) };
  const { backup, meta, metaSignature, shareA, shareS, file } = unheard.made;
  const header = { meta, meta_signature: metaSignature, share_a: shareA, share_s: shareS };
  const same = { backup, sha256: hex(await sha256(file)) };
  await signedFetch('/backups', {
    device,
    header,
    file,
    holds: { backup: id, sha256: digest },
    same,
    harmless: true,
  }).catch((error) => {
    if (!isUnsure(error)) unheard = null;
    throw error;
  });
  unheard = null;
  return backup;
}

async function make(device, document, key, pinned) {
  const { signingKey } = await keysOf(device);
  const account = accountOf(document.manifest);
  const kitRecipient = document.body.keyring.kit.recipient;
  return makeBackup({ document, account, kitRecipient, key, pinned, device: device.id, signingKey });
}

/**
 * What is done by itself: at most hourly within an epoch, and only where something was saved since, or the key is
 * another now.
 * @param {VaultStore} store
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
