/**
 * Forms that htmx sends and that the server does once, however often they come (`data-repeats`): by an id in what is
 * sent, or because they end what stays ended. Where no answer of ours came they go again by themselves, as they stand
 * in the page, until somebody types in them. Whatever else a form asks for may have been changed by somebody
 * meanwhile: that is pressed again.
 */
import { retryNotice } from './retry-notice.js';

/** @import { Failure } from '../crypto/errors.js' */

/** @typedef {{again: import('./retry.js').Retry, submitter: any}} Repeat */

const repeats = new WeakMap(); // by form: {again, submitter}

/**
 * @param {HTMLFormElement|null} form @param {HTMLElement|null} submitter - its button
 * @param {Failure} error - why there is no answer
 */
export function goAgain(form, submitter, error) {
  if (!form?.matches('[data-repeats]')) return;
  const known = repeats.get(form) ?? begin(form);
  known.submitter = submitter;
  known.again.failed(error);
}

/** Our server has answered it. @param {HTMLFormElement|null} form */
export const heard = (form) => repeats.get(/** @type {HTMLFormElement} */ (form))?.again.done();

function begin(form) {
  const known = /** @type {Repeat} */ ({ submitter: null });
  const slot = form.querySelector('[role=alert][id]') ?? form;
  known.again = retryNotice(slot, () => form.requestSubmit(known.submitter?.form === form ? known.submitter : null));
  form.addEventListener('input', () => known.again.done());
  repeats.set(form, known);
  return known;
}
