"""Items from elsewhere into a body: what is new comes in, what differs beside it, nothing present is touched."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser.modules.conftest import Modules

Item = dict[str, Any]
Body = dict[str, Any]
Call = Callable[..., Any]
EARLY, LATE = "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"


@pytest.fixture
def call(modules: Modules) -> Call:
    """`call("compare", body, items)` of the page’s module; "bringIn" gives [how many, the body afterwards]."""

    def called(function: str, *arguments: Any) -> Any:
        script = """async ([name, values]) => {
          const found = (await import('/static/js/vault/merge-vault.js'))[name](...values);
          return name === 'compare' ? found.map(({ kind }) => kind) : [found, values[0]];
        }"""
        return modules.page.evaluate(script, [function, list(arguments)])

    return called


def item(number: int, title: str = "Example", password: str = "p", **fields: str) -> Item:
    values = {"username": "alice", "url": "", "notes": "", "created_at": EARLY, "updated_at": EARLY, **fields}
    return {"id": f"{number:032x}", "kind": "login", "title": title, "password": password, **values}


def body(*items: Item, deleted: tuple[str, ...] = ()) -> Body:
    tombstones = [{"id": name, "deleted_at": EARLY} for name in deleted]
    return {"items": list(items), "tombstones": tombstones, "keyring": {}}


def test_what_the_vault_has_is_the_same_whatever_its_id_and_times(call: Call) -> None:
    there = body(item(1))
    assert call("compare", there, [item(2, created_at=LATE, updated_at=LATE)]) == ["same"]
    assert call("bringIn", there, [item(2, updated_at=LATE)], "(in)") == [0, there]


def test_the_order_of_its_fields_makes_no_difference(call: Call) -> None:
    assert call("compare", body(item(1)), [dict(reversed(item(2).items()))]) == ["same"]


@pytest.mark.parametrize("field", ["password", "notes"])
def test_an_item_of_the_same_name_with_other_contents_differs(call: Call, field: str) -> None:
    assert call("compare", body(item(1)), [item(2, **{field: "other"})]) == ["differs"]


def test_an_item_of_the_same_id_with_another_name_differs(call: Call) -> None:
    assert call("compare", body(item(1)), [item(1, "Renamed")]) == ["differs"]


@pytest.mark.parametrize("field", ["title", "username", "url", "kind"])
def test_an_item_of_another_name_is_new(call: Call, field: str) -> None:
    assert call("compare", body(item(1)), [{**item(2), field: "note"}]) == ["new"]


def test_what_comes_twice_is_new_once(call: Call) -> None:
    twice = [item(1), item(2), item(3, password="other")]
    assert call("compare", body(), twice) == ["new", "same", "differs"]
    count, after = call("bringIn", body(), twice, "(in)")
    assert (count, [each["title"] for each in after["items"]]) == (2, ["Example", "Example (in)"])


def test_a_new_item_keeps_its_id_where_that_is_free(call: Call) -> None:
    buried = item(2, "Buried")
    there = body(item(1), deleted=(buried["id"],))
    count, after = call("bringIn", there, [item(3, "Free"), buried], "(in)")
    _, free, fresh = after["items"]
    assert (count, free["id"], fresh["title"]) == (2, item(3)["id"], "Buried")
    assert fresh["id"] not in {buried["id"], item(1)["id"]}
    assert len(fresh["id"]) == 32
    assert after["tombstones"] == there["tombstones"]


def test_what_differs_comes_in_beside_what_is_there(call: Call) -> None:
    count, after = call("bringIn", body(item(1)), [item(1, password="other")], "(in)")
    present, beside = after["items"]
    assert (count, present) == (1, item(1))
    assert beside == {**item(1, "Example (in)", "other"), "id": beside["id"]}
    assert beside["id"] != present["id"]


def test_doing_it_again_adds_nothing(call: Call) -> None:
    coming = [item(1, password="other"), item(4, "New")]
    _, once = call("bringIn", body(item(1)), coming, "(in)")
    assert call("bringIn", once, coming, "(in)") == [0, once]


def test_fifty_thousand_items_take_no_time(modules: Modules) -> None:
    script = """async () => {
      const { bringIn } = await import('/static/js/vault/merge-vault.js');
      const make = (from, to) => Array.from({ length: to - from }, (_, at) => (
        { id: `${from + at}`, kind: 'login', title: `Item ${from + at}`, username: '', url: '' }));
      const body = { items: make(0, 25000), tombstones: [] };
      return [bringIn(body, make(0, 50000), '(in)'), body.items.length, new Set(body.items.map(({ id }) => id)).size];
    }"""
    assert modules.page.evaluate(script) == [25_000, 50_000, 50_000]


ITEMS = st.lists(
    st.builds(item, st.integers(0, 3), st.sampled_from(["A", "B", "A (in)"]), st.sampled_from("pq")), max_size=5
)


@settings(max_examples=80)
@given(ITEMS, ITEMS, st.sets(st.integers(0, 3)))
def test_nothing_present_changes_and_everything_offered_is_there(
    call: Call, present: list[Item], coming: list[Item], deleted: set[int]
) -> None:
    present = list({each["id"]: each for each in present}.values())
    kept = {each["id"] for each in present}
    there = body(*present, deleted=tuple(f"{number:032x}" for number in deleted if f"{number:032x}" not in kept))
    count, after = call("bringIn", copy.deepcopy(there), coming, "(in)")
    items = after["items"]
    assert items[: len(present)] == present
    assert len(items) == len(present) + count
    ids = [each["id"] for each in items]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {each["id"] for each in there["tombstones"]}
    found = {(each["title"], each["password"]) for each in items}
    for each in coming:
        assert {(each["title"], each["password"]), (f"{each['title']} (in)", each["password"])} & found
