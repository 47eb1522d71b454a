/**
 * Re-wrap: share A of a backup, opened with a former recovery key and sealed to the present one. Its content stays as
 * it was.
 */
import { base64, equal, fromBase64, hex, now, sha256, utf8 } from './bytes.js';
import { IDENTIFYING, openShareA } from './cloud-backups.js';
import { CryptoError } from './errors.js';
import { sealJson } from './sealing.js';
import { sign } from './signatures.js';

/** @import { KeyFile } from './organisation-keys.js' */

const LABEL = 'spare-key/v1/rewrap';
const LARGEST = 8 * 1024; // bytes of a sealed share, as the server takes it

/**
 * @typedef {{backup: string, formerSha256: string, sha256: string, file: Uint8Array}} Share
 * @param {{row: {backup: string, organisation: string, user: string, file_sha256: string, share_a: string},
 *   former: KeyFile, next: KeyFile, succession: import('./key-successions.js').Succession}} parts - row: the backup as
 *   the server names it, share_a in base64
 * @returns {Promise<Share>} what was sealed has been opened again; throws what `openShareA` throws, `wrong_backup`
 *   where it is that of another, `too_large`
 */
export async function rewrapShare({ row, former, next, succession }) {
  const shareA = fromBase64(row.share_a);
  const { meta, fields, signature, successions, shareA: a, recipient } = await openShareA(shareA, former);
  const same = IDENTIFYING.every((name) => fields[name] === row[name]);
  if (!same) throw new CryptoError('wrong_backup');
  const inside = { meta, signature, share_a: base64(a), recipient, successions: [...successions, succession] };
  const file = await sealJson(inside, [next.recipient]);
  if (file.length > LARGEST) throw new CryptoError('too_large');
  const again = await openShareA(file, next);
  if (!equal(again.shareA, a) || again.meta !== meta) throw new CryptoError('malformed');
  return { backup: row.backup, formerSha256: hex(await sha256(shareA)), sha256: hex(await sha256(file)), file };
}

/**
 * What both keys sign about a batch: which share takes the place of which.
 * @param {{shares: Share[], former: KeyFile, next: KeyFile, origin: string, admin: string}} parts - admin: user id
 * @returns {Promise<{statement: string, signature: string, formerSignature: string}>} exact JSON, base64
 */
export async function signRewrap({ shares, former, next, origin, admin }) {
  const statement = JSON.stringify({
    v: 1,
    type: 'rewrap',
    origin,
    organisation: next.organisation,
    admin,
    former: former.fingerprint,
    next: next.fingerprint,
    made_at: now(),
    shares: shares.map(({ backup, formerSha256, sha256: after }) => ({
      backup,
      former_sha256: formerSha256,
      sha256: after,
    })),
  });
  /** @param {KeyFile} key */
  const by = async ({ seed }) => base64(await sign(LABEL, utf8(statement), seed));
  return { statement, signature: await by(next), formerSignature: await by(former) };
}
