/** The newest vault that this browser has seen, in its device’s record: nothing older is believed, across reloads and tabs. */
import { CryptoError } from './crypto/errors.js';
import { change } from './keystore.js';

/** @param {{manifest: object, sha256: string}} document @returns {{epoch: number, counter: number, sha256: string}} */
export const seenOf = ({ manifest: { epoch, counter }, sha256 }) => ({ epoch, counter, sha256 });

/**
 * What is kept beside a sealed file, to be told while nobody can open it.
 * @param {{manifest: object, sha256: string}} document
 * @returns {{made_at: string, items: number, kit: number, epoch: number, counter: number, sha256: string}}
 */
export const factsOf = (document) => {
  const { made_at, items, kit } = document.manifest;
  return { made_at, items, kit, ...seenOf(document) };
};

/**
 * @param {{manifest: object, sha256: string}} document - what the server sent
 * @param {object|null} seen - of the record, read before the server was asked: another tab may save meanwhile
 * @returns {void} throws `rolled_back`: it is older, or another one under the same number
 */
export function demandNotOlder(document, seen) {
  if (seen && seen.sha256 !== document.sha256 && !isNewer(document.manifest, seen)) throw new CryptoError('rolled_back');
}

/** @param {string} id - of the device @param {{manifest: object, sha256: string}} document @returns {Promise<object>} its record */
export const remember = (id, document) => change(id, ({ seen }) => (
  seen && !isNewer(document.manifest, seen) ? {} : { seen: seenOf(document) }));

const isNewer = (a, b) => a.epoch > b.epoch || (a.epoch === b.epoch && a.counter > b.counter);
