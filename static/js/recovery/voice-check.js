/**
 * The member’s side of the voice check: whether digits or characters fit, and how many tries were made. It is stored
 * beside the request’s keys, so that neither a reload nor the server gives a try back: `check` of the device’s record,
 * {tries, by, compared, unconfirmed}.
 */
import { organisationKey } from '../backups/backup.js';
import { fromTyped } from '../crypto/bytes.js';
import { CryptoError } from '../crypto/errors.js';
import { areRelated } from '../crypto/key-successions.js';
import { isPinnedAs } from '../crypto/organisation-keys.js';
import { MOST_APPROVERS, readRequest } from '../crypto/restore-requests.js';
import { digitsToTell } from '../crypto/voice-checks.js';
import { change, pinOf } from '../device/keystore.js';
import { isElsewhere, rootOf } from '../device/known-keys.js';

/** @import { Device } from '../device/keystore.js' */

const TRIES = 5;

/**
 * @param {Device} device - that asks
 * @param {string} [approver] - user id of who approved, once somebody has
 * @returns {Promise<'stopped'|'first'|'known'|'foreign'|'confirmed'|'unconfirmed'|'missing'>} first: the request is of
 *   version 1, so that there are no digits; known: a person compared the key in this browser, or a vault has it on
 *   record, or one that it follows from or came before; foreign: this browser was told another one, if only by a link,
 *   or knows another organisation at this address
 */
export async function standingOf({ request: { exact }, check }, approver) {
  const { tries = 0, by, compared, unconfirmed } = check ?? {};
  if (tries >= TRIES) return 'stopped';
  const { organisation, organisation_key: key, successions, approvers = [] } = readRequest(exact);
  if (!key) return 'first';
  const told = (await pinOf(organisation))?.fingerprint;
  const isForeign =
    (await isElsewhere(organisation)) || (told && !(await isRelated(successions, organisation, told, key)));
  if (isForeign) return unconfirmed ? 'unconfirmed' : 'foreign';
  if (await rootOf(organisation)) return 'known'; // a key that only a link named can refuse, never confirm
  const isTold = approvers.includes(by) && (!approver || by === approver);
  if (compared || isTold) return 'confirmed';
  return unconfirmed ? 'unconfirmed' : 'missing';
}

/** Whether a succession links the keys: one in the request, or one that the server got since. */
async function isRelated(successions, organisation, known, key) {
  if (await areRelated(successions, organisation, known, key)) return true;
  return areRelated((await organisationKey()).successions, organisation, known, key);
}

/**
 * Checks the six digits that an approver told the member. Only approvers that the request named count: the server could
 * search for a user id that makes overheard digits fit. A try is counted before it is compared.
 * @param {Device} device @param {string} typed @param {string} [approver] - user id of who approved, once somebody has
 * @returns {Promise<Device>} the record; throws `no_digits`, `nobody_named` (neither is a try), `wrong_digits`
 *   {tries_left}, `check_stopped`
 */
export async function typeDigits({ id, request: { exact } }, typed, approver) {
  const digits = typed.replace(/\s+/g, '');
  if (!/^\d{6}$/.test(digits)) throw new CryptoError('no_digits');
  const { organisation_key: fingerprint, approvers = [] } = readRequest(exact);
  const people = approvers.slice(0, MOST_APPROVERS).filter((each) => !approver || each === approver);
  if (!people.length) throw new CryptoError('nobody_named');
  const tries = await count(id);
  const told = await Promise.all(people.map((each) => digitsToTell({ exact, fingerprint, approver: each })));
  const by = people[told.indexOf(digits)];
  if (by) return note(id, { tries: 0, by });
  throw Object.assign(new CryptoError(tries < TRIES ? 'wrong_digits' : 'check_stopped'), {
    details: { tries_left: TRIES - tries },
  });
}

/**
 * The key’s own characters, from a Recovery Kit or as somebody reads them from the key file.
 * @param {Device} device @param {string} typed @returns {Promise<Device>} the record; throws `wrong_characters`
 */
export async function compareCharacters({ id, request: { exact } }, typed) {
  const { organisation_key: key } = readRequest(exact);
  if (!isPinnedAs(key, fromTyped(typed))) throw new CryptoError('wrong_characters');
  return note(id, { compared: true });
}

/** Nobody told the member any digits. @param {Device} device @returns {Promise<Device>} the record */
export const goOnUnconfirmed = ({ id }) => note(id, { unconfirmed: true });

/** @param {string} id - of the device @returns {Promise<number>} which try this is; throws `check_stopped` */
async function count(id) {
  let tries;
  await change(id, ({ check }) => ({
    check: { ...check, tries: (tries = Math.min((check?.tries ?? 0) + 1, TRIES + 1)) },
  }));
  if (tries > TRIES) throw new CryptoError('check_stopped');
  return tries;
}

const note = (id, what) => change(id, ({ check }) => ({ check: { ...check, ...what } }));
