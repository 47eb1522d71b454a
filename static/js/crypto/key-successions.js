/**
 * One organisation recovery key after another: the former signs which key takes its place. A browser follows such
 * statements from the key it has on record; nothing else leads to another key but a person who compares characters.
 */
import { base64, fromBase64, now, utf8 } from './bytes.js';
import { CryptoError } from './errors.js';
import { fingerprintOf, isPinnedAs } from './organisation-keys.js';
import { count, exactly, fits, fromJson, id, octets, recipient, text, time } from './shapes.js';
import { sign, verify } from './signatures.js';

const LABEL = 'spare-key/v1/organisation-key-succession';
const KEY = { epoch: count, recipient, sign: octets(32) };
const STATEMENT = {
  v: exactly(1), type: exactly('organisation-key-succession'), organisation: id, former: KEY, next: KEY, made_at: time,
};
/** @typedef {{statement: string, signature: string}} Succession - exact JSON; base64 */
export const SUCCESSION = { statement: text, signature: octets(64) };

/**
 * @param {object} former - from `parseKeyFile` @param {object} next - the same, of a later epoch
 * @returns {Promise<Succession>} throws `key_mismatch` where they can’t follow each other
 */
export async function makeSuccession(former, next) {
  if (next.organisation !== former.organisation || next.epoch <= former.epoch) throw new CryptoError('key_mismatch');
  const whole = ({ epoch, recipient: to, sign: by }) => ({ epoch, recipient: to, sign: by });
  const statement = JSON.stringify({
    v: 1, type: 'organisation-key-succession', organisation: former.organisation, former: whole(former), next: whole(next), made_at: now(),
  });
  return { statement, signature: base64(await sign(LABEL, utf8(statement), former.seed)) };
}

/**
 * @param {Succession[]} successions - in any order; what isn’t one, or isn’t signed by the key it names, leads nowhere
 * @param {string} organisation - id
 * @param {string} from - fingerprint of the key that is known, whole or its first 32 or 16 characters
 * @param {string} to - the same of the key that is asked about
 * @returns {Promise<boolean>} whether it is the same key, or signed statements lead to it, each to a later epoch
 */
export async function leadsTo(successions, organisation, from, to) {
  const steps = (await Promise.all(successions.map((each) => stepOf(each, organisation)))).filter(Boolean);
  const known = [from];
  for (const fingerprint of known) { // grows while it is walked
    if (to.length > fingerprint.length ? isPinnedAs(to, fingerprint) : isPinnedAs(fingerprint, to)) return true;
    for (const step of steps) {
      if (isPinnedAs(step.former, fingerprint) && !known.includes(step.next)) known.push(step.next);
    }
  }
  return false;
}

/** @returns {Promise<{former: string, next: string}|null>} fingerprints */
async function stepOf({ statement, signature }, organisation) {
  try {
    const said = fromJson(statement);
    if (!fits(said, STATEMENT) || said.organisation !== organisation || said.next.epoch <= said.former.epoch) return null;
    const signed = await verify(LABEL, utf8(statement), fromBase64(signature, 64), fromBase64(said.former.sign, 32));
    if (!signed) return null;
    const [former, next] = await Promise.all([said.former, said.next].map((key) => fingerprintOf({ ...key, organisation })));
    return { former, next };
  } catch {
    return null;
  }
}
