/**
 * What time it is for the server. A device’s clock may be off by hours, and what has just been would be “in 3 hours”.
 * The page says when it was made, each answer when it was sent.
 */
const SLACK = 2000; // answers take a while to come, and say only the second

let ahead = Date.parse(String(document.documentElement.dataset.now)) - Date.now() || 0; // 0: the page doesn’t say

/** @returns {number} milliseconds, as `Date.now()` would say there */
export const serverTime = () => Date.now() + ahead;

/** @param {string|null|undefined} date - the header of an answer that is our server’s */
export function heard(date) {
  const said = Date.parse(date ?? '');
  if (Math.abs(said - serverTime()) > SLACK) ahead = said - Date.now();
}
