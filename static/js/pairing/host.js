/** The host’s part in a pairing: shows the code, and hands the vault key to the joiner that proves to know it. */
import { PLACE } from '../device/answers.js';
import { hex, sha256, utf8 } from '../crypto/bytes.js';
import { check, read } from '../crypto/documents.js';
import { CryptoError } from '../crypto/errors.js';
import { confirm, makeCode, offer, readAnnouncement } from '../crypto/pairing.js';
import { count as number } from '../crypto/shapes.js';
import { change, deviceBy, keysOf } from '../device/keystore.js';
import { demandNotOlder, remember } from '../device/vault-watermark.js';
import { repeated } from '../page/retry.js';
import { isUnsure, signedFetch } from '../device/server.js';
import { nextVersion } from '../device/vault-versions.js';

/**
 * @import { Device } from '../device/keystore.js'
 * @import { Announcement, Offering } from '../crypto/pairing.js'
 */

const CODES = 3;
const DAY = 86_400_000;

/** {pairing, device, code, made}: an offer that the server hasn’t answered; nobody has seen its code. */
let unheard = null;

/**
 * Draws a code and sends the host’s message of the CPace run.
 * @param {Device} device
 * @param {Record<string, string>} parts - of an element: user, organisation, pairing, announcement,
 *   announcementSignature
 * @returns {Promise<{code: string, announcement: Announcement, state: Offering}>} show the code; state in memory only,
 *   for `letIn`; throws `codes_used_up`, what `readAnnouncement` throws, ServerError
 */
export async function makeOffer(
  device,
  { user, organisation, pairing, announcement: exact, announcementSignature: signature },
) {
  const announcement = await readAnnouncement(
    { exact, signature },
    { origin: location.origin, organisation, user, pairing },
  );
  if (unheard?.pairing !== pairing || unheard.device !== device.id) {
    unheard = { pairing, device: device.id, ...(await compute(device, announcement)) };
  }
  const { code, made } = unheard;
  const same = { pairing, sha256: hex(await sha256(utf8(made.exact))) };
  try {
    const json = { offer: made.exact, signature: made.signature };
    await send(device, pairing, 'offer', { json, holds: {}, same, harmless: true });
  } catch (error) {
    if (isUnsure(error)) throw error; // the server may have it: the same offer is sent again
    unheard = null;
    // The code was never shown, and its state is gone.
    await change(device.id, ({ codes }) => ({ codes: codes.slice(1) }));
    throw error;
  }
  unheard = null;
  return { code, announcement, state: made.state };
}

async function compute(device, announcement) {
  const { id, sign, recipient } = device;
  const { signingKey } = await keysOf(device);
  const code = makeCode();
  const made = await offer({ announcement, code, device: id, sign, recipient, signingKey });
  await count(id);
  return { code, made };
}

/**
 * Hands the vault key on to a new device that knows the code, and lists that device in the vault.
 * @param {{device: Device, vaultKey: string}} opened
 * @param {{announcement: Announcement, state: Offering}} run - is used up
 * @param {string} answer
 * @returns {Promise<void>} throws what `confirm`, `read` and `check` throw, `rolled_back`, ServerError
 */
export async function letIn({ device, vaultKey }, { announcement, state }, answer) {
  const { pairing } = announcement;
  const confirmation = await confirm(state, answer, vaultKey).catch(async (error) => {
    // If this doesn’t arrive, the answer times out
    await send(device, pairing, 'refusal', { holds: {}, same: { pairing }, harmless: true }).catch(() => {});
    throw error;
  });
  const save = () => list(device, vaultKey, announcement, confirmation);
  const listed = await save().catch((error) => (error.code === 'stale_vault' ? save() : Promise.reject(error)));
  await remember(device.id, listed);
  await change(device.id, { codes: [] });
}

/**
 * Counts codes here, since the server isn’t trusted to: each code that is shown gives a machine in the middle one
 * guess.
 */
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
  const {
    header: { epoch },
    file,
  } = await repeated(() =>
    send(device, pairing, 'vault', { framed: true, holds: { ...PLACE, kit: number }, harmless: true }),
  );
  const found = await read(file, [vaultKey]);
  check(found, { organisation, user, epoch });
  demandNotOlder(found, seen);
  const joining = [{ id, sign, recipient, name }];
  const written = await nextVersion(found, found.body, { device, vaultKey }, { joining });
  const { base_sha256, counter, items, kit } = written.manifest;
  const header = { confirmation, epoch, base_sha256, counter, items, kit, file_sha256: written.sha256 };
  const same = { pairing, epoch, counter, sha256: written.sha256 };
  await repeated(() =>
    send(device, pairing, 'confirmation', { header, file: written.file, holds: {}, same, harmless: true }),
  );
  return written;
}

const send = (device, pairing, name, content) => signedFetch(`/pair/${pairing}/${name}`, { device, ...content });
