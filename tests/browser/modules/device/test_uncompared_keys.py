"""A vault without a key on record: nobody has compared one, so nothing is backed up, whatever the server serves."""

from tests.browser.modules.conftest import Modules
from tests.browser.modules.crypto.test_restores import STORY

SERVED = (
    STORY
    + """
const { backUp, backUpIfDue, followKey } = await load('backups/backup');
const { makeDevice } = await load('device/keystore');
const store = {
  device: await makeDevice({ organisation, user, name: 'Test' }),
  saved: await small({ counter: 7, organisation_key: null }),
};
const about = { organisation, name: 'E', successions: [], enrolled: true, newest: null };
const named = { id: organisation, name: 'K', epoch, recipient, sign, fingerprint };
const served = { ...named, ...about };
const asked = [];
globalThis.fetch = async (path, { method }) => {
  asked.push(`${method} ${path}`);
  if (path !== '/organisation/key') throw new TypeError('nobody');
  const headers = { 'Content-Type': 'application/vnd.spare-key+json' };
  return new Response(JSON.stringify({ ...about, key: named }), { headers });
};
const codeOf = (work) => work.then((found) => found, ({ code, message }) => code ?? message);
"""
)


def test_each_way_to_a_backup_refuses_by_itself(modules: Modules) -> None:
    """None leans on another that looks first."""
    found = modules(
        SERVED + "return [await codeOf(backUp(store, served)), await codeOf(followKey(store, served)), asked];"
    )
    assert found == ["key_mismatch", "key_mismatch", []]


def test_what_is_done_by_itself_asks_for_the_key_and_nothing_else(modules: Modules) -> None:
    assert modules(SERVED + "return [await codeOf(backUpIfDue(store)), asked];") == [False, ["GET /organisation/key"]]
