/** The vault file as this browser and the server have it: the newest, checked, and what is saved on top of it. */
import { check, read, write } from './crypto/documents.js';
import { CryptoError } from './crypto/errors.js';
import { recipientOf } from './crypto/identities.js';
import { change, deviceBy, keysOf } from './keystore.js';
import { getFramed, signedFetch } from './server.js';

/**
 * @param {{vaultKey: string, device: string}} session - of vault-session.js
 * @returns {Promise<import('./crypto/documents.js').Document>} throws ServerError, CryptoError (`rolled_back`, …)
 */
export async function loadVault({ vaultKey, device: id }) {
  const { organisation, user, seen } = await deviceBy(id);
  const { header, file } = await getFramed('/vault/file');
  if (header.epoch < (seen?.epoch ?? 0)) throw new CryptoError('rolled_back');
  const document = await read(file, [vaultKey]);
  check(document, { organisation, user, epoch: header.epoch, minimumCounter: seen?.counter });
  await remember(id, document);
  return document;
}

/**
 * @param {{vaultKey: string, device: string}} session
 * @param {import('./crypto/documents.js').Document} base - the version that was edited
 * @param {{body?: object, organisationKey?: {epoch: number, fingerprint: string}|null}} edit - what is left out stays
 * @returns {Promise<import('./crypto/documents.js').Document & {file: Uint8Array}>} as saved; throws `stale_vault`, …
 */
export async function saveVault({ vaultKey, device: id }, base, { body = base.body, organisationKey = base.manifest.organisation_key }) {
  const device = await deviceBy(id);
  const { signingKey } = await keysOf(device);
  const entry = { id, sign: device.sign, recipient: device.recipient, name: device.name };
  const manifest = {
    ...base.manifest, counter: base.manifest.counter + 1, device: id, base_sha256: base.sha256,
    devices: [...base.manifest.devices.filter((other) => other.id !== id), entry], organisation_key: organisationKey,
  };
  const recipients = [await recipientOf(vaultKey), body.keyring.kit.recipient];
  const saved = await write({ manifest, body, signingKey, recipients });
  const { epoch, counter, base_sha256, items, kit } = saved.manifest;
  const header = { epoch, counter, base_sha256, items, kit, file_sha256: saved.sha256 };
  await signedFetch('/vault/file', { device: { id, signingKey }, header, file: saved.file });
  await remember(id, saved);
  return saved;
}

const remember = (id, { manifest: { epoch, counter }, sha256 }) => change(id, { seen: { epoch, counter, sha256 } });
