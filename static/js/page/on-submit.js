/** Forms that are worked on in this page and never sent. */
import { hush, tell } from './error-messages.js';
import { retryNotice } from './retry-notice.js';

/** @import { Failure } from '../crypto/errors.js' */

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
  form.addEventListener('input', () => again.done()); // somebody thinks again
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy) return;
    const byItself = isByItself;
    isByItself = false;
    again.stop();
    hush(slot);
    form.ariaBusy = 'true';
    try {
      await work(...[...form.querySelectorAll('input')].map(({ value }) => value));
      again.done();
    } catch (error) {
      failed(error);
      tell(slot, error, host);
      again.failed(error);
      if (!byItself) form.querySelector('input')?.focus();
    }
    form.ariaBusy = null;
  });
  form.querySelector('[type=submit]').disabled = false; // not before it is heard
}

/** @param {string} address @returns {Promise<never>} busy until the page is gone */
export const leaveFor = (address) => new Promise(() => { location.assign(address); });
