/** Forms that are worked on in this page and never sent. */
import { hush, tell } from './sentences.js';

/**
 * @param {HTMLFormElement} form - one submission at a time; its button works from now on
 * @param {(...values: string[]) => Promise<void>} work - hears what is typed; what it throws is told, unless it was (`told`)
 * @param {HTMLElement} host - has the error slot and the sentences
 * @param {(error: Error) => void} [failed] - called before the error is told
 */
export function onSubmit(form, work, host, failed = () => {}) {
  const slot = host.querySelector('[role=alert][id]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy) return;
    hush(slot);
    form.ariaBusy = 'true';
    try {
      await work(...[...form.querySelectorAll('input')].map(({ value }) => value));
    } catch (error) {
      failed(error);
      tell(slot, error, host);
      form.querySelector('input')?.focus();
    }
    form.ariaBusy = null;
  });
  form.querySelector('[type=submit]').disabled = false; // not before it is heard
}

/** @param {string} address @returns {Promise<never>} busy until the page is gone */
export const leaveFor = (address) => new Promise(() => { location.assign(address); });
