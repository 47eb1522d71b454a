/**
 * Moments in words: in the zone of whoever reads, in the language of the page. A `<time>` says by its `data-time` how
 * it wants to be written: `clock`, `seconds`, `day`, `ago` or `until`. <exact-times> writes those that are in a page.
 */
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];
const LONG_AGO = 28 * 86_400_000; // then a day says more than a number of days
const NEAR_A_CHANGE = 2 * 3_600_000;
/** Where the moment belongs in a sentence that `sentence` has filled, until `withTime` puts it there. */
export const MOMENT = '\u{E000}';

const language = document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(language);
const months = Array.from({ length: 12 }, (_, month) =>
  new Date(2026, month, 15).toLocaleString(language, { month: 'short' }),
);
const two = (number) => String(number).padStart(2, '0');

/** @param {Date} at - minutes ahead of UTC */
const offset = (at) => -at.getTimezoneOffset();

/** @param {Date} at @returns {string} the zone as mails and exports can be compared with: UTC, UTC+5:45, UTC−3:30 */
function zone(at) {
  const minutes = Math.abs(offset(at));
  if (!minutes) return 'UTC';
  const rest = minutes % 60 ? `:${two(minutes % 60)}` : '';
  return `UTC${offset(at) < 0 ? '−' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

/** Where a zone is UTC all year, it may be the browser’s choice and not the person’s: some hide where they are. */
const isUtc = (at) => [0, 6].every((month) => !offset(new Date(at.getFullYear(), month, 1)));

/** When clocks are set back, the same hour comes twice. */
function isNearAChange(at) {
  const [before, after] = [-NEAR_A_CHANGE, NEAR_A_CHANGE].map((span) => offset(new Date(at.getTime() + span)));
  return before !== after;
}

/** @param {Date} at @returns {string} like “30 Nov 2026” */
export const day = (at) => `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}`;

/** @param {Date} at @param {boolean} [seconds] */
const clock = (at, seconds) =>
  `${day(at)}, ${two(at.getHours())}:${two(at.getMinutes())}${seconds ? `:${two(at.getSeconds())}` : ''}`;

/** @param {Date} at @param {boolean} [seconds] @returns {string} like “30 Nov 2026, 11:30”, with its zone in doubt */
export const clockTime = (at, seconds) => clock(at, seconds) + (isUtc(at) || isNearAChange(at) ? ` ${zone(at)}` : '');

/** @param {Date} at @returns {string} like “30 Nov 2026, 11:30:46 UTC+1” */
export const exactTime = (at) => `${clock(at, true)} ${zone(at)}`;

/** @param {Date} at @param {number} now @param {string} words - for less than a minute @returns {string} */
export function ago(at, now, words) {
  const past = now - at.getTime();
  return past >= LONG_AGO ? day(at) : (inUnits(past, -1) ?? words);
}

/** @param {Date} at @param {number} now @param {{soon: string, over: string}} words @returns {string} */
export function until(at, now, { soon, over }) {
  const left = at.getTime() - now;
  return left <= 0 ? over : (inUnits(left, 1) ?? soon);
}

function inUnits(span, sign) {
  const unit = UNITS.find(([, length]) => span >= length);
  return unit && relative.format(sign * Math.floor(span / unit[1]), unit[0]);
}

/**
 * @param {string} at - ISO @param {(string|null|undefined)[]} [among] - what is listed with it: where two of them would
 *   read the same, both say their seconds
 */
export function timeElement(at, among = []) {
  const time = document.createElement('time');
  const minute = (moment) => Math.floor(Date.parse(moment) / 60_000);
  time.dateTime = at;
  time.dataset.time = among.filter((other) => minute(other) === minute(at)).length > 1 ? 'seconds' : 'clock';
  time.textContent = clockTime(new Date(at), time.dataset.time === 'seconds');
  return time;
}

/** @param {string} text - a sentence with MOMENT in it @param {string} at - ISO @returns {(string|Node)[]} */
export function withTime(text, at) {
  const [before, ...after] = text.split(MOMENT);
  return after.length ? [before, timeElement(at), after.join('')] : [before];
}
