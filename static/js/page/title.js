/** The title of the page: that of its heading, and “Error:” before it where a form came back with an error. */

/** @returns {string} what stands before it: “Error: ” */
const mark = () => `${document.documentElement.dataset.refused} `;

/** @returns {boolean} whether the server, or the last form, says so */
export const isRefused = () => document.title.startsWith(mark());

/**
 * After whatever changed the page. A title may say more than the heading, such as which of two tabs is open.
 * @param {boolean} [refused] - whether the form that was answered came back with an error; else what it said holds as
 *   long as its heading does
 */
export function followHeading(refused) {
  const heading = [...document.querySelectorAll('main h1')].find((each) => each.checkVisibility());
  const words = heading?.textContent?.trim().replace(/\s+/g, ' ');
  if (!words) return;
  const before = document.title.replace(mark(), '');
  const same = before.startsWith(words);
  const now = same ? before : before.replace(/^.*(?= · )/, words);
  const title = (refused ?? (same && isRefused()) ? mark() : '') + now;
  if (title !== document.title) document.title = title;
}
