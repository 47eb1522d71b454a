/**
 * Kept copies of the vault: the bytes of the vault file, as stock `age` opens them, in this browser’s private file
 * system (the last ten) and in a folder that the member chose. What is known of each is kept beside them, so that they
 * can be listed while the vault is locked. The one file that touches folders.
 *
 * Codes that its functions throw or report: `copies_unsupported` (the browser has no private file system),
 * `storage_full`, `folder_unsupported`, `folder_none`, `folder_asks` (the browser wants to be asked again, by a click),
 * `folder_gone`, `copy_gone`, `copy_refused`, `storage_refused`.
 */
import { now } from '../crypto/bytes.js';
import { CryptoError } from '../crypto/errors.js';
import { fileName, startOf, timeIn } from '../device/file-names.js';
import { devicesOf, fileAt, keepFile } from '../device/keystore.js';
import { factsOf } from '../device/vault-watermark.js';
import { signedFetch } from '../device/server.js';
import { accountOf } from '../device/vault-versions.js';

/**
 * @import { Device } from '../device/keystore.js'
 * @import { VaultStore } from '../device/vault-store.js'
 */

const KEPT = 10;
const LISTED = 30; // of a folder’s
const REMEMBERED = 100;
const DAY = 24 * 60 * 60_000;
const PAUSES = { change: 0, daily: DAY, weekly: 7 * DAY, off: Infinity };
const REASONS = { QuotaExceededError: 'storage_full', NotAllowedError: 'folder_asks', NotFoundError: 'folder_gone' };
const WRITABLE = { mode: 'readwrite' };

/**
 * @typedef {object} Settings - how the member keeps copies in this browser
 * @property {string} schedule - change, daily, weekly, off
 * @property {(import('../device/keystore.js').Seen & {at: string})|null} last - that was kept
 * @property {string|null} trouble - the code of what went wrong last
 * @property {FileSystemDirectoryHandle|null} folder - that the member chose
 * @property {Record<string, Record<string, any>>} facts - of each copy, by its name
 */

/**
 * @typedef {object} Copy
 * @property {'own'|'browser'|'folder'} place - own: the vault as this browser saw it last; browser, folder: a kept copy
 *   there
 * @property {string|null} name - of the file; null for `own`
 * @property {string|null} made_at - when it was kept (own: saved), like 2026-11-27T02:00:00Z; null: not known
 * @property {number} size - in bytes
 * @property {number|null} items @property {number|null} kit - number of the Recovery Kit that opens it
 * @property {number|null} epoch @property {number|null} counter @property {string|null} sha256
 * @property {string|null} device - id of the device in this browser that kept it: while that is active (or prior), and
 *   the epoch is the one of its lock, its PIN opens the copy; null: another browser’s, so only a Recovery Kit does for
 *   sure
 * @property {string|null} tried_at - when a recovery from it was tried last; of `own` never
 * @property {string|null} folder - name of the folder
 * @property {() => Promise<Uint8Array>} read - throws `copy_gone`, `folder_asks`, `copy_refused`
 * @property {() => Promise<void>} [remove] - not of `own`
 */

/**
 * Everything of the member that this browser could restore from, newest first; at the end what a recovery that was
 * undone left. The vault need not be open, and nobody be an active device. Never throws for a place that fails: it says
 * so.
 * @param {string} user - id
 * @param {string} account - the member’s address: files in a folder are told apart by it
 * @param {number|string} epoch - of the member’s vault now
 * @returns {Promise<{copies: Copy[], browser: string|null, folder: string|null, folderName: string|null,
 *   settings: Settings}>} browser, folder: null, or the code why nothing is listed of there; settings: schedule, last,
 *   trouble
 */
export async function copiesOf(user, account, epoch) {
  const settings = await settingsOf(user);
  const { folder, facts } = settings;
  const places = { browser: privateFolder(user), folder: chosenFolder(folder) };
  const [browser, chosen] = await Promise.all(Object.entries(places).map(([place, opening]) => opening
    .then(async (opened) => ({ code: null, copies: await copiesIn(opened, place, account, facts) })).catch(coded)
    .catch(({ code }) => ({ code, copies: [] }))));
  // A copy is never older than what it is of
  const copies = [...browser.copies, ...chosen.copies, ...(await ownCopies(user))]
    .sort((a, b) => Number(a.epoch > epoch) - Number(b.epoch > epoch) || byAge(a, b));
  return { copies, browser: browser.code, folder: chosen.code, folderName: folder?.name ?? null, settings };
}

/**
 * @param {string} user
 * @returns {Promise<Settings>} {schedule, last: null|{at, epoch, sha256, …}, trouble: null|code, folder: null|handle,
 *   facts: by name}
 */
export const settingsOf = async (user) => (
  { schedule: 'daily', last: null, trouble: null, folder: null, facts: {}, ...(await fileAt(`${user}/copies`)) });

/**
 * @param {string} user @param {Partial<Settings>|((settings: Settings) => Partial<Settings>)} fields
 * @returns {Promise<void>} one tab after the other
 */
export const changeSettings = (user, fields) => navigator.locks.request('spare-key/copy-settings', async () => {
  const settings = await settingsOf(user);
  await keepFile(`${user}/copies`, { ...settings, ...(typeof fields === 'function' ? fields(settings) : fields) });
});

/** Remembers that a recovery from it was tried. @param {string} user @param {Copy} copy @returns {Promise<void>} */
export const noteTrial = (user, { name }) =>
  changeSettings(user, ({ facts }) => ({ facts: { ...facts, [name]: { ...facts[name], tried_at: now() } } }));

/**
 * Call it in a click.
 * @param {string} user
 * @returns {Promise<void>} nothing changes where the person chose none; throws `folder_unsupported`, …
 */
export async function chooseFolder(user) {
  if (!globalThis.showDirectoryPicker) throw new CryptoError('folder_unsupported');
  const folder = await showDirectoryPicker({ id: 'spare-key', startIn: 'documents', ...WRITABLE })
    .catch((error) => error.name !== 'AbortError' && coded(error));
  if (folder) await changeSettings(user, { folder });
}

/**
 * Call it in a click.
 * @param {string} user @returns {Promise<boolean>} whether the browser lets us into the folder again
 */
export const allowFolder = async (user) =>
  (await (await settingsOf(user)).folder.requestPermission(WRITABLE)) === 'granted';

/**
 * Copies what the vault has saved, to the browser and to the folder, where there is one.
 * @param {VaultStore} store
 * @returns {Promise<{name: string, isOutside: boolean}>} isOutside: whether the folder has it; why one of the two
 *   hasn’t, the settings say (`trouble`). Throws `storage_refused`, and where the server couldn’t be told of the
 *   folder’s
 */
export async function keepCopy({ device, saved }) {
  const { id, user } = device;
  const { folder, facts } = await settingsOf(user);
  const account = accountOf(saved.manifest);
  const name = fileName(account, now(), 'age');
  const put = (opening) =>
    opening
      .then((opened) => write(opened, name, saved.file))
      .then(() => null)
      .catch(coded)
      .catch(({ code }) => code);
  const failed = [await put(privateFolder(user)), folder ? await put(chosenFolder(folder)) : 'folder_none'];
  const trouble = failed.find((code) => code && code !== 'folder_none') ?? null;
  const known = { ...factsOf(saved), device: id };
  await changeSettings(user, (settings) => ({
    trouble, last: failed.includes(null) ? { ...known, at: now() } : settings.last,
    facts: Object.fromEntries([...Object.entries(settings.facts), [name, known]].slice(-REMEMBERED)),
  }));
  if (!failed[0]) await prune(await privateFolder(user), account, name, (each) => facts[each]?.sha256 === known.sha256);
  if (!failed[1]) await noteOutside(device, known.epoch);
  return { name, isOutside: !failed[1] };
}

/**
 * What is done by itself after a load or save: at most as often as the member chose, and only where something was saved
 * since. What fails is remembered, for the Backup Center to say. @param {VaultStore} store
 * @returns {Promise<void>}
 */
export const keepCopyIfDue = async (store) => navigator.locks.request('spare-key/copies', async () => {
  const { schedule, last } = await settingsOf(store.device.user);
  const { epoch, sha256 } = factsOf(store.saved);
  const age = Date.now() - Date.parse(last?.at);
  const isDue =
    schedule !== 'off' && last?.sha256 !== sha256 && !(last?.epoch === epoch && age >= 0 && age < PAUSES[schedule]);
  if (isDue) await keepCopy(store);
});

/**
 * Tells the server that there is a copy outside of this browser, which counts. @param {Device} device
 * @param {number} epoch - of the copy @returns {Promise<void>} throws ServerError
 */
export const noteOutside = (device, epoch) =>
  signedFetch('/backups/local/copies', { device, json: { epoch }, holds: {}, same: { epoch } });

const byAge = (a, b) => (b.epoch && a.epoch && (b.epoch - a.epoch || b.counter - a.counter))
  || (b.made_at ?? '').localeCompare(a.made_at ?? '');

const UNKNOWN = {
  made_at: null,
  items: null,
  kit: null,
  epoch: null,
  counter: null,
  sha256: null,
  device: null,
  tried_at: null,
  folder: null,
};

async function ownCopies(user) {
  const found = await Promise.all((await devicesOf(user)).map(async ({ id, seen }) => {
    const { file, ...facts } = (await fileAt(`${id}/vault`)) ?? {};
    const known = seen?.sha256 === facts.sha256 ? seen : {};
    return (
      file && {
        ...UNKNOWN,
        ...known,
        ...facts,
        place: 'own',
        name: null,
        size: file.length,
        device: id,
        read: async () => file,
      }
    );
  }));
  return found.filter(Boolean);
}

async function copiesIn(folder, place, account, facts) {
  const names = (await namesIn(folder, account)).slice(0, LISTED);
  const found = await Promise.all(names.map(async (name) => {
    const file = () => folder.getFileHandle(name).then((handle) => handle.getFile());
    const octets = async () => new Uint8Array(await (await file()).arrayBuffer());
    const gone = (error) => coded(error.name === 'NotFoundError' ? new CryptoError('copy_gone', error) : error);
    return {
      ...UNKNOWN,
      ...facts[name],
      place,
      name,
      made_at: timeIn(name),
      size: (await file().catch(() => ({ size: 0 }))).size,
      folder: place === 'folder' ? folder.name : null,
      read: () => octets().catch(gone),
      remove: () => folder.removeEntry(name).catch(gone),
    };
  }));
  return found.filter(({ size }) => size); // an empty one was being made when the browser died
}

/** Newest first. */
async function namesIn(folder, account) {
  const names = [];
  for await (const name of folder.keys()) if (name.startsWith(startOf(account)) && timeIn(name)) names.push(name);
  return names.sort().reverse();
}

/** The file is there whole, or as it was. */
async function write(folder, name, file) {
  const handle = await folder.getFileHandle(name, { create: true });
  const writing = await handle.createWritable();
  try {
    await writing.write(file);
    await writing.close();
  } catch (error) {
    await writing.abort().catch(() => {});
    await folder.removeEntry(name).catch(() => {});
    throw error;
  }
}

/** The last ten stay; of those with the same bytes as the new one, only that. */
async function prune(folder, account, name, isSame) {
  const others = (await namesIn(folder, account)).filter((each) => each !== name);
  for (const each of [...others.filter(isSame), ...others.filter((other) => !isSame(other)).slice(KEPT - 1)]) {
    await folder.removeEntry(each);
  }
}

async function privateFolder(user) {
  if (!globalThis.FileSystemFileHandle?.prototype.createWritable) throw new CryptoError('copies_unsupported');
  const root = await navigator.storage.getDirectory().catch((cause) => {
    throw new CryptoError('copies_unsupported', cause);
  });
  return root.getDirectoryHandle(user, { create: true });
}

async function chosenFolder(folder) {
  if (!folder) throw new CryptoError(globalThis.showDirectoryPicker ? 'folder_none' : 'folder_unsupported');
  if ((await folder.queryPermission(WRITABLE)) !== 'granted') throw new CryptoError('folder_asks');
  return folder;
}

/** @returns {never} */
function coded(error) {
  throw error.code && error instanceof CryptoError
    ? error
    : new CryptoError(REASONS[error.name] ?? 'copy_refused', error);
}
