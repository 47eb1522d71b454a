/** What core loads when a page asks for keys: one file for all of it, and with it the cryptography. */
export { LEADS_ON, RUNNING } from './answers.js';
export { allDevices } from './keystore.js';
export { signedFetch } from './server.js';
export { current, reopen } from './vault-session.js';
