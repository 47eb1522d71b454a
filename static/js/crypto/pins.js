/** What makes a PIN too easy to guess within ten tries. The PIN itself goes nowhere from here. */

const SHORTEST = 6;
const UP = '01234567890123456789';
const DOWN = '98765432109876543210';
// What people choose first, beyond repeats and runs.
const COMMON = new Set(['112233', '112358', '123321', '159753', '246810', '696969', '789456', '147258', '102030']);

/**
 * @param {string} pin - as typed
 * @returns {string|null} null where it will do, else `pin_not_digits`, `pin_too_short`, `pin_repeats` (one or two or
 *   three figures over and over), `pin_runs` (figures in a row, up or down), `pin_common`
 */
export function weakness(pin) {
  const typed = pin.normalize('NFKC');
  if (!/^[0-9]*$/.test(typed)) return 'pin_not_digits';
  if (typed.length < SHORTEST) return 'pin_too_short';
  if (/^(.{1,3})\1+$/.test(typed)) return 'pin_repeats';
  if (UP.includes(typed) || DOWN.includes(typed)) return 'pin_runs';
  return COMMON.has(typed) ? 'pin_common' : null;
}

/** @param {string} typed @returns {boolean} whether it can be anybody's PIN at all */
export const isPin = (typed) => /^[0-9]{6,}$/.test(typed.normalize('NFKC'));

/** @param {string} pin @param {string} again @returns {string|null} the weakness, or `pins_differ` */
export const refusal = (pin, again) => weakness(pin) ?? (pin === again ? null : 'pins_differ');
