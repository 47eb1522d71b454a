/**
 * CPace (draft-irtf-cfrg-cpace-21), cipher suite CPACE-RISTR255-SHA512: two parties that know the same short code get
 * the same strong key, and whoever doesn't know it has one guess for each run. Roles are fixed: A initiates, B
 * responds.
 */
import { hmac, ristretto255, ristretto255_hasher, sha512 } from '../../vendor/crypto.js';
import { concat, lv, randomBytes, utf8 } from './bytes.js';
import { CryptoError, failing } from './errors.js';

const { Point } = ristretto255;
const DSI = 'CPaceRistretto255';
const BLOCK = 128; // of SHA-512 (s_in_bytes)

/**
 * generator_string (section 8.1).
 * @param {Uint8Array} prs - the code @param {Uint8Array} ci @param {Uint8Array} sid @returns {Uint8Array}
 */
export function generatorString(prs, ci, sid) {
  const padding = Math.max(0, BLOCK - lv(prs).length - lv(DSI).length - 1);
  return lv(DSI, prs, new Uint8Array(padding), ci, sid);
}

/**
 * calculate_generator (section 8.3).
 * @param {Uint8Array} prs @param {Uint8Array} ci @param {Uint8Array} sid
 *   @returns {import('../../vendor/crypto.js').Point}
 */
export const calculateGenerator = (prs, ci, sid) =>
  ristretto255_hasher.deriveToCurve(sha512(generatorString(prs, ci, sid)));

/**
 * sample_scalar (section 8.3).
 * @returns {Uint8Array} 252 random bits, little-endian; for one run only (section 10.9)
 */
export function sampleScalar() {
  const scalar = randomBytes(32);
  scalar[31] &= 0x0f;
  return scalar;
}

/**
 * scalar_mult (section 8.3).
 * @param {Uint8Array} scalar @param {import('../../vendor/crypto.js').Point} point - of `calculateGenerator`
 * @returns {Uint8Array} the share, 32 bytes
 */
export const scalarMult = (scalar, point) => point.multiply(Point.Fn.fromBytes(scalar)).toBytes();

/**
 * scalar_mult_vfy (section 8.3). @param {Uint8Array} scalar @param {Uint8Array} share - the other party's
 * @returns {Uint8Array} K, never to be shown; throws `bad_share` where the draft says to abort: no point, or the
 *   neutral one
 */
export function scalarMultVfy(scalar, share) {
  const point = decode(share);
  if (point.equals(Point.ZERO)) throw new CryptoError('bad_share');
  return scalarMult(scalar, point);
}

/**
 * ISK with the transcript of initiator and responder (section 7.2).
 * @param {{sid: Uint8Array, k: Uint8Array, ya: Uint8Array, ada: Uint8Array, yb: Uint8Array, adb: Uint8Array}} run
 * @returns {Uint8Array} 64 bytes
 */
export const sessionKey = ({ sid, k, ya, ada, yb, adb }) =>
  sha512(concat(lv(`${DSI}_ISK`, sid, k), lv(ya, ada), lv(yb, adb)));

/**
 * What shows that a party has ISK and meant its message (section 10.4).
 * @param {Uint8Array} sid @param {Uint8Array} isk @param {Uint8Array} share @param {Uint8Array} associated - as that
 *   party sent them
 * @returns {Uint8Array} 64 bytes
 */
export const confirmation = (sid, isk, share, associated) =>
  hmac(sha512, sha512(concat(utf8('CPaceMac'), sid, isk)), lv(share, associated));

/** @param {Uint8Array} share */
function decode(share) {
  try {
    return Point.fromBytes(share);
  } catch (cause) {
    return failing('bad_share')(cause);
  }
}
