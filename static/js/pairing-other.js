/** The other device’s part in a pairing: it shows the code, and lets the new device in once that knows it. */
import { check, read } from './crypto/documents.js';
import { CryptoError } from './crypto/errors.js';
import { confirm, makeCode, offer, readAnnouncement } from './crypto/pairing.js';
import { change, deviceBy, keysOf } from './keystore.js';
import { demandNotOlder, remember } from './seen.js';
import { signedFetch } from './server.js';
import { nextVersion } from './vault-versions.js';

const CODES = 3;
const DAY = 86_400_000;

/**
 * Draws a code and hands this device’s half of a run on.
 * @param {object} device - its record @param {{user: string, organisation: string, pairing: string, announcement: string,
 *   announcementSignature: string}} parts
 * @returns {Promise<{code: string, announcement: object, state: object}>} show the code; state in memory only, for `letIn`;
 *   throws `codes_used_up`, what `readAnnouncement` throws, ServerError
 */
export async function makeOffer(device, { user, organisation, pairing, announcement: exact, announcementSignature: signature }) {
  const announcement = await readAnnouncement({ exact, signature }, { origin: location.origin, organisation, user, pairing });
  const { id, sign, recipient } = device;
  const { signingKey } = await keysOf(device);
  const code = makeCode();
  const made = await offer({ announcement, code, device: id, sign, recipient, signingKey });
  await count(id);
  try {
    await send(device, pairing, 'offer', { json: { offer: made.exact, signature: made.signature } });
  } catch (error) {
    await change(id, ({ codes }) => ({ codes: codes.slice(1) })); // it was never shown, and its state is gone
    throw error;
  }
  return { code, announcement, state: made.state };
}

/**
 * Hands the vault key on to a new device that knows the code, and lists that device in the vault.
 * @param {{device: object, vaultKey: string}} opened @param {{announcement: object, state: object}} run - is used up
 * @param {string} answer
 * @returns {Promise<void>} throws what `confirm`, `read` and `check` throw, `rolled_back`, ServerError
 */
export async function letIn({ device, vaultKey }, { announcement, state }, answer) {
  const { pairing } = announcement;
  const confirmation = await confirm(state, answer, vaultKey).catch(async (error) => {
    await send(device, pairing, 'refusal').catch(() => {}); // else the clock gives it up
    throw error;
  });
  const save = () => list(device, vaultKey, announcement, confirmation);
  const listed = await save().catch((error) => (error.code === 'stale_vault' ? save() : Promise.reject(error)));
  await remember(device.id, listed);
  await change(device.id, { codes: [] });
}

/** The server isn’t trusted to count: each code that is shown is one guess for whoever sits between. */
async function count(id) {
  let usedUp;
  await change(id, ({ codes = [] }) => {
    const recent = codes.filter((time) => Date.now() - time < DAY);
    usedUp = recent.length >= CODES;
    return { codes: usedUp ? recent : [Date.now(), ...recent] };
  });
  if (usedUp) throw new CryptoError('codes_used_up');
}

async function list(device, vaultKey, announcement, confirmation) {
  const { pairing, device: id, sign, recipient, browser: name } = announcement;
  const { organisation, user, seen } = await deviceBy(device.id);
  const { header: { epoch }, file } = await send(device, pairing, 'vault');
  const found = await read(file, [vaultKey]);
  check(found, { organisation, user, epoch });
  demandNotOlder(found, seen);
  const joining = [{ id, sign, recipient, name }];
  const written = await nextVersion(found, found.body, { device, vaultKey }, { joining });
  const { base_sha256, counter, items, kit } = written.manifest;
  const header = { confirmation, epoch, base_sha256, counter, items, kit, file_sha256: written.sha256 };
  await send(device, pairing, 'confirmation', { header, file: written.file });
  return written;
}

const send = (device, pairing, name, content) => signedFetch(`/pair/${pairing}/${name}`, { device, ...content });
