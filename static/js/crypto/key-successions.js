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
 * @param {import('./organisation-keys.js').KeyFile} former
 * @param {import('./organisation-keys.js').KeyFile} next - of a later epoch
 * @returns {Promise<Succession>} throws `key_mismatch` where they can’t follow each other
 */
export async function makeSuccession(former, next) {
  if (next.organisation !== former.organisation || next.epoch <= former.epoch) throw new CryptoError('key_mismatch');
  /** @param {import('./organisation-keys.js').Key} key */
  const whole = ({ epoch, recipient: to, sign: by }) => ({ epoch, recipient: to, sign: by });
  const statement = JSON.stringify({
    v: 1,
    type: 'organisation-key-succession',
    organisation: former.organisation,
    former: whole(former),
    next: whole(next),
    made_at: now(),
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
export const leadsTo = async (successions, organisation, from, to) =>
  (await pathTo(successions, organisation, from, to)) !== null;

/**
 * @typedef {{succession: Succession, former: string, next: {epoch: number, fingerprint: string}}} Step -
 *   former: fingerprint
 * @param {Succession[]} successions @param {string} organisation @param {string} from @param {string} to - as `leadsTo`
 * @returns {Promise<Step[]|null>} the steps between the two, none where they are of one key; null: nothing leads there
 */
export async function pathTo(successions, organisation, from, to) {
  const found = await Promise.all(successions.map((each) => stepOf(each, organisation)));
  const steps = /** @type {Step[]} */ (found.filter(Boolean));
  /** @type {Map<string, Step[]>} */
  const paths = new Map([[from, []]]);
  for (const [fingerprint, path] of paths) { // grows while it is walked
    if (to.length > fingerprint.length ? isPinnedAs(to, fingerprint) : isPinnedAs(fingerprint, to)) return path;
    for (const step of steps) {
      const { next: { fingerprint: next } } = step;
      if (isPinnedAs(step.former, fingerprint) && !paths.has(next)) paths.set(next, [...path, step]);
    }
  }
  return null;
}

/**
 * @param {Succession[]} successions @param {string} organisation @param {string} one @param {string} other
 * @returns {Promise<Step[]|null>} the steps from the one to the other, or the other way round; as `pathTo`
 */
export const pathBetween = async (successions, organisation, one, other) => (
  (await pathTo(successions, organisation, one, other)) ?? pathTo(successions, organisation, other, one));

/**
 * @param {Parameters<typeof pathBetween>} asked
 * @returns {Promise<boolean>} whether one of the two keys follows from the other, or they are the same; as `leadsTo`
 */
export const areRelated = async (...asked) => (await pathBetween(...asked)) !== null;

/**
 * What a browser that knew a key has on record once another has approved: that one, where it is the known one or
 * follows from it by signature. Where it came before, the known one stays: anybody can make a key up that “signed” for
 * another, so no former key is believed in its place.
 * @param {Succession[]} successions @param {string} organisation @param {string} known - fingerprint, or its beginning
 * @param {{epoch: number, fingerprint: string}} key - that approved
 * @returns {Promise<{epoch: number, fingerprint: string}|null>} null: they have nothing to do with each other
 */
export async function ownPin(successions, organisation, known, { epoch, fingerprint }) {
  if (await leadsTo(successions, organisation, known, fingerprint)) return { epoch, fingerprint };
  return (await pathTo(successions, organisation, fingerprint, known))?.at(-1)?.next ?? null;
}

/** @param {Succession} succession @param {string} organisation @returns {Promise<Step|null>} null: it leads nowhere */
async function stepOf({ statement, signature }, organisation) {
  try {
    const said = fromJson(statement);
    if (!fits(said, STATEMENT) || said.organisation !== organisation || said.next.epoch <= said.former.epoch) {
      return null;
    }
    const signed = await verify(LABEL, utf8(statement), fromBase64(signature, 64), fromBase64(said.former.sign, 32));
    if (!signed) return null;
    const [former, next] = await Promise.all(
      [said.former, said.next].map((key) => fingerprintOf({ ...key, organisation })),
    );
    return { succession: { statement, signature }, former, next: { epoch: said.next.epoch, fingerprint: next } };
  } catch {
    return null;
  }
}
