/** The joiner’s part in a pairing: answers with the code that was typed, then gets the vault key. */
import { PLACE } from '../device/answers.js';
import { accept, answer, demandListed } from '../crypto/pairing.js';
import { fromUtf8, hex, sha256, utf8 } from '../crypto/bytes.js';
import { check, read } from '../crypto/documents.js';
import { CryptoError } from '../crypto/errors.js';
import { open, sealJson } from '../crypto/sealing.js';
import { count, fromJson, text } from '../crypto/shapes.js';
import { change, devicesOf, dropFile, fileAt, forget, keepFile, keysOf } from '../device/keystore.js';
import { signedFetch } from '../device/server.js';

/**
 * @import { Device } from '../device/keystore.js'
 * @import { Document } from '../crypto/documents.js'
 */

const KEY = { framed: true, holds: { ...PLACE, kit: count, confirmation: text }, harmless: true };
const answered = new Map(); // by pairing: the CPace state and the message, in memory only: leaving the page loses them

/**
 * Answers an offer with the code that was typed. Offer and code are good for one try, even across reloads and tabs:
 * each answer tells whoever reads it whether one guess was right.
 * @param {Record<string, string>} parts - of an element: user, pairing, offer, offerSignature
 * @param {string} code
 * @returns {Promise<void>} throws `code_mistyped`, `no_code_yet`, `code_used`, `pairing_lost`, what
 *   `answer` throws, ServerError
 */
export async function typeCode({ user, pairing, offer, offerSignature }, code) {
  if (!/^\d{6}$/.test(code)) throw new CryptoError('code_mistyped');
  if (!offer) throw new CryptoError('no_code_yet');
  const { device, send } = await deviceFor(user, pairing);
  const kept = answered.get(pairing);
  if (kept?.offer !== offer || kept.code !== code) await compute(device, { offer, offerSignature }, code);
  // The same message is sent again where no answer came: two answers to one code would be two guesses.
  const { message } = answered.get(pairing);
  const same = { pairing, sha256: hex(await sha256(utf8(message))) };
  await send('answer', { json: { answer: message }, holds: {}, same, harmless: true });
}

async function compute(device, { offer, offerSignature }, code) {
  const { id: pairing, exact } = device.pairing;
  const { message, state } = await answer({ exact, offer: { exact: offer, signature: offerSignature }, code });
  await useUp(device.id, [offerSignature, code]);
  answered.set(pairing, { state, message, offer, code });
}

/**
 * Gets the vault key and the vault, in whose manifest the host has listed this device.
 * @param {Record<string, string>} parts - of an element: user, pairing
 * @returns {Promise<{device: Device, vaultKey: string, document: Document,
 *   send: (name: string, content: object) => Promise<any>}>} throws `pairing_lost` after
 *   a reload that came before the key, what `accept`, `read` and `demandListed` throw, ServerError
 */
export async function receive({ user, pairing }) {
  const { device, send } = await deviceFor(user, pairing);
  const { header, file } = await send('key', KEY);
  const { vaultKey, by } = await keyOf(device, header.confirmation);
  const document = await read(file, [vaultKey]);
  check(document, { organisation: device.organisation, user, epoch: header.epoch });
  [by, device].forEach((each) => demandListed(document.manifest, each));
  return { device, vaultKey, document, send };
}

/**
 * Deletes what failed pairings left in this browser: the device keys made for them, and the vault key if it had come.
 * The server is asked first. An open pairing stays; a completed one, whose last answer got lost, keeps its device keys.
 * @param {string} user
 * @returns {Promise<void>} what can’t be asked now stays until the next time
 */
export async function forgetEnded(user) {
  for (const device of await devicesOf(user)) {
    const { id, state, pairing, salts } = device;
    if (state !== 'pending' || !pairing) continue;
    const { code, details } = await send(device, 'key', KEY).catch((error) => error);
    if (!['request_closed', 'not_found'].includes(code)) continue;
    // The server knows only the newest pairing, and another member may be signed in. A device without a salt never had
    // a lock, so the server never stored it.
    const mayBeStored = code === 'not_found' ? Object.keys(salts).length > 0 : details.state === 'completed';
    await (mayBeStored ? dropFile(`${id}/paired`) : forget(id));
  }
}

/** Records offer and code in one transaction before anything is sent, so that only one of two tabs answers. */
async function useUp(id, tried) {
  let isUsed;
  await change(id, ({ pairing }) => {
    const used = pairing?.used ?? [];
    isUsed = !pairing || tried.some((each) => used.includes(each)); // no pairing: another tab has finished it
    return isUsed ? {} : { pairing: { ...pairing, used: [...used, ...tried] } };
  });
  if (isUsed) throw new CryptoError('code_used');
}

/** The vault key from the confirmation. It is stored, sealed to this device, so that a reload doesn’t lose it. */
async function keyOf(device, confirmation) {
  const { identity } = await keysOf(device);
  const kept = await fileAt(`${device.id}/paired`);
  if (kept) return fromJson(fromUtf8(await open(kept.file, [identity])));
  const { state } = answered.get(device.pairing.id) ?? {};
  if (!state) throw new CryptoError('pairing_lost');
  const found = await accept(state, confirmation, identity);
  await keepFile(`${device.id}/paired`, { file: await sealJson(found, [device.recipient]) });
  return found;
}

async function deviceFor(user, pairing) {
  const device = (await devicesOf(user)).find((each) => each.pairing?.id === pairing);
  if (!device) throw new CryptoError('pairing_lost');
  return { device, send: (name, content) => send(device, name, content) };
}

const send = (device, name, content) =>
  signedFetch(`/recovery/pairings/${device.pairing.id}/${name}`, { device, ...content });
