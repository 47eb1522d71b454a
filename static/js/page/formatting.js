/** Moments as pages say them, in UTC like those that the server writes. */

/** @param {string} at - ISO @returns {string} like “27 Nov 2026, 02:00 UTC” */
export const clockTime = (at) =>
  `${new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })} UTC`;
