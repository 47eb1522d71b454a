/** Which PINs are too easy to guess within ten tries. The same rules as in webapp/client/pins.py. */
import { CryptoError } from './crypto/errors.js';

const SHORTEST = 6;
const UP = '01234567890123456789';
const DOWN = '98765432109876543210';
const COMMON = ['112233', '112358', '123321', '159753', '246810', '696969', '789456', '147258', '102030'];

/** @param {string} pin - as typed @returns {string|null} the code of what is wrong with it */
export function weakness(pin) {
  const typed = pin.normalize('NFKC');
  if (!/^[0-9]*$/.test(typed)) return 'pin_not_digits';
  if (typed.length < SHORTEST) return 'pin_too_short';
  if (/^(.{1,3})\1+$/.test(typed)) return 'pin_repeats';
  if (UP.includes(typed) || DOWN.includes(typed)) return 'pin_runs';
  return COMMON.includes(typed) ? 'pin_common' : null;
}

/** @param {string} pin @param {string} again - typed a second time @returns {string} the PIN; throws the code */
export function newPin(pin, again) {
  const code = weakness(pin) ?? (pin === again ? null : 'pin_differs');
  if (code) throw new CryptoError(code);
  return pin;
}
