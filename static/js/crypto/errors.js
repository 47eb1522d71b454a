/**
 * The one kind of error that crypto code throws on purpose: a code, never a sentence. Codes: malformed, too_large,
 * newer_format, wrong_key, wrong_passphrase, passphrase_needed, bad_signature, wrong_member, wrong_epoch, rolled_back,
 * wrong_backup, wrong_request, wrong_origin, wrong_shares, wrong_fingerprint, wrong_account, key_mismatch,
 * not_a_key_file, not_a_kit, mistyped, mistyped_group, kit_too_short, kit_too_long, organisation_key_file,
 * storage_refused, worker_failed; of pairing: bad_share, wrong_code, wrong_pairing, reflected.
 */
export class CryptoError extends Error {
  /** @param {string} code @param {unknown} [cause] - what the library below said; for developers */
  constructor(code, cause) {
    super(code, { cause });
    Object.assign(this, { name: 'CryptoError', code });
  }
}

/**
 * What went wrong, as whoever tells it or tries again looks at it: of a CryptoError, a ServerError, or any other.
 * @typedef {{name?: string, code?: string, details?: Record<string, any>, isHarmless?: boolean, told?: boolean,
 *   cause?: any}} Failure - details fill the sentence; isHarmless: the same may go again; told: it was said already
 */

/** For `promise.catch(failing('wrong_key'))`. @param {string} code @returns {(cause: unknown) => never} */
export const failing = (code) => (cause) => {
  throw new CryptoError(code, cause);
};

/** @template T @param {() => T} work - whatever it throws becomes `malformed` @returns {T} */
export function strictly(work) {
  try {
    return work();
  } catch (cause) {
    return failing('malformed')(cause);
  }
}
