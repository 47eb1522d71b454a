/** The host’s part in a pairing: shows the code, and hands the vault key to the joiner that proves to know it. */
import { PLACE } from '../device/answers.js';
import { hex, sha256, utf8 } from '../crypto/bytes.js';
import { scannedAddress } from '../crypto/scanned-codes.js';
import { check, read } from '../crypto/documents.js';
import { CryptoError } from '../crypto/errors.js';
import { confirm, makeCode, offer, readAnnouncement } from '../crypto/pairing.js';
import { count as number } from '../crypto/shapes.js';
import { change, keysOf, ownDevice } from '../device/keystore.js';
import { demandNotOlder, remember } from '../device/vault-watermark.js';
import { repeated } from '../page/retry.js';
import { isUnsure, signedFetch } from '../device/server.js';
import { nextVersion } from '../device/vault-versions.js';

/**
 * @import { Device } from '../device/keystore.js'
 * @import { Announcement, Offering } from '../crypto/pairing.js'
 */

const CODES = 10;
const ANSWERS = 3;
const DAY = 86_400_000;

/** {pairing, device, code, made}: an offer that the server hasn’t answered; nobody has seen its code. */
let unheard = null;

/**
 * Draws a code and sends the host’s message of the CPace run.
 * @param {Device} device
 * @param {Record<string, string>} parts - of an element: user, organisation, pairing, announcement,
 *   announcementSignature
 * @returns {Promise<{code: string, address: string, announcement: Announcement, state: Offering}>} show the code, and
 *   the address that holds it as a QR code; state in memory only, for `letIn`; throws `codes_used_up`,
 *   `answers_used_up`, what `readAnnouncement` throws, ServerError
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
  const { browser } = announcement;
  const address = await scannedAddress({ origin: location.origin, pairing, code, offer: made.exact, browser });
  return { code, address, announcement, state: made.state };
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
  await countAnswer(device.id); // before anything is compared
  const confirmation = await confirm(state, answer, vaultKey).catch(async (error) => {
    // If this doesn’t arrive, the answer times out
    await send(device, pairing, 'refusal', { holds: {}, same: { pairing }, harmless: true }).catch(() => {});
    throw error;
  });
  const save = () => list(device, vaultKey, announcement, confirmation);
  const listed = await save().catch((error) => (error.code === 'stale_vault' ? save() : Promise.reject(error)));
  await remember(device.id, listed);
  await change(device.id, { codes: [], answers: [] });
}

const ofADay = (times = []) => times.filter((time) => Date.now() - time < DAY);

/**
 * Counts codes here, since the server isn’t trusted to: each answer gives a machine in the middle one guess at this
 * device, each code that is shown one at the other.
 */
async function count(id) {
  let usedUp;
  await change(id, (kept) => {
    const [codes, answers] = [ofADay(kept.codes), ofADay(kept.answers)];
    usedUp = answers.length >= ANSWERS ? 'answers_used_up' : codes.length >= CODES && 'codes_used_up';
    return { codes: usedUp ? codes : [Date.now(), ...codes], answers };
  });
  if (usedUp) throw new CryptoError(usedUp);
}

const countAnswer = (id) => change(id, ({ answers }) => ({ answers: [Date.now(), ...ofADay(answers)] }));

/**
 * More time for the code that is shown, once for each.
 * @param {Device} device @param {string} pairing
 * @returns {Promise<number>} seconds that are left; throws ServerError
 */
export async function extend(device, pairing) {
  const content = { holds: { seconds: number }, same: { pairing }, harmless: true };
  const { seconds } = await send(device, pairing, 'extension', content);
  return seconds;
}

async function list(device, vaultKey, announcement, confirmation) {
  const { pairing, device: id, sign, recipient, browser: name } = announcement;
  const { organisation, user, seen } = await ownDevice(device.id);
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
