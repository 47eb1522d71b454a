/**
 * Whether this browser has promised not to clear this site’s storage by itself. Some ask the person, so it is asked for
 * once, when the vault of a device that was just set up is open; never while its keys are being made.
 */
import { change } from './keystore.js';

/** @import { Device } from './keystore.js' */

/** @returns {Promise<'kept'|'not_kept'|'not_said'>} */
export async function storageStanding() {
  if (!navigator.storage?.persisted) return 'not_said';
  return (await navigator.storage.persisted()) ? 'kept' : 'not_kept';
}

/** @returns {Promise<boolean>} whether it promised */
export const askToKeep = () => navigator.storage.persist();

/** @param {Device} device - of the open vault @returns {Promise<void>} */
export async function askToKeepOnce(device) {
  if (device.asked_to_keep || (await storageStanding()) !== 'not_kept') return;
  await change(device.id, { asked_to_keep: true });
  await askToKeep();
}
