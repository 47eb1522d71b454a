/** The next version of a vault as this device writes it, on top of the one that the server has. */
import { write } from './crypto/documents.js';
import { recipientOf } from './crypto/identities.js';
import { keysOf } from './keystore.js';

/**
 * The member’s address: as the vault has it. One from before addresses were sealed takes what the page says, this once.
 * @param {{account?: string}} manifest @returns {string}
 */
export const accountOf = ({ account }) => account ?? document.getElementById('vault-keys').dataset.account;

/**
 * @param {import('./crypto/documents.js').Document} former - as the server has it
 * @param {object} body @param {{device: object, vaultKey: string}} opened - device: its record from the key store
 * @param {{counter?: number, pin?: object, joining?: object[]}} [changes] - a number that the new one’s has to be above; of
 *   an organisation key; devices that the vault lists from now on
 * @returns {Promise<import('./crypto/documents.js').Document & {file: Uint8Array}>} opened by the vault key and the Recovery
 *   Kit, while another kit takes its place by both; throws as `write`
 */
export async function nextVersion({ manifest, sha256 }, body, { device, vaultKey }, { counter = 0, pin, joining = [] } = {}) {
  const { id, sign, recipient, name } = device;
  const { kit, next_kit: next } = body.keyring;
  const listed = [{ id, sign, recipient, name }, ...joining];
  const others = manifest.devices.filter((each) => !listed.some((one) => one.id === each.id));
  return write({
    manifest: {
      ...manifest, account: accountOf(manifest), counter: Math.max(manifest.counter, counter) + 1, device: id, base_sha256: sha256,
      devices: [...others, ...listed], organisation_key: pin ?? manifest.organisation_key,
    },
    body, signingKey: (await keysOf(device)).signingKey,
    recipients: [await recipientOf(vaultKey), ...[kit, next].filter(Boolean).map((each) => each.recipient)],
  });
}
