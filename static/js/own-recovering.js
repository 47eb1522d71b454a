/**
 * A recovery that needs nobody’s help. What a backup or the Recovery Kit opened is held here, in memory, from one step to the
 * next; a reload begins at the first step again.
 */
import { base64, hex, sha256 } from './crypto/bytes.js';
import { check, read } from './crypto/documents.js';
import { signingSeed } from './crypto/epochs.js';
import { CryptoError } from './crypto/errors.js';
import { proveOwn } from './crypto/own-recoveries.js';
import { kitSigningSeed } from './crypto/recovery-kits.js';
import { chooseNewest } from './crypto/restore-requests.js';
import { isSealed } from './crypto/sealing.js';
import { makeDevice } from './keystore.js';
import { NOTHING } from './new-epoch.js';
import { baseOf, demandKnown, Recovering } from './recovering.js';
import { signedFetch } from './server.js';

/**
 * @typedef {object} Opened
 * @property {'local_backup'|'recovery_kit'} way
 * @property {import('./crypto/documents.js').Document|null} backup - null with the kit
 * @property {import('./crypto/documents.js').Document} chosen - the newest vault, or the backup where that can’t be opened
 * @property {boolean} newest - whether `chosen` is the newest vault
 * @property {boolean} keepNewer - whether the newest items are wanted, not only those of the backup
 */
let held = null;
let device = null; // made once a page

/** @returns {Opened|null} what the step before has opened in this page */
export const opened = () => held;

/**
 * Opens a local backup, and with its keyring the newest vault.
 * @param {{user: string, organisation: string, browser: string}} place
 * @param {Uint8Array} file @param {string[]} identities - the vault key of this device’s lock, or the kit
 * @returns {Promise<void>} throws `not_a_backup`, what `read` and `check` throw; `wrong_epoch`: from before the last recovery
 */
export async function openBackup(place, file, identities) {
  if (!isSealed(file)) throw new CryptoError('not_a_backup');
  const backup = await read(file, identities);
  check(backup, place);
  const keys = backup.body.keyring.epochs;
  const newest = keys.reduce((a, b) => (a.epoch > b.epoch ? a : b)).key;
  await hold(place, { way: 'local_backup', backup, seed: await signingSeed(newest, place.user), keepNewer: true });
}

/** @param {object} place - as above @param {string} identity - of the kit @returns {Promise<void>} throws `wrong_kit`, `kit_unknown`, … */
export const openWithKit = async (place, identity) => (
  hold(place, { way: 'recovery_kit', backup: null, kit: identity, seed: await kitSigningSeed(identity, place.user), keepNewer: true }));

/** @param {Opened} opened @returns {number} how many items of the newest vault the backup hasn’t, or has otherwise */
export function newerItems({ backup, chosen }) {
  const kept = new Map(backup.body.items.map((item) => [item.id, JSON.stringify(item)]));
  return chosen.body.items.filter((item) => kept.get(item.id) !== JSON.stringify(item)).length;
}

/** The last step. For a new account nothing was opened. */
export class OwnRecovering extends Recovering {
  path = '/recovery/own';

  get reference() { return this.parts.way; }

  async run(pin, undone) {
    return super.run(pin, undone).catch((error) => {
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
      return { base: { ...NOTHING, epoch, next: Math.max(next, epoch + 1), counter, sha256: base, kit }, ending: null, fromBackup: false };
    }
    const { chosen, newest, backup, keepNewer, place } = await fetched(held);
    await demandKnown(chosen.manifest, this.undone);
    const base = baseOf(chosen, place);
    if (!keepNewer) Object.assign(base, { items: backup.body.items, tombstones: backup.body.tombstones });
    const ending = chosen.body.keyring.epochs.find(({ epoch }) => epoch === place.epoch)?.key;
    if (!ending) throw new CryptoError('wrong_epoch');
    return { base, ending, account: chosen.manifest.account, fromBackup: !newest || !keepNewer };
  }
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
  const document = await read(file, [kit]);
  check(document, { organisation: device.organisation, user: device.user, epoch: place.epoch });
  return { ...parts, chosen: document, newest: true, place };
}

async function begin({ id, sign, recipient, user, organisation }, { way, seed }) {
  const parts = { seed, origin: location.origin, organisation, user, way, device: id, sign, recipient };
  const json = { way, device: { id, sign, recipient }, proof: seed && base64(await proveOwn(parts)) };
  return signedFetch('/recovery/own', { device, json });
}

/** A new device for each page: one that was begun for another way is left to be forgotten. */
async function deviceAt({ user, organisation, browser }) {
  device ??= await makeDevice({ user, organisation, name: browser });
  return device;
}
