/** The host’s page: asks for the PIN, shows the code with the time left, and hands the vault key over. */
import { onSubmit } from '../../page/on-submit.js';
import { letIn, makeOffer } from '../host.js';
import { hush, tell } from '../../page/error-messages.js';
import { unlockWith } from '../../device/unlock.js';
import { onLock } from '../../device/vault-session.js';

customElements.define('pairing-host', class extends HTMLElement {
  // {vaultKey, device} after the right PIN, until it was sent or the vault locks: in memory only, like the code
  #opened = null;
  #run = null; // of the code that is shown: good for one answer
  #stop = () => {};

  connectedCallback() {
    const poll = this.querySelector('[data-live]');
    const look = () => this.#look(/** @type {HTMLElement} */ (poll.firstElementChild).dataset);
    new MutationObserver(look).observe(poll, { childList: true });
    const [first, again] = this.querySelectorAll('form');
    onSubmit(first, async (pin) => {
      this.#opened = await unlockWith(pin, this.dataset.device);
      first.reset();
      await this.#offer();
    }, this, (error) => { error.isHarmless = false; }); // it would show the PIN again
    onSubmit(again, () => this.#offer(), this);
    this.addEventListener('time-up', () => this.#again({ code: 'code_expired' }));
    this.#stop = onLock(() => this.#lock());
  }

  disconnectedCallback() {
    this.#stop();
    this.#opened = this.#run = null;
  }

  #lock() {
    if (!this.#opened) return;
    this.#opened = this.#run = null;
    hush(this.#slot);
    this.#show('asks');
  }

  async #offer() {
    const run = await makeOffer(this.#opened.device, this.dataset);
    if (!this.#opened) return; // locked or left meanwhile: nobody has seen this code
    this.#run = run;
    const shown = this.querySelector('[data-part=shown]');
    const code = shown.querySelector('template').content.cloneNode(true);
    code.querySelector('output').textContent = run.code.replace(/^.../, '$& ');
    shown.querySelector('[data-place]').replaceChildren(code);
    this.#show('shown');
  }

  /** @param {DOMStringMap} news */
  async #look({ state, answer }) {
    if (state === 'confirmed' && !this.#run) this.#sent(); // the key was sent, but the answer got lost
    if (state !== 'answered' || !this.#run) return;
    const run = this.#run;
    this.#run = null;
    this.#show('checking');
    await letIn(this.#opened, run, answer).then(() => this.#sent(), (error) => this.#again(error));
  }

  #sent() {
    this.#opened = null;
    this.#show('sent');
  }

  #again(error) {
    this.#run = null;
    this.#show(this.#opened ? 'again' : 'asks');
    tell(this.#slot, error, this);
    this.querySelector('[data-part]:not([hidden]) :is(input, button)').focus();
  }

  #show(name) {
    for (const part of this.querySelectorAll('[data-part]')) part.hidden = part.dataset.part !== name;
    if (name !== 'shown') this.querySelector('[data-place]').replaceChildren();
  }

  get #slot() { return this.querySelector('[role=alert][id]'); }
});
