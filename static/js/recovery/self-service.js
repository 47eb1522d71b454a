/**
 * A recovery that needs nobody’s help. What a backup or the Recovery Kit opened is held here, in memory, from one step
 * to the next; a reload begins at the first step again.
 */
import { organisationKey } from '../backups/backup.js';
import { base64, hex, now, sha256 } from '../crypto/bytes.js';
import { check, read, vaultKeyOf } from '../crypto/documents.js';
import { signingSeed } from '../crypto/epochs.js';
import { CryptoError } from '../crypto/errors.js';
import { leadsTo, ownPin } from '../crypto/key-successions.js';
import { demandPinned } from '../crypto/organisation-keys.js';
import { proveOwn } from '../crypto/self-service.js';
import { kitSigningSeed } from '../crypto/recovery-kits.js';
import { chooseNewest } from '../crypto/restore-requests.js';
import { isSealed } from '../crypto/sealing.js';
import { makeDevice, pinOf, setPin } from '../device/keystore.js';
import { isElsewhere, rootOf } from '../device/known-keys.js';
import { NOTHING } from '../device/new-epoch.js';
import { onLock } from '../device/open-vault.js';
import { baseOf, demandKnown, RecoveryFinish } from './finish.js';
import { BASE } from '../device/answers.js';
import { signedFetch } from '../device/server.js';

/**
 * @import { Document } from '../crypto/documents.js'
 * @import { Device } from '../device/keystore.js'
 */

/**
 * @typedef {Record<string, string>} Place - of an element: user, organisation, browser
 * @typedef {object} Opened
 * @property {'local_backup'|'recovery_kit'} way
 * @property {Document|null} backup - null with the kit
 * @property {Document} chosen - the newest vault, or the backup where that can’t be
 *   opened
 * @property {boolean} newest - whether `chosen` is the newest vault
 * @property {string} [kit] - its identity @property {Uint8Array} seed - that signs the proof
 * @property {Record<string, any>} place - of the newest vault, as the server has it
 * @property {boolean} keepNewer - whether the newest items are wanted, not only those of the backup
 */
/** @type {Opened|null} */
let held = null;
/** @type {Device|null} */
let device = null; // made once a page
onLock(() => { held = null; }); // a lock forgets it, as a reload does

/** @returns {Opened|null} what the step before has opened in this page */
export const opened = () => held;

/**
 * Opens a local backup, and with its keyring the newest vault.
 * @param {Place} place
 * @param {Uint8Array} file @param {string[]} identities - the vault key of this device’s lock, or the kit
 * @returns {Promise<void>} throws `not_a_backup`, what `read` and `check` throw; `wrong_epoch`: from before the last
 *   recovery
 */
export async function openBackup(place, file, identities) {
  if (!isSealed(file)) throw new CryptoError('not_a_backup');
  const backup = await read(file, identities);
  check(backup, /** @type {{organisation: string, user: string}} */ (place));
  await hold(place, {
    way: 'local_backup',
    backup,
    seed: await signingSeed(vaultKeyOf(backup), place.user),
    keepNewer: true,
  });
}

/**
 * @param {Place} place
 * @param {{identity: string, organisationKey?: string}} kit - from `parseKit`; its line of the organisation recovery
 *   key counts as known to this browser, where nothing else does
 * @returns {Promise<void>} throws `wrong_kit`, `kit_unknown`, …
 */
export async function openWithKit(place, { identity, organisationKey }) {
  await hold(place, {
    way: 'recovery_kit',
    backup: null,
    kit: identity,
    seed: await kitSigningSeed(identity, place.user),
    keepNewer: true,
  });
  const { organisation } = place;
  if (organisationKey && !(await rootOf(organisation))) {
    await setPin(organisation, { fingerprint: organisationKey }).catch(() => {});
  }
}

/** @param {Opened} opened @returns {number} how many items were added, changed or deleted since the backup */
export function newerItems({ backup, chosen }) {
  const kept = new Map(backup.body.items.map((item) => [item.id, JSON.stringify(item)]));
  const changed = chosen.body.items.filter((item) => kept.get(item.id) !== JSON.stringify(item));
  for (const { id } of chosen.body.items) kept.delete(id);
  return changed.length + kept.size;
}

/** The last step. For a new account nothing was opened. */
export class SelfServiceRecovery extends RecoveryFinish {
  path = '/recovery/own';

  get reference() { return this.parts.way; }

  async run(pin, said) {
    return super.run(pin, said).catch((error) => {
      if (error.code === 'recovery_over') device = null; // the next try begins anew
      throw error;
    });
  }

  async device() {
    if (this.reference !== 'new_account' && held?.way !== this.reference) throw new CryptoError('opened_lost');
    return deviceAt(this.parts);
  }

  async open() {
    this.progress('newest');
    if (this.reference === 'new_account') {
      const { header } = await begin(device, { way: this.reference });
      const { epoch, next_epoch: next, counter, sha256: base, kit } = header;
      return {
        base: { ...NOTHING, epoch, next: Math.max(next, epoch + 1), counter, sha256: base, kit },
        ending: null,
        fromBackup: false,
      };
    }
    const { chosen, newest, backup, keepNewer, place } = await fetched(held);
    // Where the newest vault couldn’t be opened, the preview has said so, and the person goes on with the backup, whose
    // counter may be lower than what this browser has seen.
    await demandKnown(newest ? chosen.manifest : { ...chosen.manifest, counter: Infinity }, this.said);
    const base = { ...baseOf(chosen, place), ...(await this.#pin(chosen.manifest)) };
    if (!keepNewer) Object.assign(base, { items: backup.body.items, tombstones: backup.body.tombstones });
    const ending = chosen.body.keyring.epochs.find(({ epoch }) => epoch === place.epoch)?.key;
    if (!ending) throw new CryptoError('wrong_epoch');
    return { base, ending, account: chosen.manifest.account, fromBackup: !newest || !keepNewer };
  }

  /**
   * The recovery key that the new vault pins: the pin of the vault that the member’s key opened, or a successor that
   * this browser knows.
   */
  async #pin({ organisation, organisation_key: recorded, unconfirmed_since: since }) {
    const known = (await rootOf(organisation))?.fingerprint;
    const isWarned = (await pinOf(organisation)) || (await isElsewhere(organisation));
    if (recorded && !(this.said.unconfirmed && isWarned)) {
      return { organisationKey: await laterOf(organisation, known, recorded) };
    }
    if (!recorded && !known) return { organisationKey: null, unconfirmedSince: since };
    const none = { organisationKey: null, unconfirmedSince: since ?? (recorded ? now() : undefined) };
    const { key, successions } = await organisationKey();
    if (recorded || !key) return none;
    const fingerprint = await demandPinned({ ...key, organisation }, key.fingerprint);
    if (!(await leadsTo(successions, organisation, known, fingerprint))) {
      return this.said.unconfirmed ? none : Promise.reject(new CryptoError('key_mismatch'));
    }
    // A recovery doesn’t switch cloud backups on for a member who never did.
    return since ? { organisationKey: { epoch: key.epoch, fingerprint } } : none;
  }
}

/**
 * The later one of the key that this browser knows and the pin on record; throws `key_mismatch` if neither follows the
 * other.
 */
async function laterOf(organisation, known, recorded) {
  if (!known || known === recorded.fingerprint) return recorded;
  const pin = await ownPin((await organisationKey()).successions, organisation, known, recorded);
  return pin ?? Promise.reject(new CryptoError('key_mismatch'));
}

async function hold(place, parts) {
  held = null;
  await deviceAt(place);
  held = await fetched(parts);
}

/** The newest vault, fetched with the proof and opened. */
async function fetched(parts) {
  const { header, file } = await begin(device, parts);
  const { kit, backup } = parts;
  const place = { ...header, sha256: hex(await sha256(file)) };
  if (backup) {
    const { document, newest } = await chooseNewest({ backup, file, epoch: place.epoch });
    return { ...parts, chosen: document, newest, place };
  }
  const document = await read(file, [kit]).catch((error) => { // the server has verified that this is the present kit
    throw error.code === 'newer_format' ? error : new CryptoError('newest_unreadable', error);
  });
  check(document, { organisation: device.organisation, user: device.user, epoch: place.epoch });
  return { ...parts, chosen: document, newest: true, place };
}

/** @param {Device} of @param {{way: string, seed?: Uint8Array}} parts - no seed: for a new account */
async function begin({ id, sign, recipient, user, organisation }, { way, seed }) {
  const parts = { seed, origin: location.origin, organisation, user, way, device: id, sign, recipient };
  const json = { way, device: { id, sign, recipient }, proof: seed && base64(await proveOwn(parts)) };
  return signedFetch('/recovery/own', { device, json, framed: true, holds: BASE, harmless: true });
}

/**
 * One new device for each page load. A device made for another method is left behind and forgotten later.
 * @param {Place} place @returns {Promise<Device>}
 */
async function deviceAt({ user, organisation, browser }) {
  device ??= await makeDevice({ user, organisation, name: browser });
  return device;
}
