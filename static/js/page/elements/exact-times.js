/**
 * At the foot of each page: writes every `<time data-time>` in the person’s own zone, whoever put it there (a page, a
 * fragment, a script), and anew once its words change. Its button shows all of them to the second, with their zone,
 * until it is pressed again or the tab is closed; pointing at one shows the same.
 */
import { ago, clockTime, day, exactTime, until } from '../formatting.js';
import { serverTime } from '../server-clock.js';

const FRESH = 10_000;
const SLOT = 'exact-times';
const TIMES = 'time[data-time]';

customElements.define('exact-times', class extends HTMLElement {
  #isExact = kept();

  connectedCallback() {
    const button = this.querySelector('button');
    button.ariaPressed = String(this.#isExact);
    button.addEventListener('click', () => {
      this.#isExact = !this.#isExact;
      button.ariaPressed = String(this.#isExact);
      keep(this.#isExact);
      this.#write();
    });
    // Before it is painted: this comes right after whatever changed the page.
    const changes = { childList: true, characterData: true, subtree: true, attributeFilter: ['datetime'] };
    new MutationObserver((records) => this.#changed(records)).observe(document.body, changes);
    setInterval(() => this.#write(), FRESH);
    document.addEventListener('visibilitychange', () => this.#write());
    this.#write();
  }

  /** @param {MutationRecord[]} records */
  #changed(records) {
    const found = new Set();
    for (const { target, addedNodes } of records) {
      const time = (target instanceof Element ? target : target.parentElement)?.closest(TIMES);
      if (time) found.add(time);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        if (node.matches(TIMES)) found.add(node);
        for (const inside of node.querySelectorAll(TIMES)) found.add(inside);
      }
    }
    if (found.size) this.#write(found);
  }

  /** @param {Iterable<HTMLTimeElement>} [times] */
  #write(times = document.body.querySelectorAll(TIMES)) {
    const now = serverTime();
    for (const time of times) {
      const at = new Date(time.dateTime);
      const exact = exactTime(at);
      const words = this.#isExact && !isBesideItself(time) ? exact : this.#words(at, now, time.dataset.time);
      // What says the same is left alone: a screen reader may stand there.
      if (time.textContent !== words) time.textContent = words;
      if (time.title !== exact) time.title = exact;
    }
    this.hidden = !document.body.querySelector(TIMES);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll('_', ' ');
    const place = this.querySelector('span');
    if (place.textContent !== zone) place.textContent = zone;
  }

  #words(at, now, form) {
    if (form === 'ago') return ago(at, now, this.dataset.justNow);
    if (form === 'until') return until(at, now, /** @type {any} */ (this.dataset));
    return form === 'day' ? day(at) : clockTime(at, form === 'seconds');
  }
});

/** Whether the same moment stands beside it by the clock: “30 Nov 2026, 11:30 (3 minutes ago)”. */
function isBesideItself({ dateTime, dataset, parentElement }) {
  const isByTheClock = (time) => time.dateTime === dateTime && ['clock', 'seconds'].includes(time.dataset.time);
  return ['ago', 'until'].includes(dataset.time) && [...parentElement.querySelectorAll(TIMES)].some(isByTheClock);
}

function kept() {
  try {
    return sessionStorage.getItem(SLOT) === 'true';
  } catch {
    return false; // a browser that keeps nothing shows them anew with each page
  }
}

function keep(isExact) {
  try {
    sessionStorage.setItem(SLOT, String(isExact));
  } catch {} // eslint-disable-line no-empty
}
