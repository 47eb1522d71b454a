/**
 * Error codes as sentences. Each stands in a `<template data-code>` of an element, or among those of the page; the
 * nearest speaks.
 */

/** @import { Failure } from '../crypto/errors.js' */

/**
 * @param {Element|null|undefined} near - its own templates come before the page’s
 * @param {string} code
 * @param {Record<string, any>} [details] - fill `{name}` in the sentence
 * @returns {string}
 */
export function sentence(near, code, details = {}) {
  const all = document.getElementById('error-sentences')?.content;
  const ofPage = (wanted) => all?.querySelector(`[data-code="${CSS.escape(wanted)}"]`)?.textContent;
  const own = near?.querySelector(`template[data-code="${CSS.escape(code)}"]`)?.content.textContent;
  const said = own ?? ofPage(code) ?? ofPage('unexpected') ?? '';
  const line = said.trim().replace(/\s*\n\s*/g, ' '); // a long sentence is broken in its template
  return line.replace(/\{(\w+)\}/g, (whole, name) => details[name] ?? whole);
}

/**
 * Shows what went wrong in an error slot or a field’s error line, unless it was told elsewhere already (`told`).
 * @param {HTMLElement|null} slot @param {Failure} error @param {Element|null} [near]
 */
export function tell(slot, error, near = slot?.parentElement) {
  if (error.told) return;
  const code = error.name === 'NotSupportedError' ? 'unsupported_browser' : error.code;
  if (!code) console.error(error);
  if (!slot) return;
  slot.dataset.code = String(code ?? 'unexpected');
  /** @type {Element} */ (slot.lastElementChild).textContent = whole(near, slot.dataset.code, error);
  slot.hidden = false;
}

/**
 * Who answered in our server’s place, then what that means here: each page says what it has kept (`unanswered`).
 * @param {Element|null|undefined} near @param {string} code @param {Failure} error
 */
function whole(near, code, { details, cause, isHarmless }) {
  const said = [sentence(near, code, details)];
  if (isHarmless !== undefined && code !== 'offline' && near?.querySelector('template[data-code=unanswered]')) {
    said.push(sentence(near, 'unanswered'));
  }
  if (cause?.name === 'ServerError') said.unshift(sentence(null, cause.code, cause.details));
  return said.join(' ');
}

/** @param {HTMLElement|null} slot - empty and out of sight again */
export function hush(slot) {
  if (!slot) return;
  slot.hidden = true;
  /** @type {Element} */ (slot.lastElementChild).textContent = '';
}
