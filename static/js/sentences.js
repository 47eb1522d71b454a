/** Error codes as sentences. Each stands in a `<template data-code>` of the page; the nearest one speaks. */

/**
 * @param {Element} near - its own templates come before the page’s
 * @param {string} code
 * @param {object} [details] - fill `{name}` in the sentence
 * @returns {string}
 */
export function sentence(near, code, details = {}) {
  const find = (root, wanted) => root?.querySelector(`template[data-code="${CSS.escape(wanted)}"]`);
  const page = document.getElementById('error-sentences');
  const found = find(near, code) ?? find(page, code) ?? find(page, 'unexpected');
  return (found?.content.textContent ?? '').replace(/\{(\w+)\}/g, (whole, name) => details[name] ?? whole);
}

/**
 * Shows what went wrong in an error slot or a field’s error line, unless it was told elsewhere already (`told`).
 * @param {HTMLElement|null} slot @param {Error & {code?: string, details?: object}} error @param {Element} [near]
 */
export function tell(slot, error, near = slot?.parentElement) {
  if (error.told) return;
  const code = error.name === 'NotSupportedError' ? 'unsupported_browser' : error.code;
  if (!code) console.error(error);
  if (!slot) return;
  slot.dataset.code = String(code ?? 'unexpected');
  slot.lastElementChild.textContent = sentence(near, slot.dataset.code, error.details);
  slot.hidden = false;
}

/** @param {HTMLElement|null} slot - empty and out of sight again */
export function hush(slot) {
  if (!slot) return;
  slot.hidden = true;
  slot.lastElementChild.textContent = '';
}
