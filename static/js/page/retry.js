/**
 * What is harmless to repeat goes again by itself, slower each time: at once when the connection is back, never while
 * nobody looks at the page. What counts tries never comes here: such errors are not harmless.
 */

/** @import { Failure } from '../crypto/errors.js' */
const FIRST = 4_000; // milliseconds
const LONGEST = 60_000;
const MOST = 12;
const SPREAD = 0.25; // so that many pages don’t come back together
const SECOND = 1_000;

/**
 * @param {number} times - how often it went already @param {number} [asked] - seconds that were asked for
 * @returns {number} milliseconds
 */
export function pauseAfter(times, asked = 0) {
  const pause = Math.min(FIRST * 2 ** times, LONGEST);
  return Math.max(pause * (1 - SPREAD + 2 * SPREAD * Math.random()), asked * SECOND);
}

/** One thing that is tried again. */
export class Retry {
  #work;
  #tell;
  #times = 0;
  /** @type {number|null} */
  #due = null; // on the clock of the wall: a timer alone would sleep along with the laptop
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #ticking;
  #most;

  /**
   * @param {() => void} work - tries it again; what comes of it is told by `failed` or `done`
   * @param {(seconds: number|null) => void} [tell] - hears each second how long it is still; null: nothing is waited
   *   for
   * @param {number} [most] - how often it goes by itself
   */
  constructor(work, tell = () => {}, most = MOST) {
    this.#work = work;
    this.#most = most;
    this.#tell = tell;
  }

  /**
   * @param {Failure} error @returns {boolean} whether it goes again by itself
   */
  failed(error) {
    this.stop();
    if (!error.isHarmless || this.#times >= this.#most) return false;
    this.#due = Date.now() + pauseAfter(this.#times, error.details?.retry_after);
    this.#times += 1;
    this.#ticking = setInterval(this.#look, SECOND);
    addEventListener('online', this.now);
    document.addEventListener('visibilitychange', this.#look);
    this.#look();
    return true;
  }

  /** It has worked, or somebody does something else. */
  done() {
    this.stop();
    this.#times = 0;
  }

  /** Nothing goes by itself; how often it went is remembered. */
  stop() {
    clearInterval(this.#ticking);
    removeEventListener('online', this.now);
    document.removeEventListener('visibilitychange', this.#look);
    if (this.#due !== null) this.#tell(null);
    this.#due = null;
  }

  /** Tries at once. */
  now = () => {
    this.stop();
    this.#work();
  };

  #look = () => {
    if (document.hidden) return;
    const left = Math.ceil((Number(this.#due) - Date.now()) / SECOND);
    if (left > 0) this.#tell(left);
    else this.now();
  };
}

/**
 * Does it until it works, for what nobody presses again: the work sends the same bytes each time.
 * @template T @param {() => Promise<T>} work @param {number} [most] - milliseconds for all of it
 * @returns {Promise<T>} throws what the last try threw
 */
export async function repeated(work, most = LONGEST) {
  const end = Date.now() + most;
  for (let times = 0; ; times += 1) {
    try {
      return await work();
    } catch (error) {
      const pause = pauseAfter(times, error.details?.retry_after);
      if (!error.isHarmless || Date.now() + pause > end) throw error;
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
  }
}
