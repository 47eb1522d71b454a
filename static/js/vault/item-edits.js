/** What of an item was edited: a field in which nobody typed keeps its value, whatever an input makes of it. */

/** @import { Item } from '../crypto/documents.js' */

/**
 * @param {Item} item
 * @param {Record<string, string>} before - by the names of its fields, what the form showed at first
 * @param {Record<string, string>} after - and what it shows now
 * @returns {Item} the item with what was edited, its line ends as they were; all else is untouched
 */
export function changed(item, before, after) {
  const edited = Object.entries(after).filter(([name, value]) => value !== before[name]);
  return { ...item, ...Object.fromEntries(edited.map(([name, value]) => [name, endedAs(item[name] ?? '', value)])) };
}

/** An input makes each line end a line feed. Where all of a text were another one, they are so again. */
function endedAs(former, value) {
  const ends = new Set(former.match(/\r\n|\r|\n/g));
  const [end] = ends;
  return ends.size === 1 ? value.replace(/\r\n|\r|\n/g, end) : value;
}

/**
 * Fills a field; one of a single line, which would drop line ends, makes room for a value of several.
 * @param {HTMLInputElement|HTMLTextAreaElement} field @param {string} value
 * @returns {string} what it shows now
 */
export function fill(field, value) {
  let filled = field;
  if (field instanceof HTMLInputElement && /[\r\n]/.test(value)) {
    filled = document.createElement('textarea');
    for (const { name, value: text } of field.attributes) {
      if (name !== 'type' && name !== 'value') filled.setAttribute(name, text);
    }
    filled.toggleAttribute('data-masked', field.type === 'password');
    filled.rows = Math.min(value.split(/\r\n|\r|\n/).length + 1, 12);
    field.replaceWith(filled);
  }
  filled.value = value;
  return filled.value;
}
