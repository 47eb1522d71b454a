/**
 * What a JSON value must look like before anything in it is used. A shape is a predicate, `[shape]` for a list, or an
 * object of shapes; a field whose name ends in `?` may be missing, and further fields are let be.
 */
import { fromBase64 } from './bytes.js';
import { CryptoError, strictly } from './errors.js';
import { parseRecipient, secretOf } from './identities.js';

/** @param {(value: any) => unknown} work - throws what it doesn’t take @returns {(value: unknown) => boolean} */
const accepts = (work) => (value) => {
  try {
    work(value);
    return true;
  } catch {
    return false;
  }
};

/** @param {unknown} value @returns {value is string} */
export const text = (value) => typeof value === 'string';
/** @param {any} value */
export const count = (value) => Number.isSafeInteger(value) && value >= 0;
/** @param {unknown} value */
export const id = (value) => text(value) && /^[0-9a-f]{32}$/.test(value);
/** @param {unknown} value */
export const digest = (value) => text(value) && /^[0-9a-f]{64}$/.test(value);
/** @param {unknown} value */
export const fingerprint = (value) => text(value) && /^[a-z2-7]{52}$/.test(value);
/** @param {unknown} value */
export const time = (value) => text(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);
/** @param {number} [length] */
export const octets = (length) => accepts((value) => fromBase64(value, length));
export const recipient = accepts(parseRecipient);
export const identity = accepts(secretOf);
/** @param {unknown[]} shapes @returns {(value: unknown) => boolean} */
export const either = (...shapes) => (value) => shapes.some((shape) => fits(value, shape));
/** @param {unknown[]} values @returns {(value: unknown) => boolean} */
export const exactly = (...values) => (value) => values.includes(value);

/** @param {any} value @param {any} shape @returns {boolean} */
export function fits(value, shape) {
  if (typeof shape === 'function') return shape(value);
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((each) => fits(each, shape[0]));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.entries(shape).every(([key, inner]) => {
    const name = key.replace(/\?$/, '');
    return Object.hasOwn(value, name) ? fits(value[name], inner) : name !== key;
  });
}

/** @param {string} json @returns {any} throws `malformed` unless JSON */
export const fromJson = (json) => strictly(() => JSON.parse(json));

/** @param {string} json @param {unknown} shape @returns {any} the value; throws `malformed` unless it fits */
export function parse(json, shape) {
  const value = fromJson(json);
  if (!fits(value, shape)) throw new CryptoError('malformed');
  return value;
}
