/** Enter Pairing Code: answers the other device’s offer with the code that it shows. */
import { onSubmit } from '../../page/on-submit.js';
import { typeCode } from '../joiner.js';

customElements.define('pairing-code', class extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector('form');
    onSubmit(form, async (typed) => {
      if (!this.#poll.dataset.offer) await this.#hurry(); // the other device may have shown a code since the last poll
      const { offer, offerSignature } = this.#poll.dataset;
      await typeCode({ ...this.dataset, offer, offerSignature }, typed.replace(/\s/g, ''));
      form.reset();
      await this.#news();
    }, this, (error) => { error.isHarmless = false; }); // an automatic retry could answer the next code’s offer
  }

  get #poll() { return this.querySelector('#pairing-poll'); }

  /** Polls at once instead of a moment later. Where there is news, the answer replaces the element that polls. */
  #hurry() {
    const nothingNew = new Promise((resolve) => {
      this.#poll.addEventListener('htmx:finally:request', resolve, { once: true });
    });
    const news = this.#news();
    this.#poll.dispatchEvent(new Event('hurry'));
    return Promise.race([nothingNew, news]);
  }

  /** The button stays busy until the page has heard how things stand. */
  #news() {
    const status = this.querySelector('[role=status]');
    return new Promise((resolve) => { new MutationObserver(resolve).observe(status, { childList: true }); });
  }
});
