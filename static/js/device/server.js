/**
 * Octets to and from the server: signed requests, frames, and errors as codes. Pages and forms are htmx's.
 * A frame: header length (u32 big-endian), header (JSON object, at most 64 KiB), file (may be empty).
 *
 * This is the one place that decides what an answer is. Each call names what its answer must hold (`holds`, a shape)
 * and what it must repeat of what was sent (`same`). Whatever else comes, with whatever status, is no
 * answer: `NoAnswer`, and whatever was being done is not done, as far as anybody here knows.
 */
import { base64, concat, fromBase64, fromUtf8, lv, sha256, utf8 } from '../crypto/bytes.js';
import { CryptoError } from '../crypto/errors.js';
import { fits, fromJson, octets as octetsOf, text } from '../crypto/shapes.js';
import { sign } from '../crypto/signatures.js';
import { keysOf } from './keystore.js';
import { retryAfter, whoAnswered } from '../page/who-answered.js';

/**
 * @import { Device } from './keystore.js'
 * @import { Failure } from '../crypto/errors.js'
 */

const OCTETS = 'application/octet-stream';
const JSON_TYPE = 'application/json';
const ANSWER = 'application/vnd.spare-key+json'; // nobody else’s
const MAXIMUM_HEADER = 64 * 1024;
const PATIENCE = 120_000; // milliseconds
const SLOWEST = 20; // bytes a millisecond, of a large body on its way
const MEGABYTE = 1024 * 1024;

/**
 * @typedef {object} Contract - between a request and its answer
 * @property {object} holds - the shape of the answer: what is not named is no part of it
 * @property {object} [same] - what of the answer must be as it was sent
 * @property {boolean} [framed] - whether the answer is a frame, of whose header the two speak
 * @property {boolean} [harmless] - whether the same again changes nothing, so that it may go again by itself; never
 *   true of what counts tries
 * @property {boolean} [bare] - whether it is a file, as it is
 */

/** What our server refused. */
export class ServerError extends Error {
  /**
   * @param {string} code @param {Record<string, any>} details - the rest of the answer
   * @param {number} status - 0 where it isn’t our server’s
   */
  constructor(code, details, status) {
    super(code);
    Object.assign(this, { name: 'ServerError', code, details, status });
  }
}

/**
 * No answer of our server: the request may have arrived all the same. Codes and details are those of `who-answered.js`.
 */
export class NoAnswer extends ServerError {
  /** Whether the same request may go again without being asked for: set by the call that names it harmless. */
  isHarmless = false;

  /** @param {string} code @param {Record<string, any>} [details] - status: of what came instead */
  constructor(code, details = {}) {
    super(code, details, 0);
  }
}

/** @param {Failure} error @returns {boolean} whether the request may have arrived all the same */
export const isUnsure = (error) => error instanceof NoAnswer || error.code === 'server_error';

/** @param {object} header @param {Uint8Array} file @returns {Uint8Array} */
export function frame(header, file) {
  const head = utf8(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length);
  return concat(length, head, file);
}

/** @param {Uint8Array} octets @returns {{header: any, file: Uint8Array}} throws `malformed` */
export function unframe(octets) {
  const size = octets.length < 4 ? Infinity : new DataView(octets.buffer, octets.byteOffset).getUint32(0);
  if (size > MAXIMUM_HEADER || octets.length < 4 + size) throw new CryptoError('malformed');
  const header = fromJson(fromUtf8(octets.subarray(4, 4 + size)));
  if (header === null || typeof header !== 'object' || Array.isArray(header)) throw new CryptoError('malformed');
  return { header, file: octets.subarray(4 + size) };
}

/**
 * A request that the device signs, with its path, body and a fresh challenge, so that no one can replay or alter it.
 * @param {string} path
 * @param {object} options
 * @param {Device} options.device
 * @param {object} [options.header] - sent framed, with `file`
 * @param {Uint8Array} [options.file]
 * @param {object} [options.json] - sent alone
 * @param {object} options.holds - the shape of the answer: what is not named is no part of it
 * @param {object} [options.same] - what of the answer must be as it was sent
 * @param {boolean} [options.framed] - whether the answer is a frame, of whose header the two speak
 * @param {boolean} [options.harmless] - whether the same again changes nothing, so that it may go again by itself;
 *   never true of what counts tries
 * @param {string} [options.challengeAt] - where the challenge comes from; another place where nobody is signed in
 * @returns {Promise<any>} {header, file} of a framed answer, or the JSON; throws ServerError, NoAnswer,
 *   `storage_refused`
 */
export async function signedFetch(
  path,
  { device, header, file = new Uint8Array(0), json, challengeAt = '/devices/challenge', ...contract },
) {
  const body = header ? frame(header, file) : utf8(json ? JSON.stringify(json) : '');
  const { signingKey } = await keysOf(device);
  const attempt = async () => {
    const { challenge } = await freshChallenge(challengeAt, contract.harmless);
    const exact = lv(location.origin, 'POST', path, device.id, fromBase64(challenge, 32), await sha256(body));
    const signature = base64(await sign('spare-key/v1/request', exact, signingKey));
    return request('POST', path, body, contract, {
      'Content-Type': header ? OCTETS : JSON_TYPE,
      'Spare-Device': device.id,
      'Spare-Challenge': challenge,
      'Spare-Signature': signature,
    });
  };
  try {
    return await attempt();
  } catch (error) {
    // The laptop slept between challenge and answer: ask once more.
    if (error.code !== 'challenge_expired') throw error;
    return attempt();
  }
}

/**
 * @param {string} [path] @param {boolean} [harmless]
 * @returns {Promise<{challenge: string}>} 32 bytes to sign; throws ServerError, NoAnswer
 */
export const freshChallenge = (path = '/devices/challenge', harmless = true) =>
  postJson(path, {}, { holds: { challenge: octetsOf(32) }, harmless });

/**
 * @param {string} path @param {object} json @param {Contract} contract
 * @returns {Promise<any>} throws ServerError, NoAnswer
 */
export const postJson = (path, json, contract) =>
  request('POST', path, utf8(JSON.stringify(json)), contract, { 'Content-Type': JSON_TYPE });

/** @param {string} path @param {Contract} contract @returns {Promise<any>} throws ServerError, NoAnswer */
export const getJson = (path, contract) => request('GET', path, undefined, { harmless: true, ...contract });

/**
 * @param {string} path @param {Contract} contract
 * @returns {Promise<{header: any, file: Uint8Array}>} throws ServerError, NoAnswer
 */
export const getFramed = (path, contract) =>
  request('GET', path, undefined, { harmless: true, framed: true, ...contract });

/** @param {string} path @returns {Promise<Uint8Array>} of a file that comes as it is; throws ServerError, NoAnswer */
export const getOctets = (path) => request('GET', path, undefined, { harmless: true, bare: true, holds: {} });

async function request(method, path, body, contract, headers = {}) {
  if (!contract?.holds) throw new TypeError(`${path}: what must its answer hold?`);
  try {
    return await answerOf(await exchange(method, path, body, headers), contract);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.code === 'size_limit') Object.assign(error.details, sizeOf(body));
    // The same size would meet the same limit.
    error.isHarmless = Boolean(contract.harmless) && error.code !== 'size_limit';
    throw error;
  }
}

/** @returns {Promise<{response: Response, octets: Uint8Array}>} throws NoAnswer where nothing came, or not all of it */
async function exchange(method, path, body, headers) {
  const signal = AbortSignal.timeout(PATIENCE + (body?.length ?? 0) / SLOWEST);
  const late = (code) => () => { throw new NoAnswer(signal.aborted ? 'timed_out' : code); };
  // By this Accept the server knows that a script asks, and refuses with a code instead of a page. It never redirects a
  // script.
  /** @type {RequestInit} */
  const options = {
    method,
    body,
    headers: { Accept: OCTETS, ...headers },
    mode: 'same-origin',
    redirect: 'manual',
    cache: 'no-store',
    signal,
  };
  const response = await fetch(path, options).catch(late('offline'));
  const octets = new Uint8Array(await response.arrayBuffer().catch(late('cut_off')));
  return { response, octets };
}

/**
 * What our server said in the form agreed on. Throws ServerError where it refused, NoAnswer where nobody of ours spoke.
 */
async function answerOf({ response, octets }, { holds, same = {}, framed = false, bare = false }) {
  const type = response.headers.get('Content-Type') ?? '';
  const nobody = () => { const { code, ...details } = whoAnswered(response); return new NoAnswer(code, details); };
  if (response.status !== 200) throw refusal(response, octets) ?? nobody();
  if (!type.startsWith(framed || bare ? OCTETS : ANSWER)) throw nobody();
  if (bare) return whole(response, octets);
  const answer = framed ? unframed(octets) : objectIn(octets);
  const said = framed ? answer.header : answer;
  if (!fits(said, holds) || Object.keys(same).some((name) => !Object.hasOwn(said, name))) throw nobody();
  if (Object.entries(same).some(([name, value]) => said[name] !== value)) throw new NoAnswer('answer_differs');
  return answer;
}

/** @returns {ServerError|null} null: it isn’t our server that refuses */
function refusal({ status, headers }, octets) {
  if (status < 400 || !headers.get('Content-Type')?.startsWith(ANSWER)) return null;
  const { error, ...details } = jsonOf(octets) ?? {};
  if (!text(error)) return null;
  const wait = retryAfter(headers);
  return new ServerError(error, wait === null ? details : { retry_after: wait, ...details }, status);
}

/** A file’s digest (RFC 9530) is compared where nobody has removed it; what is inside is verified in any case. */
async function whole({ headers }, octets) {
  const [, said] = headers.get('Repr-Digest')?.match(/sha-256=:([^:]+):/) ?? [];
  if (said && said !== base64(await sha256(octets))) throw new NoAnswer('cut_off');
  return octets;
}

function unframed(octets) {
  try {
    const answer = unframe(octets);
    if (answer.header.size === answer.file.length) return answer;
  } catch {
    // Too short for what it says of itself.
  }
  throw new NoAnswer('cut_off');
}

function objectIn(octets) {
  const found = jsonOf(octets);
  if (!found) throw new NoAnswer('cut_off');
  return found;
}

/** @returns {Record<string, any>|null} null: it is no JSON object, or only the beginning of one */
function jsonOf(octets) {
  try {
    const found = fromJson(fromUtf8(octets));
    return found !== null && typeof found === 'object' && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}

/** In MB as operators write limits, and with what a proxy adds. @param {Uint8Array} [body] */
function sizeOf(body) {
  const size = Math.max((body?.length ?? 0) / MEGABYTE, 0.1);
  return { size: size.toFixed(size < 10 ? 1 : 0), needed: Math.ceil(size) + 1 };
}
