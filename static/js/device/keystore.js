/**
 * What this browser keeps: device records, their keys, pins of organisation keys, sealed vault files. The only file
 * that touches IndexedDB.
 *
 * Keys can't be exported. Each has a record of its own, is read back and used once before anybody relies on it: some
 * browsers store a key without complaint and give nothing back. There, the key is wrapped (AES-KW) under a stored AES
 * key. Where not even that works, every function here throws `storage_refused`.
 *
 */
import { base64, fromBase64, now, randomBytes, randomId } from '../crypto/bytes.js';
import { CryptoError } from '../crypto/errors.js';
import { recipientOf } from '../crypto/identities.js';
import { NAME } from './keystore-name.js';
import { sign, verify } from '../crypto/signatures.js';

/**
 * @typedef {{epoch: number, counter: number, sha256: string}} Seen - the newest vault that this browser saw
 * @typedef {object} Device - a device’s record; behind `seen` stands what callers add with `change`
 * @property {string} id @property {string} organisation @property {string} user @property {string} name
 * @property {string} state - pending or enrolled
 * @property {string} recipient @property {string} sign - in base64 @property {string} made_at
 * @property {Record<string, Uint8Array>} salts - by the version of their lock
 * @property {Seen|null} seen
 * @property {string|null} [told] - of an organisation key, by the link that this device joined with
 * @property {{id: string, exact: string}|null} [request] - that it made
 * @property {{id: string, exact: string, used?: string[]}|null} [pairing] - used: offers and codes
 * @property {{tries?: number, by?: string, compared?: boolean, unconfirmed?: boolean}|null} [check] - voice-check.js
 * @property {number[]} [codes] - when it showed codes to pair another device
 * @typedef {{fingerprint: string, epoch?: number, by?: string, disputed?: boolean}} Pin - by: link
 */

const VERSION = 2;
const STORES = ['devices', 'keys', 'pins', 'files'];
const KINDS = {
  agree: {
    algorithm: 'X25519', usages: ['deriveBits'],
    publicOf: ({ privateKey }) => recipientOf(privateKey),
    works: async (key, recipient) => (await recipientOf(key)) === recipient,
  },
  sign: {
    algorithm: 'Ed25519', usages: ['sign', 'verify'],
    publicOf: async ({ publicKey }) => base64(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))),
    works: async (key, publicKey) => {
      const sample = randomBytes(32);
      return verify(PROOF, sample, await sign(PROOF, sample, key), fromBase64(publicKey, 32));
    },
  },
};
const PROOF = 'spare-key/v1/key-store';

/**
 * Makes, stores and tries out the keys of a new device.
 * @param {{organisation: string, user: string, name: string}} whose
 * @returns {Promise<Device>} its record, in state pending; throws `storage_refused`
 */
export async function makeDevice({ organisation, user, name }) {
  const id = randomId();
  const [recipient, publicKey] = [await makeKey(id, 'agree'), await makeKey(id, 'sign')];
  const record = {
    id,
    organisation,
    user,
    name,
    state: 'pending',
    recipient,
    sign: publicKey,
    made_at: now(),
    salts: {},
    seen: null,
  };
  await put('devices', id, record);
  await keysOf(record);
  navigator.storage?.persist?.().catch(() => {});
  return record;
}

/** @returns {Promise<Device[]>} this browser's devices, whoever's they are */
export const allDevices = () => use('devices', 'readonly', (store) => store.getAll());

/** @param {string} user @returns {Promise<Device[]>} this browser's devices of the user, newest first */
export async function devicesOf(user) {
  return (await allDevices()).filter((device) => device.user === user).sort((a, b) => (a.made_at < b.made_at ? 1 : -1));
}

/** @param {string} id @returns {Promise<Device|null>} */
export const deviceBy = async (id) => (await use('devices', 'readonly', (store) => store.get(id))) ?? null;

/**
 * Loads a device's keys and uses each once: call it again before every commit that depends on them.
 * @param {Device} device
 * @returns {Promise<{identity: CryptoKey, signingKey: CryptoKey}>} throws `storage_refused`
 */
export async function keysOf(device) {
  return {
    identity: await loadKey(device.id, 'agree', device.recipient),
    signingKey: await loadKey(device.id, 'sign', device.sign),
  };
}

/**
 * In one transaction: two tabs that change different fields at once both do.
 * @param {string} id
 * @param {Partial<Device>|((record: Device) => Partial<Device>)} fields - replaced in the record
 * @returns {Promise<Device>} the record as it is now
 */
export async function change(id, fields) {
  const work = typeof fields === 'function' ? fields : () => fields;
  await use('devices', 'readwrite', (store) => {
    const reading = store.get(id);
    reading.onsuccess = () => reading.result && store.put({ ...reading.result, ...work(reading.result) }, id);
    return reading;
  });
  return (await deviceBy(id)) ?? refuse();
}

/**
 * Keeps a salt under the next number: of two tabs that make a lock at once, neither takes the other's.
 * @param {string} id @param {Uint8Array} salt @param {number} [wanted] - in place of the next one
 * @returns {Promise<number>} the version for the lock
 */
export async function numberSalt(id, salt, wanted) {
  const next = ({ salts }) => 1 + Math.max(0, ...Object.keys(salts).map(Number));
  let version;
  await change(id, (record) => ({ salts: { ...record.salts, [(version = wanted ?? next(record))]: salt } }));
  return version;
}

/**
 * Forgets the salts of older locks, which are gone once this one has opened.
 * @param {string} id @param {number} version @returns {Promise<Device>}
 */
export const keepSalt = (id, version) => change(id, ({ salts }) => (
  { salts: Object.fromEntries(Object.entries(salts).filter(([each]) => Number(each) >= version)) }));

/** @param {string} id @returns {Promise<void>} the record and its keys are gone */
export async function forget(id) {
  await use('devices', 'readwrite', (store) => store.delete(id));
  for (const kind of Object.keys(KINDS)) await use('keys', 'readwrite', (store) => store.delete(`${id}/${kind}`));
  for (const name of await filesUnder(`${id}/`)) await dropFile(name);
}

/**
 * @param {string} name - begins with the id of a device or a user and a slash
 * @param {object} value - a sealed file and what belongs to it
 */
export const keepFile = (name, value) => put('files', name, value);

/** @param {string} name @returns {Promise<Record<string, any>|null>} what `keepFile` kept */
export const fileAt = async (name) => (await use('files', 'readonly', (store) => store.get(name))) ?? null;

/** @param {string} start @returns {Promise<string[]>} the names of all files whose names begin so */
export const filesUnder = (start) =>
  use('files', 'readonly', (store) => store.getAllKeys(IDBKeyRange.bound(start, `${start}\uffff`)));

/** @param {string} name @returns {Promise<void>} */
export const dropFile = (name) => use('files', 'readwrite', (store) => store.delete(name));

/**
 * @param {string} organisation - id
 * @returns {Promise<Pin|null>} what `setPin` kept; what it is good for: known-keys.js
 */
export const pinOf = async (organisation) =>
  (await use('pins', 'readonly', (store) => store.get(organisation))) ?? null;

/** @returns {Promise<string[]>} the ids of all organisations of which it kept any */
export const pinned = () => use('pins', 'readonly', (store) => store.getAllKeys());

/** @param {string} organisation - id @param {Pin} pin @returns {Promise<void>} */
export const setPin = (organisation, pin) => put('pins', organisation, pin);

/** Stores a fresh key, wrapped where it can't be stored as it is; returns its public half as text. */
async function makeKey(device, kind) {
  const { algorithm, usages, publicOf } = KINDS[kind];
  const name = `${device}/${kind}`;
  const kept = await crypto.subtle.generateKey(algorithm, false, usages).catch(refuse);
  const found = await publicOf(kept);
  const stored = await put('keys', name, { key: kept.privateKey })
    .then(() => loadKey(device, kind, found))
    .catch(() => null);
  if (stored) return found;
  const loose = await crypto.subtle.generateKey(algorithm, true, usages);
  const wrapping = await crypto.subtle.generateKey({ name: 'AES-KW', length: 256 }, false, ['wrapKey', 'unwrapKey']);
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey('pkcs8', loose.privateKey, wrapping, 'AES-KW'));
  await put('keys', name, { wrapping, wrapped });
  return publicOf(loose);
}

async function loadKey(device, kind, publicKey) {
  const { algorithm, usages, works } = KINDS[kind];
  try {
    const record = await use('keys', 'readonly', (store) => store.get(`${device}/${kind}`));
    const key = record.wrapped
      ? await crypto.subtle.unwrapKey(
          'pkcs8',
          record.wrapped,
          record.wrapping,
          'AES-KW',
          algorithm,
          false,
          usages.slice(0, 1),
        )
      : record.key;
    if (key.type === 'private' && !key.extractable && (await works(key, publicKey))) return key;
  } catch (error) {
    refuse(error);
  }
  return refuse();
}

/** @param {unknown} [cause] @returns {never} */
function refuse(cause) {
  throw new CryptoError('storage_refused', cause);
}

async function put(store, key, value) {
  await use(store, 'readwrite', (opened) => opened.put(value, key));
  const found = await use(store, 'readonly', (opened) => opened.get(key));
  if (found === undefined || found === null) refuse();
}

async function use(store, mode, work) {
  const database = await connect().catch(refuse);
  try {
    const transaction = database.transaction(store, mode, { durability: 'strict' });
    const request = work(transaction.objectStore(store));
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
    });
  } catch (error) {
    return refuse(error);
  } finally {
    database.close();
  }
}

function connect() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => STORES
      .filter((store) => !request.result.objectStoreNames.contains(store))
      .forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}
