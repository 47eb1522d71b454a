/**
 * The vault key that is open in this page, if any, and who is told when it goes. Locking one tab locks all tabs of the
 * user. No cryptography and no request here: pages that never open a vault watch over the other tabs, too.
 * `vault-session.js` opens.
 */

/** Where a tab keeps its vault key, sealed under a key that only the server has. */
export const SLOT = 'spare-key/tab';

/** Between the tabs of this browser: `{user}` locks, `{user, touched: true}` says that somebody is there. */
export const CHANNEL = 'spare-key/lock';

const channel = new BroadcastChannel(CHANNEL);
const watchers = new Set();
/** @type {{vaultKey: string, user: string, device: string}|null} */
let held = null;

channel.addEventListener('message', ({ data }) => {
  if (data.touched || (held && held.user !== data.user)) return;
  drop(true);
});

/** @returns {{vaultKey: string, user: string, device: string}|null} while unlocked */
export const current = () => held;

/**
 * @param {{vaultKey: string, user: string, device: string}} session
 * @returns {{vaultKey: string, user: string, device: string}}
 */
export function hold(session) {
  held = session;
  return session;
}

/**
 * @param {() => void} work - called whenever the vault locks, here or in another tab, and after the same idle time;
 *   even where it isn’t open in this page: whoever holds the key there for something else drops it
 * @returns {() => void} stops it
 */
export function onLock(work) {
  watchers.add(work);
  return () => watchers.delete(work);
}

/** Whoever shows something of the vault stops. */
export const tellLocked = () => watchers.forEach((work) => work());

/**
 * Forgets the vault key in this tab, and tells whoever shows something of the vault.
 * @param {boolean} [isLock] - false: nothing was open, and nobody is told
 * @param {{keepsTab?: boolean}} [options] - keepsTab: the sealed key stays in sessionStorage, for `reopen` to ask the
 *   server
 * @returns {null}
 */
export function drop(isLock = held !== null, { keepsTab = false } = {}) {
  held = null;
  if (!keepsTab) sessionStorage.removeItem(SLOT);
  if (isLock) tellLocked();
  return null;
}

/** @param {string} [user] - whose tabs lock, this one among them; the server is told by whoever calls */
export function lockTabs(user) {
  channel.postMessage({ user });
  drop(true);
}

/**
 * @param {string} user
 * @returns {string} the id of this tab, under which the server keeps its key; '' where it keeps none
 */
export function tabOf(user) {
  const slot = JSON.parse(sessionStorage.getItem(SLOT) ?? 'null');
  return slot?.user === user ? slot.tab : '';
}
