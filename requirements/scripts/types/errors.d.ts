/** What the constructor of a CryptoError assigns. */
import type {} from '../../../static/js/crypto/errors.js';

declare module '../../../static/js/crypto/errors.js' {
  interface CryptoError {
    code: string;
  }
}
