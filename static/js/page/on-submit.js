/** Forms that are worked on in this page and never sent. */
import { hush, tell } from './error-messages.js';
import { retryNotice } from './retry-notice.js';

/** @import { Failure } from '../crypto/errors.js' */

/** What is wrong with what was typed, and not with the network, the server or the moment. */
const TYPED = new Set([
  ...['no_pin', 'wrong_pin', 'pin_not_digits', 'pin_too_short', 'pin_repeats', 'pin_runs', 'pin_common', 'pins_differ'],
  ...['code_mistyped', 'code_used', 'no_digits', 'wrong_digits', 'wrong_characters', 'wrong_fingerprint'],
  ...['kit_differs', 'wrong_passphrase'],
]);

/**
 * What is harmless to repeat (`isHarmless` of the error) is submitted again by itself, as it stands in the form.
 * @param {HTMLFormElement} form - one submission at a time; its button works from now on
 * @param {(...values: string[]) => Promise<void>} work - hears what is typed; what it throws is told, unless it was
 *   (`told`)
 * @param {HTMLElement} host - has the error slot and the sentences
 * @param {(error: Failure) => void} [failed] - called before the error is told
 */
export function onSubmit(form, work, host, failed = () => {}) {
  const slot = host.querySelector('[role=alert][id]');
  let isByItself = false;
  const again = retryNotice(slot, () => { isByItself = true; form.requestSubmit(); });
  form.addEventListener('input', () => { // somebody thinks again
    again.done();
    mark(form, null);
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy) return;
    const byItself = isByItself;
    isByItself = false;
    again.stop();
    hush(slot);
    mark(form, null);
    form.ariaBusy = 'true';
    try {
      await work(...[...form.querySelectorAll('input')].map(({ value }) => value));
      again.done();
    } catch (error) {
      failed(error);
      tell(slot, error, host);
      if (TYPED.has(error.code)) mark(form, slot);
      again.failed(error);
      if (!byItself) form.querySelector('input')?.focus();
    }
    form.ariaBusy = null;
  });
  form.querySelector('[type=submit]').disabled = false; // not before it is heard
}

/**
 * Says of the first field that it is wrong, and which element says why; null: of none.
 * @param {HTMLFormElement} form @param {HTMLElement|null} slot
 */
function mark(form, slot) {
  const field = form.querySelector('input');
  if (!field) return;
  field.ariaInvalid = slot && 'true';
  if (slot) field.setAttribute('aria-errormessage', slot.id);
  else field.removeAttribute('aria-errormessage');
}

/** @param {string} address @returns {Promise<never>} busy until the page is gone */
export const leaveFor = (address) => new Promise(() => { location.assign(address); });
