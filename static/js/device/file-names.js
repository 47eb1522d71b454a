/** What files of a vault are called, outside of this page: whose, of when. */

/** @param {string} account - the member’s address @returns {string} how the names of all the member’s files begin */
export const startOf = (account) => `Spare Key ${account.replace(/[^\p{L}\p{N}@._+-]/gu, '_').slice(0, 80)} `;

/** @param {string} account @param {string} at - UTC, ISO @param {string} ending @returns {string} */
export const fileName = (account, at, ending) => `${startOf(account)}${at.replaceAll(':', '-')}.${ending}`;

/**
 * @param {string} name - of a vault file; a browser may have put a number behind the time
 * @returns {string|null} UTC, ISO; null: it is none
 */
export const timeIn = (name) =>
  name.match(/ (\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)(?: \(\d+\))?\.age$/)?.[1].replace(/-(\d\d)-(\d\d)Z$/, ':$1:$2Z')
  ?? null;
