/**
 * Sealing before sending: the first submit event is held back until `work` has filled the form’s hidden inputs, then
 * the same button submits again. It listens in the capture phase, before htmx; validation, Enter and the button stay as
 * ever.
 */
import { goAgain } from './form-retries.js';
import { hush, tell } from './error-messages.js';

/**
 * @param {HTMLElement} host - hears the forms inside it, those swapped in later too; has the error slot and the
 *   sentences
 * @param {(form: HTMLFormElement, submitter: HTMLElement|null) => Promise<boolean|void>} work - sends nothing
 *   where it returns false, or throws
 * @param {string} [only] - selector of the forms to hold back
 * @returns {void} it listens as long as the host lives
 */
export function beforeSubmit(host, work, only = 'form') {
  const busy = new Set();
  const sealed = new Set();
  const listen = async (event) => {
    const form = event.target;
    if (sealed.has(form) || !form.matches(only)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (busy.has(form)) return;
    const slot = host.querySelector('.notice--danger[id]');
    busy.add(form);
    hush(slot);
    form.setAttribute('aria-busy', 'true');
    try {
      if ((await work(form, event.submitter)) === false) return;
      // Quick work ends in a microtask, while the first submission is still under way: browsers then ignore the second.
      await new Promise((resolve) => { setTimeout(resolve); });
      sealed.add(form);
      form.requestSubmit(event.submitter);
    } catch (error) {
      tell(slot, error, host);
      goAgain(form, event.submitter, error);
    } finally {
      sealed.delete(form);
      busy.delete(form);
      form.removeAttribute('aria-busy');
    }
  };
  host.addEventListener('submit', listen, true);
}
