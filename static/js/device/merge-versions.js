/** Two versions of a vault made one, so that neither side loses what it did. */
import { randomId } from '../crypto/bytes.js';

/** @import { Body, EpochKey, Keyring } from '../crypto/documents.js' */

/**
 * Edits of `mine` on top of `theirs`. Where both edited one item, both versions are kept.
 * @param {Body|null} before - the body that mine was made from; null where that isn't known: then the later time wins
 * @param {Body} mine @param {Body} theirs
 * @param {string} label - behind the title of their version of an item that both edited
 * @returns {Body}
 */
export function merged(before, mine, theirs, label) {
  const items = byId(theirs.items);
  const base = before && byId(before.items);
  const buried = byId(theirs.tombstones);
  for (const item of mine.items) {
    const now = items.get(item.id);
    if (same(now, item) || (base ? same(base.get(item.id), item) : isLater(now, buried.get(item.id), item))) continue;
    if (base && now && !same(now, base.get(item.id))) {
      const other = { ...now, id: randomId(), title: `${now.title} ${label}` };
      items.set(other.id, other);
    }
    items.set(item.id, item);
  }
  const kept = new Set(mine.items.map(({ id }) => id));
  for (const { id, deleted_at: deletedAt } of mine.tombstones) {
    const now = items.get(id);
    if (now && !kept.has(id) && (base ? same(now, base.get(id)) : now.updated_at <= deletedAt)) items.delete(id);
  }
  const tombstones = [...byId([...theirs.tombstones, ...mine.tombstones]).values()].filter(({ id }) => !items.has(id));
  return { ...theirs, items: [...items.values()], tombstones, keyring: keyring(mine.keyring, theirs.keyring) };
}

/**
 * @param {EpochKey[]} more @param {EpochKey[]} keys - of a keyring
 * @returns {EpochKey[]} with those of `more` whose epoch none of them has
 */
export const joinedKeys = (more, keys) => [
  ...more.filter(({ epoch }) => keys.every((each) => each.epoch !== epoch)),
  ...keys,
];

const byId = (list) => new Map(list.map((each) => [each.id, each]));

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const isLater = (now, tombstone, item) => (now?.updated_at ?? tombstone?.deleted_at ?? '') >= item.updated_at;

/**
 * A kit that either side has seen confirmed is confirmed: its identity goes. The next kit stays until one of its number
 * is in force; of two, the one that was saved first. Keys of earlier vaults are kept from both.
 * @param {Keyring} mine @param {Keyring} theirs @returns {Keyring}
 */
function keyring(mine, { next_kit: theirNext, ...theirs }) {
  const isMine =
    mine.kit.number > theirs.kit.number || (mine.kit.recipient === theirs.kit.recipient && !mine.kit.identity);
  const kit = isMine ? mine.kit : theirs.kit;
  const next = [theirNext, mine.next_kit].find((each) => (each?.number ?? 0) > kit.number);
  return { ...theirs, epochs: joinedKeys(mine.epochs, theirs.epochs), kit, ...(next && { next_kit: next }) };
}
