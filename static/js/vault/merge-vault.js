/**
 * Items from elsewhere (another program’s file, a backup, an earlier vault) into the body of the open vault: what is
 * new comes in, what differs comes in beside what is there, and nothing that is there is changed or deleted.
 */
import { randomId } from '../crypto/bytes.js';
import { joinedKeys } from '../device/merge-versions.js';

/** @import { Body, EpochKey, Item } from '../crypto/documents.js' */

/**
 * @param {Body} body - of the open vault
 * @param {Item[]} items - each is compared with those before it, too: what comes twice is new once
 * @returns {{item: Item, kind: 'new'|'differs'|'same'}[]} in the order given; same: the vault has it, all but its id
 *   and times; differs: what has its id, or its kind, title, username and url, has other contents
 */
export function compare(body, items) {
  const [there, ids, names] = [contents, ({ id }) => id, name].map((of) => ({ of, seen: new Set(body.items.map(of)) }));
  const has = ({ of, seen }, item) => seen.has(of(item));
  return items.map((item) => {
    const kind = has(there, item) ? 'same' : has(ids, item) || has(names, item) ? 'differs' : 'new';
    for (const { of, seen } of [there, ids, names]) seen.add(of(item));
    return { item, kind };
  });
}

/**
 * Brings in what the body hasn’t, and once: doing it again adds nothing.
 * @param {Body} body - changed in place
 * @param {Item[]} items
 * @param {string} label - behind the title of what differs from what is there
 * @returns {number} how many were added
 */
export function bringIn(body, items, label) {
  const taken = new Set([...body.items, ...body.tombstones].map(({ id }) => id));
  const there = new Set(body.items.map(contents));
  const before = body.items.length;
  const added = [];
  for (const { item, kind } of compare(body, items)) {
    const coming = kind === 'differs' ? { ...item, title: `${item.title} ${label}` } : item;
    if (kind === 'same' || there.has(contents(coming))) continue;
    there.add(contents(coming));
    const isFree = kind === 'new' && !taken.has(item.id);
    added.push({ ...coming, id: isFree ? item.id : randomId() });
  }
  body.items = [...body.items, ...added];
  return body.items.length - before;
}

/**
 * Keys of earlier vaults that the keyring hasn’t: these vaults open by themselves from now on. What an undo took back,
 * whose number may be higher than the present one, stays out: no keyring has keys of coming epochs.
 * @param {Body} body - changed in place @param {EpochKey[]} keys @param {number} present - epoch
 */
export function bringKeys({ keyring }, keys, present) {
  keyring.epochs = joinedKeys(keys.filter(({ epoch }) => epoch < present), keyring.epochs);
}

const contents = ({ id, created_at: made, updated_at: changed, ...rest }) =>
  JSON.stringify(Object.entries(rest).sort());

const name = ({ kind, title, username, url }) => JSON.stringify([kind, title, username, url]);
