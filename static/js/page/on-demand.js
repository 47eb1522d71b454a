/**
 * A script that is loaded when it is needed, and didn’t come: for `import(…).catch(missing)`.
 * @param {unknown} cause @returns {never} throws `script_missing`; `offline` where that is why
 */
export function missing(cause) {
  const code = navigator.onLine ? 'script_missing' : 'offline';
  throw Object.assign(new Error(code, { cause }), { code });
}
