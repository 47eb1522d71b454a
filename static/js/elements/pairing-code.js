/** Enter Pairing Code: answers what the other device offers with the code that it shows. */
import { onSubmit } from '../on-submit.js';
import { typeCode } from '../pairing-new.js';

customElements.define('pairing-code', class extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector('form');
    onSubmit(form, async (typed) => {
      if (!this.#poll.dataset.offer) await this.#hurry(); // it may be shown since the page last heard
      const { offer, offerSignature } = this.#poll.dataset;
      await typeCode({ ...this.dataset, offer, offerSignature }, typed.replace(/\s/g, ''));
      form.reset();
      await this.#news();
    }, this);
  }

  get #poll() { return this.querySelector('#pairing-poll'); }

  /** Asks at once what the page would ask in a moment. Where there is news, it takes the place of what asked. */
  #hurry() {
    const nothingNew = new Promise((resolve) => { this.#poll.addEventListener('htmx:finally:request', resolve, { once: true }); });
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
