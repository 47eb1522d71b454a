/** The new device’s part in a pairing: the code is typed here, then the vault key comes. */
import { accept, answer, demandListed } from './crypto/pairing.js';
import { fromUtf8 } from './crypto/bytes.js';
import { check, read } from './crypto/documents.js';
import { CryptoError } from './crypto/errors.js';
import { open, sealJson } from './crypto/sealing.js';
import { fromJson } from './crypto/shapes.js';
import { change, devicesOf, dropFile, fileAt, forget, keepFile, keysOf } from './keystore.js';
import { signedFetch } from './server.js';

const answered = new Map(); // the CPace state by pairing, in memory only: leaving the page loses it

/**
 * Answers an offer with the code that was typed. Offer and code are good for one try, even across reloads and tabs: each
 * answer tells its reader whether one guess was right.
 * @param {{user: string, pairing: string, offer: string, offerSignature: string}} parts @param {string} code
 * @returns {Promise<void>} throws `code_mistyped`, `no_code_yet`, `code_used`, `pairing_lost`, what
 *   `answer` throws, ServerError
 */
export async function typeCode({ user, pairing, offer, offerSignature }, code) {
  if (!/^\d{6}$/.test(code)) throw new CryptoError('code_mistyped');
  if (!offer) throw new CryptoError('no_code_yet');
  const { device, send } = await deviceFor(user, pairing);
  const { exact } = device.pairing;
  const { message, state } = await answer({ exact, offer: { exact: offer, signature: offerSignature }, code });
  await useUp(device.id, [offerSignature, code]);
  answered.set(pairing, state);
  await send('answer', { answer: message });
}

/**
 * Gets the key and the vault that it opens, in which the other device has listed this one.
 * @param {{user: string, pairing: string}} parts
 * @returns {Promise<{device: object, vaultKey: string, document: object, send: Function}>} throws `pairing_lost` after a
 *   reload that came before the key, what `accept`, `read` and `demandListed` throw, ServerError
 */
export async function receive({ user, pairing }) {
  const { device, send } = await deviceFor(user, pairing);
  const { header, file } = await send('key');
  const { vaultKey, by } = await keyOf(device, header.confirmation);
  const document = await read(file, [vaultKey]);
  check(document, { organisation: device.organisation, user, epoch: header.epoch });
  [by, device].forEach((each) => demandListed(document.manifest, each));
  return { device, vaultKey, document, send };
}

/**
 * Forgets what pairings that came to nothing left in this browser: the keys made for them, and the vault key that may have
 * come. The server is asked first: one that is open stays, one whose last answer got lost keeps the keys of its device.
 * @param {string} user
 * @returns {Promise<void>} what can’t be asked now stays until the next time
 */
export async function forgetEnded(user) {
  for (const device of await devicesOf(user)) {
    const { id, state, pairing, salts } = device;
    if (state !== 'pending' || !pairing) continue;
    const { code, details } = await send(device, 'key').catch((error) => error);
    if (!['request_closed', 'not_found'].includes(code)) continue;
    // It knows only the newest pairing, and whose session it is may have changed: what never had a lock was never stored.
    const mayBeStored = code === 'not_found' ? Object.keys(salts).length > 0 : details.state === 'completed';
    await (mayBeStored ? dropFile(`${id}/paired`) : forget(id));
  }
}

/** Noted in one transaction before anything is sent: of two tabs with the same offer or code, one answers. */
async function useUp(id, tried) {
  let isUsed;
  await change(id, ({ pairing }) => {
    const used = pairing?.used ?? [];
    isUsed = !pairing || tried.some((each) => used.includes(each)); // none: another tab has finished it
    return isUsed ? {} : { pairing: { ...pairing, used: [...used, ...tried] } };
  });
  if (isUsed) throw new CryptoError('code_used');
}

/** Once it is opened it is kept, sealed to this device, so that reloading the page loses nothing. */
async function keyOf(device, confirmation) {
  const { identity } = await keysOf(device);
  const kept = await fileAt(`${device.id}/paired`);
  if (kept) return fromJson(fromUtf8(await open(kept.file, [identity])));
  const state = answered.get(device.pairing.id);
  if (!state) throw new CryptoError('pairing_lost');
  const found = await accept(state, confirmation, identity);
  await keepFile(`${device.id}/paired`, { file: await sealJson(found, [device.recipient]) });
  return found;
}

async function deviceFor(user, pairing) {
  const device = (await devicesOf(user)).find((each) => each.pairing?.id === pairing);
  if (!device) throw new CryptoError('pairing_lost');
  return { device, send: (name, json) => send(device, name, json) };
}

const send = (device, name, json) => signedFetch(`/recovery/pairings/${device.pairing.id}/${name}`, { device, json });
