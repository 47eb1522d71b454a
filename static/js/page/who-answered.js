/**
 * Who probably answered where our server did not: a code for each, which stands as a sentence in the page. Without
 * imports, so that pages without keys have it, too.
 *
 * Codes: `offline` (nobody), `timed_out`, `cut_off` (an answer that ends too early), `network_sign_in` (the sign-in
 * page of a network or a proxy), `blocked` (a firewall), `size_limit` (a proxy’s), `proxy_throttled`, `starting` (a
 * proxy without a server behind it), `server_failed`, `foreign_answer` (anything else that isn’t in our form),
 * `answer_differs` (in our form, but it names something else than was sent).
 */

/** At the end of every page and fragment of our server, beside the header. */
const COMMENT = '<!-- spare-key -->';
const HEADER = 'Spare-Key';
const SIGN_IN = [401, 407, 511];
const BAD_GATEWAY = [502, 503, 504, 520, 521, 522, 523, 524, 530];
const LONGEST = 3600; // seconds that anybody may ask us to wait

/**
 * @param {{status: number, headers: Headers, type?: string}} response - of `fetch`; not our server’s
 * @returns {{code: string, status: number, retry_after?: number}}
 */
export function whoAnswered({ status, headers, type }) {
  const wait = retryAfter(headers);
  return { code: codeOf(status, headers, type), status, ...(wait === null ? {} : { retry_after: wait }) };
}

/** @param {Headers} headers @param {string} text @returns {boolean} whether our server made this page or fragment */
export const isOurPage = (headers, text) => headers.has(HEADER) || text.trimEnd().endsWith(COMMENT);

/** @param {string} text - of a page or fragment @returns {string} without what tells that it is ours */
export const withoutMark = (text) =>
  text.trimEnd().endsWith(COMMENT) ? text.trimEnd().slice(0, -COMMENT.length) : text;

/** @param {Headers} headers @returns {number|null} seconds; null: not said, or not understood */
export function retryAfter(headers) {
  const said = headers.get('Retry-After');
  if (!said) return null;
  const seconds = /^\d+$/.test(said) ? Number(said) : Math.ceil((Date.parse(said) - Date.now()) / 1000);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, LONGEST) : null;
}

function codeOf(status, headers, type) {
  const isPage = status === 200 && headers.get('Content-Type')?.startsWith('text/html');
  if (type === 'opaqueredirect' || (status >= 300 && status < 400) || SIGN_IN.includes(status)) {
    return 'network_sign_in';
  }
  if (status === 413) return 'size_limit';
  if (status === 429) return 'proxy_throttled';
  if (BAD_GATEWAY.includes(status)) return 'starting';
  if (status >= 500) return 'server_failed';
  if (status >= 400) return 'blocked';
  return isPage ? 'network_sign_in' : 'foreign_answer';
}
