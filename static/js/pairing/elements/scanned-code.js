/**
 * The page that the QR code of a pairing code opens, on the new device: takes the digits out of the address before
 * anything else happens, shows them, and answers with them only once somebody has compared them.
 *
 * Its `data-standing` is what the server says: offered, with the offer; else why nothing can be answered. Without the
 * digits, or where they came by a detour, belong to another offer or were used, it says so and answers nothing.
 */
import { CryptoError } from '../../crypto/errors.js';
import { markOf, readScanned } from '../../crypto/scanned-codes.js';
import { onSubmit } from '../../page/on-submit.js';
import { sentence } from '../../page/error-messages.js';
import { awaitKey, demandUnused, typeCode } from '../joiner.js';

const scanned = readScanned(location.hash);
if (location.hash) history.replaceState(null, '', location.pathname);
const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
const isDetour = navigation?.redirectCount !== 0; // what can’t be known counts as one

customElements.define('scanned-code', class extends HTMLElement {
  #code = '';

  connectedCallback() {
    this.#look().catch((error) => this.#refuse(error));
    this.addEventListener('time-up', () => { if (this.#code) this.#refuse({ code: 'late' }); });
    this.querySelector('[data-do=differ]').addEventListener('click', () => this.#refuse({ code: 'differ' }));
  }

  async #look() {
    const { standing, offer } = this.dataset;
    if (!scanned) throw new CryptoError('no_digits_here');
    if (isDetour) throw new CryptoError('detour');
    if (standing !== 'offered') throw new CryptoError(standing);
    if (await markOf(offer) !== scanned.mark) throw new CryptoError('late');
    await demandUnused(this.#parts, scanned.code);
    this.#code = scanned.code;
    this.querySelector('output').textContent = scanned.code.replace(/^.../, '$& ');
    this.#show('compare');
    onSubmit(this.querySelector('form'), () => this.#answer(), this, (error) => { error.isHarmless = false; });
  }

  async #answer() {
    const code = this.#code;
    await typeCode(this.#parts, code).catch((error) => {
      if (error.name === 'ServerError') throw error; // or no answer: the same message goes once more
      this.#refuse(error);
      throw Object.assign(error, { told: true });
    });
    this.#code = '';
    this.#show('checking');
    await awaitKey(this.#parts).then(() => location.replace(this.dataset.next), (error) => this.#refuse(error));
  }

  /** Nothing is answered from now on. @param {{code?: string}} error */
  #refuse(error) {
    this.#code = '';
    this.querySelector('output').textContent = '';
    const code = error.code ?? 'unexpected';
    const browser = scanned?.browser || sentence(this, 'that_browser');
    const line = this.querySelector('[data-part=refused] [data-why]');
    line.textContent = sentence(this, code, { browser });
    line.dataset.why = code;
    this.#show('refused');
  }

  #show(name) {
    for (const part of this.querySelectorAll('[data-part]')) part.hidden = part.dataset.part !== name;
    document.title = `${this.querySelector('[data-part]:not([hidden]) h1').textContent} · Spare Key`;
    this.querySelector('[data-part]:not([hidden]) h1').focus();
  }

  get #parts() { return /** @type {Record<string, string>} */ ({ ...this.dataset }); }
});
