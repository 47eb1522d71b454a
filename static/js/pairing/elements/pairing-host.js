/** The host’s page: asks for the PIN, shows the code with the time left, and hands the vault key over. */
import { onSubmit } from '../../page/on-submit.js';
import { extend, letIn, makeOffer } from '../host.js';
import { qrCode } from '../qr-code.js';
import { hush, sentence, tell } from '../../page/error-messages.js';
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
    const [first, more, again] = this.querySelectorAll('form');
    onSubmit(first, async (pin) => {
      this.#opened = await unlockWith(pin, this.dataset.device);
      first.reset();
      await this.#offer();
    }, this, (error) => { error.isHarmless = false; }); // it would show the PIN again
    onSubmit(again, () => this.#offer(), this);
    onSubmit(more, async () => this.#count(await extend(this.#opened.device, this.dataset.pairing)), this);
    this.addEventListener('time-short', () => {
      this.#soon.textContent = sentence(this, more.hidden ? 'code_ends_soon' : 'code_ends_unless');
    });
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
    const way = code.querySelector('[data-qr]');
    shown.querySelector('[data-place]').replaceChildren(code);
    // Where it can’t be drawn, the digits are typed.
    qrCode(run.address).then((picture) => {
      way.querySelector('[role=img]').append(picture);
      way.hidden = false;
    }, () => {});
    shown.querySelector('form').hidden = false;
    this.#show('shown');
  }

  /** The code has so much time now, and gets no more. @param {number} seconds */
  #count(seconds) {
    const former = this.querySelector('time-left');
    if (!former) return; // it was typed meanwhile
    const left = /** @type {HTMLElement} */ (former.cloneNode());
    left.dataset.seconds = String(seconds);
    former.replaceWith(left);
    this.querySelector('[data-part=shown] form').hidden = true;
    this.#soon.textContent = sentence(this, 'code_extended');
    this.querySelector('output').focus();
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
    this.#soon.textContent = '';
  }

  get #soon() { return this.querySelector('[data-soon]'); }

  get #slot() { return this.querySelector('[role=alert][id]'); }
});
