/** Below an error slot: when it is tried again by itself, and the button that tries it now. */
import { Retry } from './retry.js';
import { sentence } from './error-messages.js';

const LONG = 99; // seconds that are told as such

/**
 * @param {HTMLElement|null} slot - of the error @param {() => void} work - as the person would begin it
 * @returns {Retry}
 */
export function retryNotice(slot, work) {
  /** @type {Element|null} */
  let line = null;
  const repeating = new Retry(() => (!slot || slot.isConnected) && work(), (seconds) => {
    if (seconds === null) {
      line?.remove();
      line = null;
      return;
    }
    line ??= lineAfter(slot, repeating);
    if (line) /** @type {Element} */ (line.firstElementChild).textContent = againIn(null, seconds);
  });
  return repeating;
}

/** @param {Element|null} near @param {number} seconds @returns {string} when it goes again, in words */
export const againIn = (near, seconds) => (seconds <= LONG
  ? sentence(near, 'again_in', { seconds })
  : sentence(near, 'again_in_minutes', { minutes: Math.ceil(seconds / 60) }));

function lineAfter(slot, repeating) {
  const shown = document.getElementById('trying-again')?.content.cloneNode(true).firstElementChild;
  if (!slot || !shown) return null;
  shown.querySelector('button').addEventListener('click', repeating.now);
  slot.after(shown);
  return shown;
}
