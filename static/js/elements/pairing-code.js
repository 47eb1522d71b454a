/** Enter Pairing Code: answers what the other device offers with the code that it shows. */
import { onSubmit } from '../on-submit.js';
import { typeCode } from '../pairing-new.js';

customElements.define('pairing-code', class extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector('form');
    onSubmit(form, async (typed) => {
      const { offer, offerSignature } = this.querySelector('#pairing-poll').dataset;
      await typeCode({ ...this.dataset, offer, offerSignature }, typed.replace(/\s/g, ''));
      form.reset();
      await this.#news();
    }, this);
  }

  /** The button stays busy until the page has heard how things stand. */
  #news() {
    const status = this.querySelector('[role=status]');
    return new Promise((resolve) => { new MutationObserver(resolve).observe(status, { childList: true }); });
  }
});
