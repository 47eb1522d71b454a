/**
 * The document: vault file, cloud backup and local backup alike. An age file around gzip of three lines:
 * manifest (JSON), its signature by the writing device (base64), body (JSON). The exact bytes are signed and checked;
 * nothing is serialised a second time.
 */
import { base64, concat, fromBase64, fromUtf8, hex, now, sha256, utf8 } from './bytes.js';
import { CryptoError } from './errors.js';
import { deflate, inflate } from './gzip.js';
import { open, seal } from './sealing.js';
import {
  count, digest, either, exactly, fingerprint, fits, fromJson, id, identity, octets, recipient, text, time,
} from './shapes.js';
import { sign, verify } from './signatures.js';

const FORMAT = 1;
export const LIMITS = { file: 32 * 1024 * 1024, inflated: 128 * 1024 * 1024, items: 50_000 };

const LABEL = 'spare-key/v1/manifest';
const NEWLINE = 0x0a;
const MANIFEST = {
  format: exactly(FORMAT),
  organisation: id,
  user: id,
  'account?': text,
  epoch: count,
  counter: count,
  made_at: time,
  device: id,
  items: count,
  body_sha256: digest,
  base_sha256: either(digest, exactly('')),
  devices: [{ id, sign: octets(32), recipient, name: text }],
  kit: count,
  'unconfirmed_since?': time,
  organisation_key: either(exactly(null), { epoch: count, fingerprint }),
};
const LOGIN = {
  id,
  kind: exactly('login'),
  title: text,
  username: text,
  password: text,
  url: text,
  notes: text,
  created_at: time,
  updated_at: time,
};
const empty = exactly('');
const NOTE = { ...LOGIN, kind: exactly('note'), username: empty, password: empty, url: empty };
const ITEM = either(LOGIN, NOTE);
const BODY = {
  items: [ITEM], tombstones: [{ id, deleted_at: time }],
  keyring: {
    epochs: [{ epoch: count, key: identity }],
    // The identity is there only until the person has shown to have the kit; the next kit only while it takes its
    // place.
    kit: { number: count, recipient, made_at: time, 'identity?': identity, 'verify_key?': octets(32) },
    'next_kit?': { number: count, recipient, made_at: time, identity, verify_key: octets(32) },
  },
};

/**
 * @typedef {{id: string, kind: string, title: string, username: string, password: string, url: string, notes: string,
 *   created_at: string, updated_at: string}} Item - kind: login or note
 * @typedef {{number: number, recipient: string, made_at: string, identity?: string, verify_key?: string}} Kit
 * @typedef {{epoch: number, key: string}} EpochKey
 * @typedef {{epochs: EpochKey[], kit: Kit, next_kit?: Kit}} Keyring
 * @typedef {{items: Item[], tombstones: {id: string, deleted_at: string}[], keyring: Keyring}} Body
 * @typedef {{epoch: number, fingerprint: string}} Pin - of an organisation key
 * @typedef {{id: string, sign: string, recipient: string, name: string}} ListedDevice
 * @typedef {{organisation: string, user: string, account?: string, epoch: number, counter: number, device: string,
 *   base_sha256: string, devices: ListedDevice[], organisation_key: Pin|null, unconfirmed_since?: string}} Place -
 *   what a manifest is made from
 * @typedef {Place & {format: number, made_at: string, items: number, body_sha256: string, kit: number}} Manifest
 * @typedef {{manifest: Manifest, body: Body, plaintext: Uint8Array, sha256: string}} Document - plaintext: the three
 *   lines, for `reseal`; sha256: of the sealed file, hexadecimal
 */

/**
 * @param {{manifest: Place, body: Body, signingKey: CryptoKey|Uint8Array, recipients: string[]}} parts - manifest:
 *   organisation, user, account (the member’s address; only files from before addresses were sealed have none), epoch,
 *   counter, device (whose key signs), base_sha256, devices, organisation_key, unconfirmed_since (a time, or none); the
 *   rest is filled in
 * @returns {Promise<Document & {file: Uint8Array}>} throws `malformed` where the parts have not the format, `too_large`
 */
export async function write({ manifest, body, signingKey, recipients }) {
  const bodyLine = utf8(JSON.stringify(body));
  const {
    organisation, user, account, epoch, counter, device, base_sha256, devices, organisation_key, unconfirmed_since,
  } = manifest;
  const complete = {
    format: FORMAT, organisation, user, account, epoch, counter, made_at: now(), device, items: body.items?.length,
    body_sha256: hex(await sha256(bodyLine)), base_sha256, devices, kit: body.keyring?.kit?.number,
    // Since when nobody has compared the organisation recovery key, while there is none on record for that.
    ...(unconfirmed_since && !organisation_key && { unconfirmed_since }), organisation_key,
  };
  demand(complete, body);
  const manifestLine = utf8(JSON.stringify(complete));
  const signature = utf8(base64(await sign(LABEL, manifestLine, signingKey)));
  const newline = Uint8Array.of(NEWLINE);
  const plaintext = concat(manifestLine, newline, signature, newline, bodyLine, newline);
  return { ...(await reseal(plaintext, recipients)), manifest: complete, body, plaintext };
}

/**
 * Seals the same three lines, bit for bit, to other recipients. @param {Uint8Array} plaintext
 * @param {string[]} recipients
 * @returns {Promise<{file: Uint8Array, sha256: string}>} throws `too_large`
 */
export async function reseal(plaintext, recipients) {
  if (plaintext.length > LIMITS.inflated) throw new CryptoError('too_large');
  const file = await seal(await deflate(plaintext), recipients);
  if (file.length > LIMITS.file) throw new CryptoError('too_large');
  return { file, sha256: hex(await sha256(file)) };
}

/**
 * Opens a document and believes nothing in it that the writing device did not sign.
 * @param {Uint8Array} file @param {(string|CryptoKey)[]} identities
 * @returns {Promise<Document>} throws `wrong_key`, `malformed`, `too_large`, `newer_format`, `bad_signature`
 */
export async function read(file, identities) {
  if (file.length > LIMITS.file) throw new CryptoError('too_large');
  const plaintext = await inflate(await open(file, identities), LIMITS.inflated);
  const [manifestLine, signature, bodyLine] = lines(plaintext);
  const manifest = fromJson(fromUtf8(manifestLine));
  if (Number.isSafeInteger(manifest?.format) && manifest.format > FORMAT) throw new CryptoError('newer_format');
  if (!fits(manifest, MANIFEST)) throw new CryptoError('malformed');
  const signed = await verifiedBy(manifest, manifest.device, LABEL, manifestLine, fromBase64(fromUtf8(signature), 64));
  if (!signed || hex(await sha256(bodyLine)) !== manifest.body_sha256) throw new CryptoError('bad_signature');
  const body = fromJson(fromUtf8(bodyLine));
  demand(manifest, body);
  return { manifest, body, plaintext, sha256: hex(await sha256(file)) };
}

/**
 * Whether an opened document is the one expected here.
 * @param {Document} document
 * @param {{organisation: string, user: string, epoch?: number, minimumCounter?: number}} expected - minimumCounter: the
 *   highest this browser has seen
 * @returns {void} throws `wrong_member`, `wrong_epoch`, `rolled_back`
 */
export function check({ manifest }, { organisation, user, epoch, minimumCounter }) {
  if (manifest.organisation !== organisation || manifest.user !== user) throw new CryptoError('wrong_member');
  if (epoch !== undefined && manifest.epoch !== epoch) throw new CryptoError('wrong_epoch');
  if (minimumCounter !== undefined && manifest.counter < minimumCounter) throw new CryptoError('rolled_back');
}

/** @param {unknown} item @returns {boolean} whether a body can have it: `write` refuses a body for one that it can’t */
export const isItem = (item) => fits(item, ITEM);

/** @param {Document} document @returns {string} the vault key of its own epoch */
export const vaultKeyOf = ({ manifest, body }) =>
  /** @type {EpochKey} */ (body.keyring.epochs.find(({ epoch }) => epoch === manifest.epoch)).key;

/** @param {Body} body @returns {string[]} the vault keys of all epochs that its keyring has */
export const vaultKeysOf = ({ keyring }) => keyring.epochs.map(({ key }) => key);

/**
 * @param {Manifest} manifest @param {string} device - id @param {string} label @param {Uint8Array} bytes
 * @param {Uint8Array} signature @returns {Promise<boolean>} whether this device of the manifest signed the bytes
 */
export async function verifiedBy(manifest, device, label, bytes, signature) {
  const writers = manifest.devices.filter((each) => each.id === device);
  return writers.length === 1 && verify(label, bytes, signature, fromBase64(writers[0].sign, 32));
}

/** @param {any} manifest @param {any} body - whatever was read: it is what its types say from here on */
function demand(manifest, body) {
  if (body?.items?.length > LIMITS.items) throw new CryptoError('too_large');
  const consistent = fits(manifest, MANIFEST) && fits(body, BODY) && body.items.length === manifest.items
    && body.keyring.kit.number === manifest.kit && isRing(body.keyring.epochs, manifest.epoch);
  if (!consistent) throw new CryptoError('malformed');
}

/** The present epoch’s key, and of others before it one each. @param {EpochKey[]} keys @param {number} present */
function isRing(keys, present) {
  const epochs = new Set(keys.map(({ epoch }) => epoch));
  return epochs.size === keys.length && epochs.has(present) && Math.max(...epochs) === present;
}

/** Exactly three lines, each ended. @param {Uint8Array} bytes */
function lines(bytes) {
  const first = bytes.indexOf(NEWLINE);
  const second = bytes.indexOf(NEWLINE, first + 1);
  const third = bytes.indexOf(NEWLINE, second + 1);
  if (first < 0 || second <= first || third <= second || third !== bytes.length - 1) throw new CryptoError('malformed');
  return [bytes.subarray(0, first), bytes.subarray(first + 1, second), bytes.subarray(second + 1, third)];
}
