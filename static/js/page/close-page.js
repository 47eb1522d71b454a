/**
 * How a page closes: what it shows is hidden first, then what is being typed is kept, then whoever holds keys drops
 * them. Hiding is an attribute of <html> and a rule of the style sheet, so that it happens before anything is waited
 * for.
 */
const PATIENCE = 2_000;
/**
 * Closed in silence beside an open vault: the key of a second factor, its codes, an opened key file, what a recovery
 * opened.
 */
const SECRETS = '[data-one-time-code], .factor-key, key-file [data-state=ready], recovery-preview form:not([hidden])';
const root = document.documentElement;
const keepers = new Set();
/** @type {HTMLElement|null} */
let focused = null;

/** @returns {boolean} whether the page was closed for good: it shows nothing of anybody any more */
export const isClosed = () => ['closed', 'told'].includes(/** @type {string} */ (root.dataset.session));

/** @param {'checking'|'closed'} [why] - checking: until `show`; closed: for good */
export function hide(why = 'checking') {
  if (isClosed()) return;
  focused ??= /** @type {HTMLElement|null} */ (document.activeElement);
  root.dataset.session = why;
}

/** @returns {boolean} whether the page shows or holds a secret that is none of the open vault’s */
export const hasSecret = () => document.querySelector(SECRETS) !== null;

/** What `hide` hid is there again, and the cursor where it was. */
export function show() {
  if (root.dataset.session !== 'checking') return;
  delete root.dataset.session;
  if (focused?.isConnected) focused.focus({ preventScroll: true });
  focused = null;
}

/** A closed page has nothing left of what it showed, and says why. */
export function showWhy() {
  root.dataset.session = 'told';
}

/**
 * @param {() => Promise<void>} work - keeps what is being typed, sealed; it has the key for that itself
 * @returns {() => void} stops it
 */
export function onClosing(work) {
  keepers.add(work);
  return () => keepers.delete(work);
}

/** @returns {Promise<void>} when all is kept, or can’t be within two seconds: no key stays for longer than that */
export async function keepTyped() {
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  await Promise.race([Promise.allSettled([...keepers].map(async (work) => work())), late]);
}
