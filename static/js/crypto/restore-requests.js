/**
 * A cloud restore between three parties: the member's new device asks, an admin with the key file approves, the server
 * releases. Each signs or checks exact bytes.
 */
import { base32, base64, fromBase64, fromTyped, fromUtf8, hex, now, randomId, sha256, utf8 } from './bytes.js';
import {
  believed, demandMadeFor, IDENTIFYING, joinShares, LABEL as BACKUP_LABEL, openShareA, SHARE_A,
} from './cloud-backups.js';
import { check, read, verifiedBy } from './documents.js';
import { CryptoError } from './errors.js';
import { SUCCESSION } from './key-successions.js';
import { demandPinned } from './organisation-keys.js';
import { open, sealJson } from './sealing.js';
import { digest, either, exactly, fingerprint, id, octets, parse, recipient, text, time } from './shapes.js';
import { sign, verify } from './signatures.js';

/** @import { KeyFile } from './organisation-keys.js' */

const REQUEST_LABEL = 'spare-key/v1/restore-request';
const APPROVAL_LABEL = 'spare-key/v1/restore-approval';
const TOLD = 16;
/** People whose six digits count, at most: each makes a number that somebody guesses likelier to fit. */
export const MOST_APPROVERS = 20;
const MOST_SUCCESSIONS = 30; // more are left out: the member compares, as if nothing had been known
const CLOCK_TOLERANCE = 60 * 60_000;
const DAY = 24 * CLOCK_TOLERANCE;
// As long as an approval may be good: a request’s 7 days, the longest wait of 7 and the 3 to use it (webapp/limits.py).
const LONGEST_APPROVAL = 17 * DAY;
// From before a request named the organisation recovery key. Those that were open then are finished; none is made.
const FIRST_REQUEST = {
  v: exactly(1), type: exactly('restore-request'), origin: text, organisation: id, user: id, request: id, backup: id,
  file_sha256: digest, device: id, sign: octets(32), recipient, browser: text, made_at: time,
};
const REQUEST = {
  ...FIRST_REQUEST,
  v: exactly(2),
  organisation_key: fingerprint,
  successions: [SUCCESSION],
  'approvers?': [id],
};
const APPROVAL = {
  v: exactly(1), type: exactly('restore-approval'), origin: text, organisation: id, user: id, request: id, backup: id,
  request_sha256: digest, sign: octets(32), recipient, file_sha256: digest, organisation_key: fingerprint,
  wrapped_sha256: digest, admin: id, made_at: time, expires_at: time,
};
const WRAPPED = { ...SHARE_A, request: id };
const SHARE_S = { request: id, backup: id, share_s: octets(32) };

/**
 * @typedef {{v: number, origin: string, organisation: string, user: string, request: string, backup: string,
 *   file_sha256: string, device: string, sign: string, recipient: string, browser: string, made_at: string,
 *   organisation_key?: string, successions?: import('./key-successions.js').Succession[], approvers?: string[]}}
 *   Request
 */

/** @param {string} exact @returns {Request} what a request of either version says; throws `malformed` */
export const readRequest = (exact) => parse(exact, either(REQUEST, FIRST_REQUEST));

/**
 * @param {string} exact - the request's JSON @returns {Promise<string>} 16 base32 characters (80 bits) over all of it
 */
export const fingerprintOf = async (exact) => base32(await sha256(utf8(`${REQUEST_LABEL}\n${exact}`))).slice(0, TOLD);

/**
 * @param {{origin: string, organisation: string, user: string, backup: string, fileSha256: string, device: string,
 *   sign: string, recipient: string, browser: string, signingKey: CryptoKey|Uint8Array, organisationKey: string,
 *   successions?: import('./key-successions.js').Succession[], approvers?: string[]}} parts - ids; keys of the new
 *   device, sign in base64; whole fingerprint of the recovery key that opens the backup, as this browser was told it;
 *   what leads between that and the key that this browser knew before; who may approve now, of whom the first 20 count:
 *   who can is named before the request has its id, so that nobody can look for an id with which some digits fit
 * @returns {Promise<{request: string, exact: string, signature: string, fingerprint: string}>} signature in base64
 */
export async function makeRequest({
  signingKey,
  fileSha256,
  origin,
  organisation,
  user,
  backup,
  device,
  sign: publicKey,
  recipient,
  browser,
  organisationKey,
  successions = [],
  approvers = [],
}) {
  const request = randomId();
  const exact = JSON.stringify({
    v: 2,
    type: 'restore-request',
    origin,
    organisation,
    user,
    request,
    backup,
    file_sha256: fileSha256,
    device,
    sign: publicKey,
    recipient,
    browser,
    organisation_key: organisationKey,
    successions: successions.length > MOST_SUCCESSIONS ? [] : successions,
    ...(approvers.length && { approvers: approvers.slice(0, MOST_APPROVERS) }),
    made_at: now(),
  });
  const signature = base64(await sign(REQUEST_LABEL, utf8(exact), signingKey));
  return { request, exact, signature, fingerprint: await fingerprintOf(exact) };
}

/**
 * The admin's part, first half: compares what the member read out, opens share A and sees whose backup it is.
 * @param {{exact: string, typed: string, row: {organisation: string, user: string, account: string, backup: string,
 *   file_sha256: string}, shareA: Uint8Array, keyFile: KeyFile, origin: string}} parts - the request's JSON; its
 *   fingerprint as the admin typed it; the backup as the page names it; the file sealed to the organisation key
 * @returns {Promise<{account: string|undefined, exact: string, request: Request, inside: object, keyFile: KeyFile}>}
 *   for `makeApproval`, once the admin knows the member by `account`, as sealed in share A (none: from before addresses
 *   were); throws `wrong_fingerprint`, `other_key_shown` (the member’s browser was shown another key), `wrong_member`,
 *   `wrong_backup`, `wrong_account` (details.account), `wrong_origin`, `wrong_key`, `key_mismatch`, `malformed`
 */
export async function checkRequest({ exact, typed, row, shareA, keyFile, origin }) {
  if ((await fingerprintOf(exact)) !== fromTyped(typed)) throw new CryptoError('wrong_fingerprint');
  const request = readRequest(exact);
  if (request.organisation_key && request.organisation_key !== keyFile.fingerprint) {
    throw new CryptoError('other_key_shown');
  }
  const { meta, fields, signature, successions, shareA: a, recipient } = await openShareA(shareA, keyFile);
  if (request.origin !== origin) throw new CryptoError('wrong_origin');
  /** @param {('organisation'|'user'|'backup'|'file_sha256')[]} names */
  const same = (...names) => names.every((name) => request[name] === row[name] && fields[name] === row[name]);
  if (!same('organisation', 'user') || keyFile.organisation !== row.organisation) throw new CryptoError('wrong_member');
  if (!same('backup', 'file_sha256')) throw new CryptoError('wrong_backup');
  const { account } = fields;
  if (account !== undefined && account !== row.account) {
    throw Object.assign(new CryptoError('wrong_account'), { details: { account } });
  }
  const inside = {
    request: request.request,
    meta,
    signature,
    share_a: base64(a),
    recipient,
    ...(successions.length && { successions }),
  };
  return { account, exact, request, inside, keyFile };
}

/**
 * The second half: wraps share A for the new device, signs.
 * @param {Awaited<ReturnType<typeof checkRequest>>} checked @param {{admin: string, expiresAt: string}} by - user id;
 *   until when the server says that it is good
 * @returns {Promise<{approval: string, signature: string, wrapped: string}>} exact JSON, base64, base64; throws
 *   `expires_too_late` for longer than any may be, by this clock, which may be a day slow
 */
export async function makeApproval({ exact, request, inside, keyFile }, { admin, expiresAt }) {
  if (!(Date.parse(expiresAt) <= Date.now() + LONGEST_APPROVAL + DAY)) throw new CryptoError('expires_too_late');
  const wrapped = await sealJson(inside, [request.recipient]);
  const approval = JSON.stringify({
    v: 1,
    type: 'restore-approval',
    origin: request.origin,
    organisation: request.organisation,
    user: request.user,
    request: request.request,
    backup: request.backup,
    request_sha256: hex(await sha256(utf8(exact))),
    sign: request.sign,
    recipient: request.recipient,
    file_sha256: request.file_sha256,
    organisation_key: keyFile.fingerprint,
    wrapped_sha256: hex(await sha256(wrapped)),
    admin,
    made_at: now(),
    expires_at: expiresAt,
  });
  return {
    approval,
    signature: base64(await sign(APPROVAL_LABEL, utf8(approval), keyFile.seed)),
    wrapped: base64(wrapped),
  };
}

/**
 * What the admin sealed to the new device.
 * @param {{wrapped: Uint8Array, identity: CryptoKey|string, request: string}} parts
 */
async function openWrapped({ wrapped, identity, request }) {
  const inside = parse(fromUtf8(await open(wrapped, [identity])), WRAPPED);
  if (inside.request !== request) throw new CryptoError('wrong_request');
  return believed(inside);
}

/**
 * The member's part: everything a release brought, checked against the request this browser made, joined and opened.
 * @typedef {{approval: string, approval_signature: string, wrapped: string, share_s: string,
 *   organisation_key: {epoch: number, recipient: string, sign: string, fingerprint: string}}} Release
 * @param {{release: Release, file: Uint8Array, exact: string, identity: CryptoKey|string}} parts - header of the
 *   release; the backup; the request's JSON as this browser made it; the new device's X25519 key
 * @returns {Promise<import('./documents.js').Document & {key: {epoch: number, fingerprint: string}, approver: string,
 *   expiresAt: string}>} with the organisation recovery key that approved, by whom, and until when that is good at
 *   most, for `demandPresent`; throws `bad_signature`, `wrong_request`, `wrong_shares`, `wrong_backup`, `key_mismatch`
 *   and whatever `read` and `check` throw
 */
export async function openRelease({ release, file, exact, identity }) {
  const request = readRequest(exact);
  const wrapped = fromBase64(release.wrapped);
  const { epoch, fingerprint: approving } = release.organisation_key;
  const {
    admin: approver,
    made_at: madeAt,
    expires_at: expiresAt,
  } = await demandApproval({ release, exact, request, wrapped });
  const opened = await openWrapped({ wrapped, identity, request: request.request });
  const { meta, fields, signature, shareA, recipient } = opened;
  const s = parse(fromUtf8(await open(fromBase64(release.share_s), [identity])), SHARE_S);
  const same = IDENTIFYING.every((name) => fields[name] === request[name]);
  if (!same || s.backup !== request.backup || hex(await sha256(file)) !== request.file_sha256) {
    throw new CryptoError('wrong_backup');
  }
  if (s.request !== request.request) throw new CryptoError('wrong_request');
  await demandMadeFor(opened, release.organisation_key.fingerprint);
  const document = await read(file, [await joinShares({ shareA, shareS: fromBase64(s.share_s, 32), recipient })]);
  check(document, { ...request, epoch: fields.epoch, minimumCounter: fields.counter });
  const made = await verifiedBy(document.manifest, fields.device, BACKUP_LABEL, utf8(meta), fromBase64(signature, 64));
  if (!made) throw new CryptoError('bad_signature');
  return { ...document, key: { epoch, fingerprint: approving }, approver, expiresAt: earlier(expiresAt, madeAt) };
}

/**
 * Which document to go on with: the newest vault where the keyring opens it, else the backup.
 * @param {{backup: import('./documents.js').Document, file: Uint8Array, epoch: number}} parts - file and epoch: the
 *   newest vault as the server has it
 * @returns {Promise<{document: import('./documents.js').Document, newest: boolean, why: string|null}>} `why` is the
 *   code for which the newest was not used
 */
export async function chooseNewest({ backup, file, epoch }) {
  const { organisation, user, counter } = backup.manifest;
  try {
    if (epoch < backup.manifest.epoch) throw new CryptoError('wrong_epoch');
    // Not with the key of an earlier one: whoever copied that, and the server, could make up what it opens.
    const document = await read(
      file,
      backup.body.keyring.epochs.filter((each) => each.epoch === epoch).map(({ key }) => key),
    );
    check(document, { organisation, user, epoch, minimumCounter: counter });
    return { document, newest: true, why: null };
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    return { document: backup, newest: false, why: error.code };
  }
}

/**
 * @param {{release: Release, exact: string, request: Request, wrapped: Uint8Array}} parts
 * @returns {Promise<any>} what the approval says
 */
async function demandApproval({ release, exact, request, wrapped }) {
  const key = { ...release.organisation_key, organisation: request.organisation };
  await demandPinned(key, key.fingerprint);
  const signed = await verify(
    APPROVAL_LABEL,
    utf8(release.approval),
    fromBase64(release.approval_signature, 64),
    fromBase64(key.sign, 32),
  );
  if (!signed) throw new CryptoError('bad_signature');
  const approval = parse(release.approval, APPROVAL);
  /** @type {(keyof Request)[]} */
  const names = ['origin', 'organisation', 'user', 'request', 'backup', 'sign', 'recipient', 'file_sha256'];
  const agrees =
    names.every((name) => approval[name] === request[name])
    && approval.organisation_key === key.fingerprint
    && approval.request_sha256 === hex(await sha256(utf8(exact)))
    && approval.wrapped_sha256 === hex(await sha256(wrapped));
  if (!agrees) throw new CryptoError('wrong_request');
  if (request.organisation_key && request.organisation_key !== key.fingerprint) throw new CryptoError('key_mismatch');
  return approval;
}

/**
 * None is good for longer than any may be, whatever the admin’s page made it say.
 * @param {string} expiresAt @param {string} madeAt
 */
function earlier(expiresAt, madeAt) {
  const last = Date.parse(madeAt) + LONGEST_APPROVAL;
  return Date.parse(expiresAt) <= last ? expiresAt : new Date(last).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * The server looks at it, too; but one that lies would use an approval from long ago.
 * @param {string} expiresAt @returns {void} throws `approval_past` {expires_at, now} more than an hour later by this
 *   clock
 */
export function demandPresent(expiresAt) {
  if (Date.parse(expiresAt) + CLOCK_TOLERANCE >= Date.now()) return;
  throw Object.assign(new CryptoError('approval_past'), { details: { expires_at: expiresAt, now: now() } });
}
