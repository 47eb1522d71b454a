/**
 * Stands outside of what htmx swaps, on every page of somebody who is signed in, and asks every 12 seconds whether they
 * still are: within 15 seconds of whatever ended it, the page is closed and says why. A page that comes back into
 * sight, from another tab, a cache or a laptop’s sleep, is hidden until the answer is there, unless the last one is
 * younger than 15 seconds.
 *
 * Without a word of the server (no network, somebody else who answers in its place) everything stays as it is for five
 * minutes; then an open vault closes, and a page that shows or holds another secret. It comes again by itself once the
 * server is there, if the session still stands; what was opened or shown once is gone.
 */
import { hasSecret, hide, isClosed, keepTyped, show, showWhy } from '../close-page.js';
import { sentence } from '../error-messages.js';
import { askState } from '../session-state.js';
import { current, drop, tabOf } from '../../device/open-vault.js';

/** @import { State } from '../session-state.js' */

const POLL = 12_000;
const FRESH = 15_000;
const ASLEEP = 3 * POLL;
const SILENCE = 5 * 60_000;
const SILENT = 3; // questions without an answer, at least: one may get lost
const RETRY = 2_000;

const channel = new BroadcastChannel('spare-key/session');

customElements.define('session-watch', class extends HTMLElement {
  #heard = Date.now(); // when the question was asked that was last answered; the page itself was such an answer
  #ticked = Date.now();
  #unanswered = 0;
  #asking = false;
  #again = false; // whether to ask once more: something happened while the last question was under way
  #isPaused = false;

  connectedCallback() {
    setInterval(() => this.#tick(), POLL);
    const seenAgain = () => document.visibilityState === 'visible' && this.#seenAgain();
    document.addEventListener('visibilitychange', seenAgain);
    window.addEventListener('focus', seenAgain);
    window.addEventListener('online', () => this.#check());
    window.addEventListener('pagehide', () => hide()); // so that no cache has a picture of it
    window.addEventListener(
      'pageshow',
      ({ persisted }) => persisted && (isClosed() ? location.reload() : this.#seenAgain(true)),
    );
    document.addEventListener('session-watch:check', () => this.#check());
    channel.addEventListener('message', ({ data }) => data.user === this.dataset.user && this.#seenAgain(true));
  }

  #tick() {
    const slept = Date.now() - this.#ticked > ASLEEP;
    this.#ticked = Date.now();
    if (slept) this.#seenAgain();
    else this.#check();
  }

  #seenAgain(isSure = false) {
    if (isSure || Date.now() - this.#heard > FRESH) hide();
    this.#check();
  }

  /** One question at a time. */
  async #check() {
    this.#again = true;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#again && !this.#isOver) {
      this.#again = false;
      await this.#ask();
    }
    this.#asking = false;
  }

  async #ask() {
    const asked = Date.now();
    const tab = tabOf(this.dataset.user);
    const answer = await askState({ tab, notices: shownNotices() });
    if (this.#isOver) return;
    if (!answer) this.#silent();
    else if (answer.state === 'ended') this.#end(answer);
    else if (answer.user !== this.dataset.user) this.#end({});
    else this.#goOn(answer, asked, tab);
  }

  get #isOver() { return isClosed() && !this.#isPaused; }

  /** @param {State} answer @param {number} asked @param {string} tab */
  #goOn({ state, news }, asked, tab) {
    [this.#heard, this.#unanswered] = [asked, 0];
    if (this.#isPaused) return this.#comeBack();
    // Whoever shows the vault leads to the PIN
    if (state === 'locked' && tab === tabOf(this.dataset.user)) return drop(true);
    if (!this.#again) show();
    if (news) document.dispatchEvent(new CustomEvent('notices-due'));
    return undefined;
  }

  /** Once: loading it again would break off the first load. */
  #comeBack() {
    this.#isPaused = false;
    location.reload();
  }

  #silent() {
    this.#unanswered += 1;
    if (this.#isPaused) return undefined;
    if (!(current() || hasSecret()) || Date.now() - this.#heard <= SILENCE) return show();
    if (this.#unanswered >= SILENT) return this.#shut(current() ? 'silent' : 'silent_page');
    setTimeout(() => this.#check(), RETRY);
    return hide();
  }

  /** The other tabs hide what they show, too, and ask for themselves. @param {{said?: string}} answer */
  #end({ said }) {
    channel.postMessage({ user: this.dataset.user });
    return this.#shut('ended', (panel) => {
      panel.querySelector('[data-part=why]').textContent = said ?? sentence(this, 'ended_other');
    });
  }

  /** What is being typed is kept while its key is there; then the key goes, and all that the page showed. */
  async #shut(name, fill = (_panel) => {}) {
    this.#isPaused = name.startsWith('silent');
    hide('closed');
    await keepTyped();
    drop(true, { keepsTab: this.#isPaused });
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    const panel = this.querySelector(`template[data-part=${name}]`).content.cloneNode(true);
    const next = encodeURIComponent(location.pathname + location.search);
    for (const link of panel.querySelectorAll('[data-part=on]')) link.href = `/sign-in?next=${next}`;
    fill(panel);
    const main = document.getElementById('main');
    main.replaceChildren(panel);
    showWhy();
    const heading = main.querySelector('h1');
    document.title = document.title.replace(/^.* · /, `${heading.textContent} · `);
    heading.focus();
  }
});

/** The version of the notices that this page shows; '' where it shows none, or asks for them itself. */
function shownNotices() {
  const address = document.getElementById('notices')?.getAttribute('hx-get');
  return address ? new URL(address, location.href).searchParams.get('version') : '';
}
