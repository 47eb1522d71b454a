/** Slow key derivation away from the page. One job, one answer; the page ends the worker, and its memory, after it. */
import { argon2id } from '../../../vendor/crypto.js';
import { utf8 } from '../../crypto/bytes.js';
import { openWithPassphrase, sealWithPassphrase } from '../../crypto/sealing.js';

// RFC 9106; fixed here, so that no server can ask for less.
const ARGON2ID = { m: 19456, t: 2, p: 1, dkLen: 32 };

const JOBS = {
  argon2id: (pin, salt) => argon2id(utf8(pin.normalize('NFKC')), salt, ARGON2ID),
  openWithPassphrase,
  sealWithPassphrase,
};

self.addEventListener('message', async ({ data: { job, parts } }) => {
  try {
    self.postMessage({ result: await JOBS[job](...parts) });
  } catch (error) {
    self.postMessage({ code: error.code ?? 'worker_failed' });
  }
});
