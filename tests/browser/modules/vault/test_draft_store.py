"""Where drafts are kept: what another tab drops while they are read is no draft, and hides no other."""

from tests.browser.modules.conftest import Modules

READ_WHILE_ONE_IS_DROPPED = """async () => {
  const { draftsOf } = await import('/static/js/vault/draft-store.js');
  const place = (item) => `spare-key/user/drafts/1/${item}/writer`;
  for (const item of ['gone', 'kept']) localStorage.setItem(place(item), 'AAAA');
  const reading = draftsOf('user');
  localStorage.removeItem(place('gone'));
  return (await reading).map(({ item }) => item);
}"""


def test_a_draft_that_is_dropped_while_all_are_read_hides_no_other(modules: Modules) -> None:
    assert modules.page.evaluate(READ_WHILE_ONE_IS_DROPPED) == ["kept"]
