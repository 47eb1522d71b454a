/**
 * A form that comes back with an error: the field in error takes the focus, or else the notice that tells of it. The
 * server has put “Error:” before the title of a whole page; that of a fragment follows here.
 */
import { followHeading, isRefused } from './title.js';

const TOLD = ['[aria-invalid="true"]', '[role="alert"]:not([hidden], [hidden] *)'].join();

/** @param {ParentNode} root @returns {HTMLElement|null} the first field in error or notice of one; it can be focused */
function errorIn(root) {
  const told = /** @type {HTMLElement|null} */ (root.querySelector(TOLD));
  if (told && !told.matches('input, select, textarea, button')) told.tabIndex = -1;
  return told;
}

/**
 * Before it is swapped in: htmx gives the focus to the first element that asks for it, which was the heading of a step.
 * @param {ParentNode} fragment @returns {boolean} whether there is an error in it
 */
export function askForFocus(fragment) {
  const told = errorIn(fragment);
  if (!told) return false;
  for (const other of fragment.querySelectorAll('[autofocus]')) other.removeAttribute('autofocus');
  told.autofocus = true;
  return true;
}

if (isRefused()) errorIn(document)?.focus();
followHeading();
