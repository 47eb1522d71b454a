/**
 * The newest vault that this browser has seen, in its device’s record: nothing older is believed, across reloads and
 * tabs.
 */
import { CryptoError } from '../crypto/errors.js';
import { change } from './keystore.js';

/**
 * @import { Manifest } from '../crypto/documents.js'
 * @import { Device, Seen } from './keystore.js'
 */

/** @typedef {{manifest: Manifest, sha256: string}} Opened - of a document, what is looked at here */

/** @param {Opened} document @returns {Seen} */
export const watermarkOf = ({ manifest: { epoch, counter }, sha256 }) => ({ epoch, counter, sha256 });

/**
 * What is kept beside a sealed file, to be told while nobody can open it.
 * @param {Opened} document
 * @returns {{made_at: string, items: number, kit: number, epoch: number, counter: number, sha256: string}}
 */
export const factsOf = (document) => {
  const { made_at, items, kit } = document.manifest;
  return { made_at, items, kit, ...watermarkOf(document) };
};

/**
 * @param {Opened} document - what the server sent
 * @param {Seen|null} seen - of the record, read before the server was asked: another tab may save meanwhile
 * @returns {void} throws `rolled_back`: it is older, or another one under the same number
 */
export function demandNotOlder(document, seen) {
  if (seen && seen.sha256 !== document.sha256 && !isNewer(document.manifest, seen)) {
    throw new CryptoError('rolled_back');
  }
}

/**
 * @param {string} id - of the device @param {Opened} document
 * @returns {Promise<Device>} its record
 */
export const remember = (id, document) => change(id, ({ seen }) => (
  seen && !isNewer(document.manifest, seen) ? {} : { seen: watermarkOf(document) }));

const isNewer = (a, b) => a.epoch > b.epoch || (a.epoch === b.epoch && a.counter > b.counter);
