/** The page's side of workers/kdf.js: what takes a second runs there. */
import { CryptoError } from '../crypto/errors.js';

const ADDRESS = new URL('workers/kdf.js', import.meta.url).href;

// Trusted Types: this page can start this one worker and no other.
const policy = globalThis.trustedTypes?.createPolicy('kdf-worker', {
  createScriptURL(address) {
    if (address !== ADDRESS) throw new TypeError('not the worker');
    return address;
  },
});

/** @param {string} pin - as typed @param {Uint8Array} salt - 16 bytes @returns {Promise<Uint8Array>} 32 bytes */
export const argon2id = (pin, salt) => run('argon2id', pin, salt);

/** As in crypto/sealing.js. @param {Uint8Array} file @param {string} passphrase @returns {Promise<Uint8Array>} */
export const openWithPassphrase = (file, passphrase) => run('openWithPassphrase', file, passphrase);

/** As in crypto/sealing.js. @param {Uint8Array} bytes @param {string} passphrase @returns {Promise<string>} */
export const sealWithPassphrase = (bytes, passphrase) => run('sealWithPassphrase', bytes, passphrase);

/** @returns {Promise<any>} throws what the job throws, `worker_failed` or `offline` */
function run(job, ...parts) {
  const worker = new Worker(policy ? policy.createScriptURL(ADDRESS) : ADDRESS, { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) =>
      data.code ? reject(new CryptoError(data.code)) : resolve(data.result),
    );
    worker.addEventListener('error', ({ message }) => {
      // Its script couldn’t be fetched
      reject(new CryptoError(navigator.onLine ? 'worker_failed' : 'offline', message));
    });
    worker.postMessage({ job, parts });
  }).finally(() => worker.terminate());
}
