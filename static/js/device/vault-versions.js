/** The next version of a vault as this device writes it, on top of the one that the server has. */
import { write } from '../crypto/documents.js';
import { recipientOf } from '../crypto/identities.js';
import { keysOf } from './keystore.js';

/**
 * @import { Body, Document, Kit, ListedDevice, Manifest, Pin } from '../crypto/documents.js'
 * @import { Device } from './keystore.js'
 */

/**
 * The member’s address: as the vault has it. One from before addresses were sealed takes what the page says, this once.
 * @param {{account?: string}} manifest @returns {string}
 */
export const accountOf = ({ account }) =>
  account ?? /** @type {{dataset: any}} */ (document.getElementById('vault-keys')).dataset.account;

/**
 * What the next version goes on from where the server has an older one: all that this browser knows, and the devices of
 * both.
 * @param {Manifest} known @param {Manifest} older @returns {Manifest}
 */
export const knownOf = (known, older) => ({
  ...known,
  devices: [...older.devices.filter((each) => known.devices.every(({ id }) => id !== each.id)), ...known.devices],
});

/**
 * @param {{manifest: Manifest, sha256: string}} former - as the server has it
 * @param {Body} body @param {{device: Device, vaultKey: string}} opened
 * @param {{counter?: number, pin?: Pin, joining?: ListedDevice[]}} [changes] - a number that the new one’s has to be
 *   above; of an organisation key; devices that the vault lists from now on
 * @returns {Promise<Document & {file: Uint8Array}>} opened by the vault key and the
 *   Recovery Kit, while another kit takes its place by both; throws as `write`
 */
export async function nextVersion(
  { manifest, sha256 },
  body,
  { device, vaultKey },
  { counter = 0, pin, joining = [] } = {},
) {
  const { id, sign, recipient, name } = device;
  const { kit, next_kit: next } = body.keyring;
  const listed = [{ id, sign, recipient, name }, ...joining];
  const others = manifest.devices.filter((each) => !listed.some((one) => one.id === each.id));
  return write({
    manifest: {
      ...manifest,
      account: accountOf(manifest),
      counter: Math.max(manifest.counter, counter) + 1,
      device: id,
      base_sha256: sha256,
      devices: [...others, ...listed],
      organisation_key: pin ? { epoch: pin.epoch, fingerprint: pin.fingerprint } : manifest.organisation_key,
    },
    body,
    signingKey: (await keysOf(device)).signingKey,
    recipients: [
      await recipientOf(vaultKey),
      .../** @type {Kit[]} */ ([kit, next].filter(Boolean)).map((each) => each.recipient),
    ],
  });
}
