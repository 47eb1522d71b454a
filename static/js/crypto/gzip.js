/** gzip (RFC 1952) by the browser's own streams; one member, nothing after it. */
import { concat } from './bytes.js';
import { CryptoError, failing } from './errors.js';

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
export const deflate = (bytes) => collect(bytes, new CompressionStream('gzip'), Infinity);

/**
 * @param {Uint8Array} bytes
 * @param {number} limit - in bytes, counted while inflating, so that a small file can't fill the memory
 * @returns {Promise<Uint8Array>} throws `too_large`, `malformed`
 */
export const inflate = (bytes, limit) => collect(bytes, new DecompressionStream('gzip'), limit);

/**
 * @param {Uint8Array} bytes @param {CompressionStream|DecompressionStream} through @param {number} limit
 * @returns {Promise<Uint8Array>}
 */
async function collect(bytes, through, limit) {
  const reader = new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(through).getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(failing('malformed'));
    if (done) return concat(...parts);
    length += value.length;
    if (length > limit) {
      reader.cancel().catch(() => {});
      throw new CryptoError('too_large');
    }
    parts.push(value);
  }
}
