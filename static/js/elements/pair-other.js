/** On the device that lets another one in: its PIN, the code with the time it has, and what comes of it. */
import { CryptoError } from '../crypto/errors.js';
import { isPin } from '../crypto/pins.js';
import { onSubmit } from '../on-submit.js';
import { letIn, makeOffer } from '../pairing-other.js';
import { tell } from '../sentences.js';
import { unlockWith } from '../unlocking.js';

customElements.define('pair-other', class extends HTMLElement {
  #opened = null; // {vaultKey, device} after the right PIN: in memory only, like the code
  #run = null; // of the code that is shown: good for one answer

  connectedCallback() {
    const poll = this.querySelector('[data-live]');
    new MutationObserver(() => this.#look(poll.firstElementChild.dataset)).observe(poll, { childList: true });
    const [first, again] = this.querySelectorAll('form');
    onSubmit(first, async (pin) => {
      if (!isPin(pin)) throw new CryptoError('no_pin'); // no try is lost by a slip
      this.#opened = await unlockWith(pin, this.dataset.device);
      first.reset();
      await this.#offer();
    }, this);
    onSubmit(again, () => this.#offer(), this);
    this.addEventListener('time-up', () => this.#again({ code: 'code_expired' }));
  }

  disconnectedCallback() {
    this.#opened = this.#run = null;
  }

  async #offer() {
    this.#run = await makeOffer(this.#opened.device, this.dataset);
    const shown = this.querySelector('[data-part=shown]');
    const code = shown.querySelector('template').content.cloneNode(true);
    code.querySelector('output').textContent = this.#run.code.replace(/^.../, '$& ');
    shown.querySelector('[data-place]').replaceChildren(code);
    this.#show('shown');
  }

  async #look({ state, answer }) {
    if (state === 'confirmed' && !this.#run) this.#show('sent'); // where its answer got lost
    if (state !== 'answered' || !this.#run) return;
    const run = this.#run;
    this.#run = null;
    this.#show('checking');
    await letIn(this.#opened, run, answer).then(() => this.#show('sent'), (error) => this.#again(error));
  }

  #again(error) {
    this.#run = null;
    this.#show('again');
    tell(this.querySelector('[role=alert][id]'), error, this);
    this.querySelector('[data-part=again] button').focus();
  }

  #show(name) {
    for (const part of this.querySelectorAll('[data-part]')) part.hidden = part.dataset.part !== name;
    if (name !== 'shown') this.querySelector('[data-place]').replaceChildren();
  }
});
