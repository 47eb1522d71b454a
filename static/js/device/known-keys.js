/**
 * Which recovery key of the organisation this browser knows, and since when it counts. What came with a link may refuse
 * another key, and counts for nothing else: this server, or anybody, can put a link into a page or a mail. It becomes a
 * root once a vault has it on record.
 */
import { allDevices, pinOf, pinned, setPin } from './keystore.js';

/** @import { Pin } from './keystore.js' */

const WHOLE = 52; // characters of a fingerprint; shorter ones, from before `by` was noted, came with links

/** @param {Pin|null} pin @returns {boolean} */
const isByLink = (pin) => pin !== null && (pin.by === 'link' || pin.fingerprint.length < WHOLE);

/**
 * @param {string} organisation - id
 * @returns {Promise<{fingerprint: string, epoch?: number}|null>} the whole fingerprint that a person compared, or that
 *   a vault or a kit has on record; null: none
 */
export async function rootOf(organisation) {
  const pin = await pinOf(organisation);
  return isByLink(pin) ? null : pin;
}

/**
 * An installation is of one organisation. Where this browser knows another one at this address, and has compared no key
 * of this, somebody may be passing another off; or the server was set up anew, which only the person can know.
 * @param {string} organisation - id, as the server says it @returns {Promise<boolean>}
 */
export async function isElsewhere(organisation) {
  if (await rootOf(organisation)) return false;
  const devices = (await allDevices()).filter(({ state }) => state === 'enrolled');
  return [...(await pinned()), ...devices.map((device) => device.organisation)].some((known) => known !== organisation);
}

/**
 * @param {string} organisation - id
 * @returns {Promise<string|null>} what the only link named; null: none did, or two differed
 */
export async function linkOf(organisation) {
  const pin = await pinOf(organisation);
  return pin && isByLink(pin) && !pin.disputed ? pin.fingerprint : null;
}

/**
 * What a link says. From the key that is known no link leads to another; of two that differ, neither spares anybody
 * anything.
 * @param {string} organisation - id @param {string} fingerprint - its first 32 characters @returns {Promise<void>}
 */
export async function keepLink(organisation, fingerprint) {
  const pin = await pinOf(organisation);
  if (!pin) await setPin(organisation, { fingerprint, by: 'link' });
  else if (isByLink(pin) && pin.fingerprint !== fingerprint) {
    await setPin(organisation, { ...pin, by: 'link', disputed: true });
  }
}

/**
 * What a vault has on record that this browser opened counts as known to it from then on: in place of what a link said,
 * and of a key of an earlier epoch, which another device can have compared away; never in place of a later one.
 * @param {string} organisation - id @param {{epoch: number, fingerprint: string}} key @returns {Promise<void>}
 */
export async function keepRoot(organisation, { epoch, fingerprint }) {
  const pin = await pinOf(organisation);
  const isNews = !pin || isByLink(pin) || pin.fingerprint === fingerprint || (pin.epoch ?? 0) < epoch;
  if (isNews) await setPin(organisation, { epoch, fingerprint });
}
