/**
 * Pairing, protocol `pair/v1`: the other device O, whose vault is open, shows a code; the new device N types it, and
 * CPace (draft-irtf-cfrg-cpace-21; O is A, N is B) tells both whether nobody stands between them. Only then O sends the
 * vault key. In the order of the messages: `announce` (N), `readAnnouncement` and `offer` (O), `answer` (N), `confirm`
 * (O), `accept` (N).
 */
import { base64, concat, equal, fromBase64, fromUtf8, lv, now, randomBytes, randomId, sha256, utf8 } from './bytes.js';
import { calculateGenerator, confirmation, sampleScalar, scalarMult, scalarMultVfy, sessionKey } from './cpace.js';
import { CryptoError, failing } from './errors.js';
import { secretOf } from './identities.js';
import { open, seal } from './sealing.js';
import { exactly, id, octets, parse, recipient, text, time } from './shapes.js';
import { sign, verify } from './signatures.js';

const LABEL = 'spare-key/pair/v1/CPACE-RISTR255-SHA512/draft-21';
const ANNOUNCEMENT_LABEL = 'spare-key/v1/pairing';
const OFFER_LABEL = 'spare-key/v1/pairing-offer';
const IV = 12;
/** @param {string} type @param {object} fields */
const shape = (type, fields) => ({ v: exactly(1), type: exactly(type), pairing: id, ...fields });
const KEYS = { device: id, sign: octets(32), recipient };
const PLACE = { origin: text, organisation: id, user: id };
const ANNOUNCEMENT = shape('pairing', { ...PLACE, ...KEYS, nonce: octets(16), browser: text, made_at: time });
const OFFER = shape('pairing-offer', { ...KEYS, nonce: octets(16), share: octets(32) });
const ANSWER = shape('pairing-answer', { share: octets(32), associated: octets(), tag: octets(64) });
const KEY = shape('pairing-key', { tag: octets(64), sealed: octets() });

/**
 * @typedef {{exact: string, signature: string}} Signed - JSON as it was signed, and the signature in base64
 * @typedef {{pairing: string, origin: string, organisation: string, user: string, device: string, sign: string,
 *   recipient: string, nonce: string, browser: string, made_at: string}} Announcement
 * @typedef {{id: string, sign: string, recipient: string}} Keys - of a device
 * @typedef {{ci: Uint8Array, sid: Uint8Array, ada: Uint8Array, adb: Uint8Array}} Transcript
 * @typedef {Transcript & {pairing: string, scalar?: Uint8Array, share: Uint8Array, recipient: string}} Offering
 * @typedef {Transcript & {pairing: string, isk: Uint8Array, ta: Uint8Array, tb: Uint8Array, by: Keys}} Answering
 */

/**
 * @returns {string} six digits, each code as likely as any other: numbers beyond the last whole million are drawn again
 */
export function makeCode() {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return number < 4_294_000_000 ? String(number % 1_000_000).padStart(6, '0') : makeCode();
}

/**
 * N says who wants to be paired.
 * @param {{origin: string, organisation: string, user: string, device: string, sign: string, recipient: string,
 *   browser: string, signingKey: CryptoKey|Uint8Array}} parts - the new device's id, keys (sign in base64) and label
 * @returns {Promise<Signed & {pairing: string}>} keep `exact`: `answer` needs it
 */
export async function announce({
  origin,
  organisation,
  user,
  device,
  sign: publicKey,
  recipient,
  browser,
  signingKey,
}) {
  const pairing = randomId();
  const fields = {
    origin,
    organisation,
    user,
    device,
    sign: publicKey,
    recipient,
    nonce: base64(randomBytes(16)),
    browser,
    made_at: now(),
  };
  return { ...(await signed(write('pairing', pairing, fields), ANNOUNCEMENT_LABEL, signingKey)), pairing };
}

/**
 * O reads it, to ask whether that is the browser in the person's hands.
 * @param {Signed} announcement @param {{origin: string, organisation: string, user: string, pairing: string}} expected
 * @returns {Promise<Announcement>} for `offer`; throws `malformed`, `bad_signature`, `wrong_origin`,
 *   `wrong_member`, `wrong_pairing`
 */
export async function readAnnouncement(announcement, { origin, organisation, user, pairing }) {
  const fields = await verified(announcement, ANNOUNCEMENT, ANNOUNCEMENT_LABEL);
  if (fields.origin !== origin) throw new CryptoError('wrong_origin');
  if (fields.organisation !== organisation || fields.user !== user) throw new CryptoError('wrong_member');
  demandSame(fields, { pairing });
  return fields;
}

/**
 * O's half of a run. Every offer needs a fresh code.
 * @param {{announcement: Announcement, code: string, device: string, sign: string, recipient: string,
 *   signingKey: CryptoKey|Uint8Array}} parts - announcement as read; code of `makeCode`, to be shown once this has
 *   returned; id and keys of O
 * @returns {Promise<Signed & {state: Offering}>} keep the state in memory only, for `confirm`; throws `malformed`,
 *   `reflected`
 */
export async function offer({ announcement, code, device, sign: publicKey, recipient, signingKey }) {
  const { pairing } = announcement;
  const fields = { device, sign: publicKey, recipient, nonce: base64(randomBytes(16)) };
  const run = await transcript(announcement, fields);
  const { scalar, share } = half(run, code);
  const exact = write('pairing-offer', pairing, { ...fields, share: base64(share) });
  const state = { ...run, pairing, scalar, share, recipient: announcement.recipient };
  return { ...(await signed(exact, OFFER_LABEL, signingKey)), state };
}

/**
 * N's half, with the code as it was typed. Answer an offer once: each answer tells its reader whether one guess was
 * right.
 * @param {{exact: string, offer: Signed, code: string}} parts - exact: the announcement, as this browser made it
 * @returns {Promise<{message: string, state: Answering}>} throws `malformed`, `wrong_pairing`, `bad_signature`,
 *   `bad_share`, `reflected`
 */
export async function answer({ exact, offer: offered, code }) {
  const announcement = parse(exact, ANNOUNCEMENT);
  const fields = await verified(offered, OFFER, OFFER_LABEL);
  demandSame(fields, announcement);
  const run = await transcript(announcement, fields);
  const ya = fromBase64(fields.share, 32);
  const { scalar, share: yb } = half(run, code);
  const agreed = agree(run, scalarMultVfy(scalar, ya), ya, yb);
  const { pairing, device, sign: publicKey, recipient } = fields;
  const message = write('pairing-answer', pairing, {
    share: base64(yb),
    associated: base64(run.adb),
    tag: base64(agreed.tb),
  });
  return { message, state: { ...run, ...agreed, pairing, by: { id: device, sign: publicKey, recipient } } };
}

/**
 * O sees whether N knows the code and is who O was told, and only then seals the vault key to it.
 * @param {Offering} state - of `offer`; used up by this, whatever comes of it: a code is good for one try
 * @param {string} answered - the message of `answer` @param {string} vaultKey
 * @returns {Promise<string>} the last message; throws `wrong_code`, `wrong_pairing`, `reflected`, `bad_share`,
 *   `malformed`
 */
export async function confirm(state, answered, vaultKey) {
  const { scalar, share: ya, sid } = state;
  delete state.scalar;
  if (!scalar) throw new CryptoError('wrong_code');
  const fields = parse(answered, ANSWER);
  const [yb, adb] = [fromBase64(fields.share), fromBase64(fields.associated)];
  demandSame(fields, state);
  if (equal(ya, yb) || equal(state.ada, adb)) throw new CryptoError('reflected');
  if (!equal(state.adb, adb)) throw new CryptoError('wrong_pairing');
  const { isk, ta, tb } = agree(state, scalarMultVfy(scalar, yb), ya, yb);
  if (!equal(tb, fromBase64(fields.tag))) throw new CryptoError('wrong_code');
  secretOf(vaultKey);
  const iv = randomBytes(IV);
  const file = await seal(utf8(vaultKey), [state.recipient]);
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm(iv, sid), await channelKey(isk, sid, 'encrypt'), file));
  return write('pairing-key', fields.pairing, { tag: base64(ta), sealed: base64(concat(iv, sealed)) });
}

/**
 * N sees whether O knows the code, and only then opens what it sent.
 * @param {Answering} state - of `answer` @param {string} confirmed - the message of `confirm`
 * @param {CryptoKey|string} identity - the new device's X25519 key
 * @returns {Promise<{vaultKey: string, by: Keys}>} give `by` to `demandListed`
 *   once the vault is open; throws `wrong_code`, `wrong_pairing`, `reflected`, `wrong_key`, `malformed`
 */
export async function accept(state, confirmed, identity) {
  const { sid, isk, ta, tb, by } = state;
  const fields = parse(confirmed, KEY);
  const [tag, sealed] = [fromBase64(fields.tag), fromBase64(fields.sealed)];
  demandSame(fields, state);
  if (equal(tag, tb)) throw new CryptoError('reflected');
  if (!equal(tag, ta)) throw new CryptoError('wrong_code');
  const key = await channelKey(isk, sid, 'decrypt');
  const file = await crypto.subtle
    .decrypt(gcm(sealed.subarray(0, IV), sid), key, sealed.subarray(IV))
    .catch(failing('malformed'));
  const vaultKey = fromUtf8(await open(new Uint8Array(file), [identity]));
  secretOf(vaultKey);
  return { vaultKey, by };
}

/**
 * @param {import('./documents.js').Manifest} manifest - of the vault that the key opened, its signature checked
 * @param {Record<string, string>} by - of `accept`
 * @returns {void} throws `wrong_pairing` unless the device that paired this one stands in the vault's own list
 */
export function demandListed(manifest, by) {
  /** @param {Record<string, string>} each */
  const same = (each) => ['id', 'sign', 'recipient'].every((name) => each[name] === by[name]);
  if (!manifest.devices.some(same)) throw new CryptoError('wrong_pairing');
}

/**
 * What both sides of a run have to see alike.
 * @param {Record<string, string>} announcement - of N @param {Record<string, string>} offered - of O
 * @returns {Promise<Transcript>} throws `reflected` where N is O
 */
export async function transcript(announcement, offered) {
  const [n, o] = [announcement, offered].map((each) => [each.device, fromBase64(each.sign, 32), each.recipient]);
  if (Object.keys(KEYS).some((name) => announcement[name] === offered[name])) throw new CryptoError('reflected');
  const [fingerprintN, fingerprintO] = await Promise.all([n, o].map((each) => sha256(lv(...each.slice(1)))));
  const { origin, user, pairing } = announcement;
  return {
    ci: lv(LABEL, origin, user, pairing, o[0], fingerprintO, n[0], fingerprintN),
    sid: concat(fromBase64(announcement.nonce, 16), fromBase64(offered.nonce, 16)),
    ada: lv(LABEL, 'old', ...o), adb: lv(LABEL, 'new', ...n),
  };
}

/** @param {Transcript} run @param {string} code */
function half({ ci, sid }, code) {
  if (!/^\d{6}$/.test(code)) throw new CryptoError('malformed');
  const scalar = sampleScalar();
  return { scalar, share: scalarMult(scalar, calculateGenerator(utf8(code), ci, sid)) };
}

/** @param {Transcript} run @param {Uint8Array} k @param {Uint8Array} ya @param {Uint8Array} yb */
function agree({ sid, ada, adb }, k, ya, yb) {
  const isk = sessionKey({ sid, k, ya, ada, yb, adb });
  return { isk, ta: confirmation(sid, isk, ya, ada), tb: confirmation(sid, isk, yb, adb) };
}

/** @param {{pairing: string}} message @param {{pairing: string}} expected */
function demandSame({ pairing }, expected) {
  if (pairing !== expected.pairing) throw new CryptoError('wrong_pairing');
}

/** @param {string} type @param {string} pairing @param {object} fields */
const write = (type, pairing, fields) => JSON.stringify({ v: 1, type, pairing, ...fields });

/** @param {string} exact @param {string} label @param {CryptoKey|Uint8Array} key */
const signed = async (exact, label, key) => ({ exact, signature: base64(await sign(label, utf8(exact), key)) });

/**
 * A message by the key that it names itself.
 * @param {Signed} message @param {unknown} expected @param {string} label
 */
async function verified({ exact, signature }, expected, label) {
  const fields = parse(exact, expected);
  const genuine = await verify(label, utf8(exact), fromBase64(signature, 64), fromBase64(fields.sign, 32));
  if (!genuine) throw new CryptoError('bad_signature');
  return fields;
}

/** @param {Uint8Array} iv @param {Uint8Array} sid */
const gcm = (iv, sid) => ({ name: 'AES-GCM', iv, additionalData: sid });

/** @param {Uint8Array} isk @param {Uint8Array} sid @param {KeyUsage} use */
async function channelKey(isk, sid, use) {
  const secret = await crypto.subtle.importKey('raw', isk, 'HKDF', false, ['deriveKey']);
  const parameters = { name: 'HKDF', hash: 'SHA-512', salt: sid, info: utf8(`${LABEL}/o2n`) };
  return crypto.subtle.deriveKey(parameters, secret, { name: 'AES-GCM', length: 256 }, false, [use]);
}
