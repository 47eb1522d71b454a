"""Two versions of a vault made one: nobody’s edit is lost, whoever was first."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser.modules.conftest import Modules

Body = dict[str, Any]
Merge = Callable[..., Body]
EARLY, LATE = "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"


@pytest.fixture
def merge(modules: Modules) -> Merge:
    """merged(before, mine, theirs, label) of the page’s module."""

    def merged(before: Body | None, mine: Body, theirs: Body, label: str = "(theirs)") -> Body:
        script = """async (parts) => {
          return (await import('/static/js/device/merge-versions.js')).merged(...parts);
        }"""
        found: Body = modules.page.evaluate(script, [before, mine, theirs, label])
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


def kit(number: int, recipient: str, identity: bool = False) -> Body:
    return {"number": number, "recipient": recipient, "made_at": EARLY, **({"identity": "AGE"} if identity else {})}


def kits(merged: Body) -> list[str | None]:
    """The recipients of the kit and of the next one."""
    keyring = merged["keyring"]
    return [keyring["kit"]["recipient"], keyring["next_kit"]["recipient"] if "next_kit" in keyring else None]


def ring(now: Body, following: Body | None = None, epochs: tuple[int, ...] = ()) -> Body:
    keys = [{"epoch": epoch, "key": f"AGE{epoch}"} for epoch in epochs]
    return {**body({}), "keyring": {"epochs": keys, "kit": now, **({"next_kit": following} if following else {})}}


OLD, NEXT = kit(1, "old"), kit(2, "a", identity=True)


def test_the_next_kit_stays_whichever_side_made_it(merge: Merge) -> None:
    assert kits(merge(None, ring(OLD, NEXT), ring(OLD))) == ["old", "a"]
    assert kits(merge(None, ring(OLD), ring(OLD, NEXT))) == ["old", "a"]


def test_of_two_next_kits_that_was_first_which_was_saved_first(merge: Merge) -> None:
    """The other one was never shown to anybody."""
    assert kits(merge(None, ring(OLD, kit(2, "b", identity=True)), ring(OLD, NEXT))) == ["old", "a"]


def test_a_confirmed_next_kit_takes_the_place_of_the_former_and_of_one_that_waits(merge: Merge) -> None:
    for mine, theirs in [(ring(kit(2, "a")), ring(OLD, NEXT)), (ring(OLD, NEXT), ring(kit(2, "a")))]:
        assert kits(merge(None, mine, theirs)) == ["a", None]
    assert kits(merge(None, ring(OLD, kit(2, "b", identity=True)), ring(kit(2, "a")))) == ["a", None]
    assert kits(merge(None, ring(kit(2, "a"), kit(3, "c", identity=True)), ring(OLD, NEXT))) == ["a", "c"]


def test_of_two_confirmed_kits_of_one_number_the_server_s_is_in_force(merge: Merge) -> None:
    """That is the one whose key it knows."""
    assert kits(merge(None, ring(kit(2, "b")), ring(kit(2, "a")))) == ["a", None]


def test_keys_of_earlier_vaults_are_kept_from_both_sides(merge: Merge) -> None:
    merged = merge(None, ring(OLD, epochs=(1, 2, 4)), ring(OLD, epochs=(3, 4)))
    assert sorted(entry["epoch"] for entry in merged["keyring"]["epochs"]) == [1, 2, 3, 4]


CHANGES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", " edited", " edited otherwise"]), max_size=4)


@settings(max_examples=60)
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
