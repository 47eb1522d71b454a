"""Two versions of a vault made one: nobody’s edit is lost, whoever was first."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

Body = dict[str, Any]
Merge = Callable[..., Body]
EARLY, LATE = "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"


@pytest.fixture
def merge(page: Page) -> Merge:
    """merged(before, mine, theirs, label) of the page’s module."""
    page.goto("/sign-in")

    def merged(before: Body | None, mine: Body, theirs: Body, label: str = "(theirs)") -> Body:
        script = """async (parts) => {
          const address = new URL('vault-merge.js', document.querySelector('script[type=module]').src);
          return (await import(address)).merged(...parts);
        }"""
        found: Body = page.evaluate(script, [before, mine, theirs, label])
        return found

    return merged


def body(items: dict[str, str], deleted: tuple[str, ...] = (), at: str = EARLY, identity: bool = True) -> Body:
    """Items by id and title."""
    kit = {"number": 1, "recipient": "age1", "made_at": EARLY, **({"identity": "AGE"} if identity else {})}
    return {
        "items": [{"id": name, "title": title, "updated_at": at} for name, title in items.items()],
        "tombstones": [{"id": name, "deleted_at": at} for name in deleted],
        "keyring": {"epochs": [], "kit": kit},
    }


def titles(merged: Body) -> list[str]:
    return sorted(item["title"] for item in merged["items"])


def test_edits_of_different_items_are_both_there(merge: Merge) -> None:
    before = body({"a": "A", "b": "B"})
    assert titles(merge(before, body({"a": "A1", "b": "B"}), body({"a": "A", "b": "B2", "c": "C"}))) == [
        "A1",
        "B2",
        "C",
    ]


def test_edits_of_one_item_leave_two(merge: Merge) -> None:
    merged = merge(body({"a": "A"}), body({"a": "mine"}), body({"a": "other"}))
    assert titles(merged) == ["mine", "other (theirs)"]
    assert len({item["id"] for item in merged["items"]}) == 2


def test_the_same_edit_on_both_sides_is_one(merge: Merge) -> None:
    assert titles(merge(body({"a": "A"}), body({"a": "new"}), body({"a": "new"}))) == ["new"]


def test_a_deletion_holds_unless_the_other_side_edited(merge: Merge) -> None:
    before, mine = body({"a": "A", "b": "B"}), body({}, ("a", "b"))
    merged = merge(before, mine, body({"a": "A", "b": "edited"}))
    assert titles(merged) == ["edited"]
    assert [tombstone["id"] for tombstone in merged["tombstones"]] == ["a"]


def test_what_they_deleted_stays_deleted_unless_it_was_edited_here(merge: Merge) -> None:
    before, theirs = body({"a": "A", "b": "B"}), body({}, ("a", "b"))
    merged = merge(before, body({"a": "A", "b": "edited"}), theirs)
    assert titles(merged) == ["edited"]
    assert [tombstone["id"] for tombstone in merged["tombstones"]] == ["a"]


@pytest.mark.parametrize(("mine", "theirs", "expected"), [(LATE, EARLY, "mine"), (EARLY, LATE, "theirs")])
def test_without_a_common_base_the_later_edit_wins(merge: Merge, mine: str, theirs: str, expected: str) -> None:
    assert titles(merge(None, body({"a": "mine"}, at=mine), body({"a": "theirs"}, at=theirs))) == [expected]


def test_without_a_common_base_what_one_side_alone_has_stays(merge: Merge) -> None:
    assert titles(merge(None, body({"a": "A"}), body({"b": "B"}))) == ["A", "B"]


@pytest.mark.parametrize(("edited", "deleted", "expected"), [(LATE, EARLY, ["A"]), (EARLY, LATE, [])])
def test_without_a_common_base_the_later_of_edit_and_deletion_wins(
    merge: Merge, edited: str, deleted: str, expected: list[str]
) -> None:
    has, lacks = body({"a": "A"}, at=edited), body({}, ("a",), at=deleted)
    assert titles(merge(None, has, lacks)) == expected
    assert titles(merge(None, lacks, has)) == expected


@pytest.mark.parametrize(("mine", "theirs"), [(True, False), (False, True), (False, False)])
def test_a_kit_that_one_side_saw_confirmed_is_confirmed(merge: Merge, mine: bool, theirs: bool) -> None:
    merged = merge(body({}), body({}, identity=mine), body({}, identity=theirs))
    assert "identity" not in merged["keyring"]["kit"]
    assert "identity" in merge(body({}), body({}), body({}))["keyring"]["kit"]


CHANGES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", " edited", " edited otherwise"]), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES, CHANGES)
def test_every_edit_of_either_side_is_there_afterwards(
    merge: Merge, mine: dict[str, str], theirs: dict[str, str]
) -> None:
    """An edit is put behind the title; an empty one stands for a deletion."""
    before = {"a": "A", "b": "B", "c": "C"}

    def applied(changes: dict[str, str]) -> Body:
        after = {name: before.get(name, name) + changes.get(name, "") for name in {**before, **changes}}
        after = {name: title for name, title in after.items() if changes.get(name) != ""}
        return body(after, tuple(name for name in before if name not in after))

    merged = merge(body(before), applied(mine), applied(theirs))
    found = titles(merged)
    for name, edit in [*mine.items(), *theirs.items()]:
        title = before.get(name, name) + edit
        assert not edit or title in found or f"{title} (theirs)" in found, (title, found)
    ids = [item["id"] for item in merged["items"]]
    assert len(ids) == len(set(ids))
    assert not set(ids) & {tombstone["id"] for tombstone in merged["tombstones"]}
