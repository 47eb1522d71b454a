/**
 * Where sealed drafts are kept: in IndexedDB beside the vault’s files; where that is full, in localStorage, which has
 * room of its own. Named user, epoch, item and writer, so that two tabs that edit one item never take each other’s.
 */
import { base64, fromBase64 } from '../crypto/bytes.js';
import { dropFile, fileAt, filesUnder, keepFile } from '../device/keystore.js';

const BESIDE = 'spare-key/';

/** @param {{user: string, epoch: number, item: string, writer: string}} draft @returns {string} */
export const nameOf = ({ user, epoch, item, writer }) => `${user}/drafts/${epoch}/${item}/${writer}`;

/**
 * @param {string} name @param {Uint8Array} sealed @returns {Promise<boolean>} false: there is no room in this browser
 */
export async function keepDraft(name, sealed) {
  try {
    await keepFile(name, { sealed });
    localStorage.removeItem(BESIDE + name);
    return true;
  } catch {
    return keepBeside(name, sealed);
  }
}

/**
 * @param {string} user
 * @returns {Promise<{name: string, epoch: number, item: string, sealed: Uint8Array}[]>} all of the user in this
 *   browser; throws `storage_refused`
 */
export async function draftsOf(user) {
  const start = `${user}/drafts/`;
  const beside = Object.keys(localStorage)
    .filter((key) => key.startsWith(BESIDE + start))
    .map((key) => key.slice(BESIDE.length));
  const names = new Set([...(await filesUnder(start)), ...beside]);
  const kept = await Promise.all([...names].map(async (name) => {
    const [epoch, item] = name.slice(start.length).split('/');
    const text = localStorage.getItem(BESIDE + name); // newer than what IndexedDB could not replace
    return { name, epoch: Number(epoch), item, sealed: text ? fromBase64(text) : (await fileAt(name))?.sealed };
  }));
  return kept.filter(({ sealed }) => sealed); // another tab may have dropped one meanwhile
}

/** @param {string} name @returns {Promise<void>} throws `storage_refused` */
export async function dropDraft(name) {
  localStorage.removeItem(BESIDE + name);
  await dropFile(name);
}

function keepBeside(name, sealed) {
  try {
    localStorage.setItem(BESIDE + name, base64(sealed));
    return true;
  } catch {
    return false;
  }
}
