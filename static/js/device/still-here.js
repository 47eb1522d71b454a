/**
 * Browsers clear the storage of sites: Safari after seven days in which nobody came, others when a disk is full. The
 * cookie may outlive it, and then the server takes this browser for a device whose key is gone.
 */
import { deviceBy, keysOf } from './keystore.js';

/**
 * Where the device’s key is gone, the browser is looked through anew, and the server hears what there is.
 * @param {string} device - id, as the server says it @param {string} next - a path of ours, for afterwards
 * @returns {Promise<boolean>} whether it is gone, and the page on its way; throws `storage_refused`
 */
export async function lookAnewIfGone(device, next) {
  const record = await deviceBy(device);
  const isGone = !record || (await keysOf(record).then(() => false, isKeyGone));
  if (isGone) location.replace(`/devices/here?next=${encodeURIComponent(next)}`);
  return isGone;
}

function isKeyGone(error) {
  if (error.code !== 'key_gone') throw error;
  return true;
}
