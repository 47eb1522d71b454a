/** The one kind of error that crypto code throws on purpose: a code, never a sentence. */

export class CryptoError extends Error {
  /**
   * @param {string} code - malformed, wrong_key, wrong_passphrase, passphrase_needed, bad_signature, too_large,
   *   wrong_member, wrong_epoch, rolled_back, newer_format, not_a_key_file, not_a_kit, mistyped, key_mismatch,
   *   wrong_fingerprint, wrong_shares
   * @param {unknown} [cause] - what the library below said; for developers
   */
  constructor(code, cause) {
    super(code, { cause });
    this.name = 'CryptoError';
    this.code = code;
  }
}
