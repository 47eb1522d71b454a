/**
 * Octets to and from the server: signed requests, frames, and errors as codes. Pages and forms are htmx's.
 * A frame: header length (u32 big-endian), header (JSON object, at most 64 KiB), file (may be empty).
 */
import { base64, concat, fromBase64, fromUtf8, lv, sha256, utf8 } from './crypto/bytes.js';
import { CryptoError } from './crypto/errors.js';
import { fromJson } from './crypto/shapes.js';
import { sign } from './crypto/signatures.js';
import { keysOf } from './keystore.js';

const OCTETS = 'application/octet-stream';
const MAXIMUM_HEADER = 64 * 1024;
const PATIENCE = 120_000; // milliseconds

/** What the server refused, or `offline`. */
export class ServerError extends Error {
  /** @param {string} code @param {object} details - the rest of the answer @param {number} status - 0 for offline */
  constructor(code, details, status) {
    super(code);
    Object.assign(this, { name: 'ServerError', code, details, status });
  }
}

/** @param {{code?: string}} error @returns {boolean} whether the request may have arrived all the same */
export const isUnsure = ({ code }) => ['offline', 'server_failed', 'server_error'].includes(code);

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
 * @param {object} options.device - its record from the key store
 * @param {object} [options.header] - sent framed, with `file`
 * @param {Uint8Array} [options.file]
 * @param {object} [options.json] - sent alone
 * @param {string} [options.challengeAt] - where the challenge comes from; another place where nobody is signed in
 * @returns {Promise<any>} {header, file} of a framed answer, or the JSON; throws ServerError, `storage_refused`
 */
export async function signedFetch(path, { device, header, file = new Uint8Array(0), json, challengeAt = '/devices/challenge' }) {
  const body = header ? frame(header, file) : utf8(json ? JSON.stringify(json) : '');
  const { signingKey } = await keysOf(device);
  const attempt = async () => {
    const { challenge } = await postJson(challengeAt);
    const exact = lv(location.origin, 'POST', path, device.id, fromBase64(challenge, 32), await sha256(body));
    const signature = base64(await sign('spare-key/v1/request', exact, signingKey));
    return request('POST', path, body, {
      'Content-Type': header ? OCTETS : 'application/json',
      'Spare-Device': device.id, 'Spare-Challenge': challenge, 'Spare-Signature': signature,
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

/** @param {string} path @param {object} [json] @returns {Promise<any>} throws ServerError */
export const postJson = (path, json = {}) => request('POST', path, utf8(JSON.stringify(json)), { 'Content-Type': 'application/json' });

/** @param {string} path @returns {Promise<any>} throws ServerError */
export const getJson = (path) => request('GET', path, undefined, {});

/** @param {string} path @returns {Promise<{header: any, file: Uint8Array}>} throws ServerError */
export const getFramed = (path) => request('GET', path, undefined, {});

/** @param {string} path @returns {Promise<Uint8Array>} of a file that comes as it is; throws ServerError */
export const getOctets = (path) => request('GET', path, undefined, {}, (octets) => octets);

async function request(method, path, body, headers, unpack = unframe) {
  // By this Accept the server knows that a script asks, and refuses with a code instead of a page.
  const options = { method, body, headers: { Accept: OCTETS, ...headers }, mode: 'same-origin', redirect: 'error', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) };
  const [response, octets] = await fetch(path, options)
    .then(async (answer) => [answer, new Uint8Array(await answer.arrayBuffer())])
    .catch(() => {
      throw new ServerError('offline', {}, 0);
    });
  if (response.ok && response.headers.get('Content-Type')?.startsWith(OCTETS)) return unpack(octets);
  const answer = jsonOf(octets);
  if (response.ok) return answer;
  const { error = response.status === 401 ? 'signed_out' : 'server_failed', ...details } = answer;
  throw new ServerError(error, details, response.status);
}

/** What isn't a JSON object (a proxy's error page, no content) counts as an empty one. */
function jsonOf(octets) {
  try {
    return Object(fromJson(fromUtf8(octets)));
  } catch {
    return {};
  }
}
