/**
 * The unlocked vault key of this tab: in memory, and in sessionStorage sealed under a random tab key that only the
 * server keeps, for 15 idle minutes by its clock. Locking one tab locks all tabs of the user.
 */
import { base64, concat, fromBase64, fromUtf8, lv, randomBytes, randomId, utf8 } from './crypto/bytes.js';
import { secretOf } from './crypto/identities.js';
import { deviceBy } from './keystore.js';
import { postJson, signedFetch } from './server.js';

const SLOT = 'spare-key/tab';
const IDLE = 15 * 60_000;
const PING = 60_000;
const CHECK = 10_000;
const IV = 12;

const channel = new BroadcastChannel('spare-key/lock');
const watchers = new Set();
let held = null; // {vaultKey, user, device}
let lastTouch = Date.now();
let lastPing = 0;

channel.addEventListener('message', ({ data }) => {
  if (held && held.user !== data.user) return;
  if (data.touched) lastTouch = Date.now();
  else drop(true);
});
// By the clock on the wall: a timer alone would sleep along with the laptop.
setInterval(() => {
  if (Date.now() - lastTouch <= IDLE) return;
  if (held) lock().catch(() => {});
  else tell();
}, CHECK);

/** @returns {{vaultKey: string, user: string, device: string}|null} while unlocked */
export const current = () => held;

/**
 * @param {() => void} work - called whenever the vault locks, here or in another tab, and after the same idle time; even
 *   where it isn’t open in this page: whoever holds the key there for something else drops it
 * @returns {() => void} stops it
 */
export function onLock(work) {
  watchers.add(work);
  return () => watchers.delete(work);
}

/**
 * Begins an unlocked session after a right PIN.
 * @param {{vaultKey: string, device: object}} parts - device: its record from the key store
 * @returns {Promise<void>} throws ServerError; the vault is unlocked in this page even then
 */
export async function begin({ vaultKey, device }) {
  hold({ vaultKey, user: device.user, device: device.id });
  const tab = randomId();
  const bytes = randomBytes(32);
  const iv = randomBytes(IV);
  const sealed = await crypto.subtle.encrypt(gcm(iv, tab, device), await keyFrom(bytes, 'encrypt'), utf8(vaultKey));
  await signedFetch('/devices/tab-keys', { device, json: { tab, key: base64(bytes) } });
  const slot = { tab, user: device.user, device: device.id, sealed: base64(concat(iv, new Uint8Array(sealed))) };
  sessionStorage.setItem(SLOT, JSON.stringify(slot));
}

/**
 * Goes on after a page load.
 * @param {string} user - who is signed in; what another user left in this tab is dropped
 * @returns {Promise<{vaultKey: string, user: string, device: string}|null>} null where a PIN is needed; throws
 *   ServerError (`offline`, …) where that isn't known
 */
export async function reopen(user) {
  if (held?.user === user) return held;
  const slot = JSON.parse(sessionStorage.getItem(SLOT) ?? 'null');
  const device = slot?.user === user ? await deviceBy(slot.device) : null;
  if (!device) return drop();
  try {
    const { key } = await signedFetch('/devices/tab-keys/open', { device, json: { tab: slot.tab } });
    const sealed = fromBase64(slot.sealed);
    const unsealing = await keyFrom(fromBase64(key, 32), 'decrypt');
    const opened = await crypto.subtle.decrypt(gcm(sealed.subarray(0, IV), slot.tab, device), unsealing, sealed.subarray(IV));
    const vaultKey = fromUtf8(new Uint8Array(opened));
    secretOf(vaultKey);
    return hold({ vaultKey, user, device: device.id });
  } catch (error) {
    // Kept while offline, and when the server fails: the next try may succeed.
    if (error.name === 'ServerError' && (error.status === 0 || error.status >= 500 || error.status === 429)) throw error;
    return drop();
  }
}

/**
 * Locks every tab of the user.
 * @param {string} [user] - given where this page itself may hold nothing
 * @returns {Promise<void>} throws ServerError where the server couldn't be told
 */
export async function lock(user = held?.user) {
  channel.postMessage({ user });
  const told = postJson('/devices/lock'); // on its way before the page may leave
  drop(true);
  await told;
}

/** Call it when the person does something: restarts the idle clock here; in other tabs and at the server at most once a minute. */
export function touch() {
  lastTouch = Date.now();
  if (!held) return;
  if (lastTouch - lastPing < PING) return;
  lastPing = lastTouch;
  channel.postMessage({ user: held.user, touched: true });
  // The server may have locked: after its own idle limit, or because the session was ended from elsewhere.
  postJson('/devices/activity').catch(({ status }) => [401, 410].includes(status) && drop());
}

function hold(session) {
  held = session;
  lastPing = Date.now();
  touch();
  return held;
}

function drop(isLock = held !== null) {
  held = null;
  sessionStorage.removeItem(SLOT);
  if (isLock) tell();
  return null;
}

const tell = () => watchers.forEach((work) => work());

const keyFrom = (bytes, use) => crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [use]);

const gcm = (iv, tab, { user, id }) =>
  ({ name: 'AES-GCM', iv, additionalData: lv('spare-key/v1/tab', location.origin, user, id, tab) });
