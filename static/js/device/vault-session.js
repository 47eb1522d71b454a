/**
 * The unlocked vault key of this tab: in memory, and in sessionStorage sealed under a random tab key that only the
 * server keeps, for 15 idle minutes by its clock. Locking one tab locks all tabs of the user.
 */
import { base64, concat, fromBase64, fromUtf8, lv, randomBytes, randomId, utf8 } from '../crypto/bytes.js';
import { secretOf } from '../crypto/identities.js';
import { deviceBy } from './keystore.js';
import { exactly, octets } from '../crypto/shapes.js';
import { CHANNEL, current, drop, hold as holdOpen, lockTabs, SLOT, tellLocked } from './open-vault.js';
import { isUnsure, postJson, signedFetch } from './server.js';

/** @import { Device } from './keystore.js' */

const IDLE = 15 * 60_000;
const PING = 60_000;
const CHECK = 10_000;
const IV = 12;

const channel = new BroadcastChannel(CHANNEL);
let lastTouch = Date.now();
let lastPing = 0;

channel.addEventListener('message', ({ data }) => {
  if (data.touched && (current()?.user ?? data.user) === data.user) lastTouch = Date.now();
});
for (const kind of ['pointerdown', 'keydown', 'wheel']) {
  document.addEventListener(kind, touch, { capture: true, passive: true });
}
// By the clock on the wall: a timer alone would sleep along with the laptop.
setInterval(() => {
  if (Date.now() - lastTouch <= IDLE) return;
  if (current()) lock(current()?.user, 'idle').catch(() => {});
  else tellLocked();
}, CHECK);

export { current, drop, onLock } from './open-vault.js';

/**
 * Begins an unlocked session after a right PIN.
 * @param {{vaultKey: string, device: Device}} parts
 * @returns {Promise<void>} throws ServerError; the vault is unlocked in this page even then
 */
export async function begin({ vaultKey, device }) {
  hold({ vaultKey, user: device.user, device: device.id });
  const tab = randomId();
  const bytes = randomBytes(32);
  const iv = randomBytes(IV);
  const sealed = await crypto.subtle.encrypt(gcm(iv, tab, device), await keyFrom(bytes, 'encrypt'), utf8(vaultKey));
  await signedFetch('/devices/tab-keys', {
    device,
    json: { tab, key: base64(bytes) },
    holds: {},
    same: { tab },
    harmless: true,
  });
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
  if (current()?.user === user) return current();
  const slot = JSON.parse(sessionStorage.getItem(SLOT) ?? 'null');
  const device = slot?.user === user ? await deviceBy(slot.device) : null;
  if (!device) return drop();
  try {
    const { key } = await signedFetch('/devices/tab-keys/open', {
      device,
      json: { tab: slot.tab },
      holds: { key: octets(32) },
      same: { tab: slot.tab },
      harmless: true,
    });
    const sealed = fromBase64(slot.sealed);
    const unsealing = await keyFrom(fromBase64(key, 32), 'decrypt');
    const opened = await crypto.subtle.decrypt(
      gcm(sealed.subarray(0, IV), slot.tab, device),
      unsealing,
      sealed.subarray(IV),
    );
    const vaultKey = fromUtf8(new Uint8Array(opened));
    secretOf(vaultKey);
    return hold({ vaultKey, user, device: device.id });
  } catch (error) {
    // Kept while offline, and when the server fails: the next try may succeed.
    if (error.name === 'ServerError' && (isUnsure(error) || error.status >= 500 || error.status === 429)) throw error;
    return drop();
  }
}

/**
 * Locks every tab of the user.
 * @param {string} [user] - given where this page itself may hold nothing
 * @param {'by_hand'|'idle'} [why] - for the page that asks for the PIN
 * @returns {Promise<void>} throws ServerError where the server couldn't be told
 */
export async function lock(user = current()?.user, why = 'by_hand') {
  // On its way before the page may leave
  const told = postJson('/devices/lock', { why }, { holds: { locked: exactly(true) }, harmless: true });
  lockTabs(user);
  await told;
}

/**
 * Call it when the person does something: restarts the idle clock here; in other tabs and at the server at most once a
 * minute.
 */
export function touch() {
  lastTouch = Date.now();
  if (!current()) return;
  if (lastTouch - lastPing < PING) return;
  lastPing = lastTouch;
  channel.postMessage({ user: current()?.user, touched: true });
  // The server may have locked: after its own idle limit, or because the session was ended from elsewhere. Where the
  // answer is another, <session-watch> asks in a way that only our server can answer.
  postJson('/devices/activity', {}, { holds: { open: exactly(true) } })
    .catch(({ status }) => status && document.dispatchEvent(new CustomEvent('session-watch:check')));
}

function hold(session) {
  holdOpen(session);
  lastPing = Date.now();
  touch();
  return session;
}

const keyFrom = (bytes, use) => crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [use]);

const gcm = (iv, tab, { user, id }) =>
  ({ name: 'AES-GCM', iv, additionalData: lv('spare-key/v1/tab', location.origin, user, id, tab) });
