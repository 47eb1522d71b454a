/**
 * A cloud backup: the vault's three lines sealed to a one-time identity B, whose secret is split in two.
 * Share A goes to the organisation key, share S to the server; either alone is random noise.
 */
import { base64, fromBase64, fromUtf8, hex, now, randomBytes, randomId, sha256, utf8, xor } from './bytes.js';
import { reseal } from './documents.js';
import { CryptoError } from './errors.js';
import { identityFromSecret, makeIdentity, recipientOf, secretOf } from './identities.js';
import { leadsTo, SUCCESSION } from './key-successions.js';
import { demandPinned } from './organisation-keys.js';
import { open, sealJson } from './sealing.js';
import { count, digest, exactly, fingerprint, id, octets, parse, recipient, text, time } from './shapes.js';
import { sign } from './signatures.js';

export const LABEL = 'spare-key/v1/backup';
const META = {
  v: exactly(1),
  type: exactly('cloud-backup'),
  organisation: id,
  user: id,
  'account?': text,
  backup: id,
  epoch: count,
  counter: count,
  items: count,
  made_at: time,
  device: id,
  file_sha256: digest,
  a_sha256: digest,
  organisation_key: fingerprint,
  kit: count,
};
/**
 * What its metadata, a request for it and the page that names it must have alike.
 * @type {['organisation', 'user', 'backup', 'file_sha256']}
 */
export const IDENTIFYING = ['organisation', 'user', 'backup', 'file_sha256'];
// A share that was re-wrapped has what leads from the key in its metadata to the key it is sealed to.
export const SHARE_A = {
  meta: text,
  signature: octets(64),
  share_a: octets(32),
  recipient,
  'successions?': [SUCCESSION],
};

/**
 * @param {{document: import('./documents.js').Document, account: string, kitRecipient: string,
 *   key: import('./organisation-keys.js').Key & {fingerprint: string}, pinned: string, device: string,
 *   signingKey: CryptoKey|Uint8Array}} parts - the vault as read or written; the member's address, which an admin is
 *   shown out of share A; body.keyring.kit.recipient; the organisation key as the server gave it (organisation, epoch,
 *   recipient, sign, fingerprint); its fingerprint as this member pinned it; this device's id and key
 * @returns {Promise<{backup: string, meta: string, metaSignature: string, shareA: string, shareS: string,
 *   file: Uint8Array}>} strings as the upload wants them (exact JSON; base64); throws `key_mismatch`, `too_large`
 */
export async function makeBackup({ document, account, kitRecipient, key, pinned, device, signingKey }) {
  const { organisation, user, epoch, counter, items, kit } = document.manifest;
  if (key.organisation !== organisation) throw new CryptoError('key_mismatch');
  const organisationKey = await demandPinned(key, pinned);
  const identity = makeIdentity();
  const b = await recipientOf(identity);
  const shareS = randomBytes(32);
  const shareA = xor(secretOf(identity), shareS);
  const { file, sha256: fileSha256 } = await reseal(document.plaintext, [b, kitRecipient]);
  const backup = randomId();
  const meta = JSON.stringify({
    v: 1, type: 'cloud-backup', organisation, user, account, backup, epoch, counter, items, made_at: now(), device,
    file_sha256: fileSha256, a_sha256: hex(await sha256(shareA)), organisation_key: organisationKey, kit,
  });
  const metaSignature = base64(await sign(LABEL, utf8(meta), signingKey));
  const sealed = await sealJson({ meta, signature: metaSignature, share_a: base64(shareA), recipient: b }, [
    key.recipient,
  ]);
  return { backup, meta, metaSignature, shareA: base64(sealed), shareS: base64(shareS), file };
}

/**
 * @typedef {{v: number, type: string, organisation: string, user: string, account?: string, backup: string,
 *   epoch: number, counter: number, items: number, made_at: string, device: string, file_sha256: string,
 *   a_sha256: string, organisation_key: string, kit: number}} Meta
 * @typedef {{meta: string, fields: Meta, signature: string, shareA: Uint8Array, recipient: string,
 *   successions: import('./key-successions.js').Succession[]}} OpenedShare - meta exact and parsed; its signature by
 *   the member's device (base64, not checked here); recipient of B
 */

/**
 * Opens share A in the admin's browser.
 * @param {Uint8Array} shareA - the file @param {{identity: string, fingerprint: string}} keyFile
 * @returns {Promise<OpenedShare>} throws `wrong_key`, `malformed`, `key_mismatch`
 */
export async function openShareA(shareA, keyFile) {
  const opened = await believed(parse(fromUtf8(await open(shareA, [keyFile.identity])), SHARE_A));
  await demandMadeFor(opened, keyFile.fingerprint);
  return opened;
}

/**
 * Whether the member's device made the backup for this organisation key, or for one whose place it took by signature.
 * @param {OpenedShare} opened @param {string} fingerprint @returns {Promise<void>} throws `key_mismatch`
 */
export async function demandMadeFor({ fields, successions }, fingerprint) {
  const isFor = await leadsTo(successions, fields.organisation, fields.organisation_key, fingerprint);
  if (!isFor) throw new CryptoError('key_mismatch');
}

/**
 * What both share A and its wrapping for a new device hold.
 * @param {{meta: string, signature: string, share_a: string, recipient: string,
 *   successions?: import('./key-successions.js').Succession[]}} value
 * @returns {Promise<OpenedShare>} throws `malformed` unless A is the one its metadata speaks of
 */
export async function believed({ meta, signature, share_a, recipient, successions = [] }) {
  const fields = parse(meta, META);
  const shareA = fromBase64(share_a, 32);
  if (hex(await sha256(shareA)) !== fields.a_sha256) throw new CryptoError('malformed');
  return { meta, fields, signature, shareA, recipient, successions };
}

/**
 * @param {{shareA: Uint8Array, shareS: Uint8Array, recipient: string}} shares
 * @returns {Promise<string>} B; throws `wrong_shares`
 */
export async function joinShares({ shareA, shareS, recipient }) {
  const identity = identityFromSecret(xor(shareA, shareS));
  if ((await recipientOf(identity)) !== recipient) throw new CryptoError('wrong_shares');
  return identity;
}
