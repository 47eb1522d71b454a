"""Whatever was done to an export, in either format, is found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.journal.exports import PUBLIC, entries_of, head_of, lines_of, rechained, verified
from webapp.audit.verification import Proof

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()
)
DETAILS = st.dictionaries(st.text(max_size=9), st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), max_size=4)
HISTORIES = st.lists(DETAILS, min_size=2, max_size=8)
FORMATS = st.sampled_from(["jsonl", "csv"])
SEVERAL = settings(max_examples=100)


def export_of(format: str, said: list[dict[str, Any]]) -> tuple[list[str], int]:
    """The lines, and how many come before the first entry."""
    entries = entries_of(said)
    return lines_of(format, entries, head_of(entries)), int(format == "csv")


def is_found(lines: bytes | list[str]) -> bool:
    return not isinstance(verified(lines), Proof)


@SEVERAL
@given(FORMATS, HISTORIES)
def test_what_was_not_touched_is_proved(format: str, said: list[dict[str, Any]]) -> None:
    assert isinstance(verified(export_of(format, said)[0]), Proof)


@SEVERAL
@given(FORMATS, HISTORIES, st.data())
def test_any_other_byte_is_found(format: str, said: list[dict[str, Any]], data: st.DataObject) -> None:
    octets = bytearray("".join(export_of(format, said)[0]).encode())
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= data.draw(st.integers(1, 255))
    assert is_found(bytes(octets))


@SEVERAL
@given(FORMATS, HISTORIES, st.data())
def test_any_end_that_is_missing_is_found(format: str, said: list[dict[str, Any]], data: st.DataObject) -> None:
    octets = "".join(export_of(format, said)[0]).encode()
    assert is_found(octets[: data.draw(st.integers(0, len(octets) - 1))])


@SEVERAL
@given(FORMATS, HISTORIES, st.data())
def test_any_line_that_is_missing_or_there_again_or_elsewhere_is_found(
    format: str, said: list[dict[str, Any]], data: st.DataObject
) -> None:
    lines, _ = export_of(format, said)
    place = data.draw(st.integers(0, len(lines) - 1))
    to = data.draw(st.integers(0, len(lines) - 1).filter(lambda other: other != place))
    dropped = [*lines[:place], *lines[place + 1 :]]
    moved = [*dropped[:to], lines[place], *dropped[to:]]
    twice = [*lines[:to], lines[place], *lines[to:]]
    assert is_found(dropped)
    assert is_found(moved)
    assert is_found(twice)


@SEVERAL
@given(FORMATS, HISTORIES, st.data())
def test_any_entry_that_somebody_else_wrote_is_found(
    format: str, said: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Changed, invented or left out by somebody who can compute hashes, with or without linking the rest anew."""
    entries = entries_of(said)
    place = data.draw(st.integers(0, len(entries) - 1))
    details = data.draw(DETAILS.filter(lambda other: replace(entries[place], details=other) != entries[place]))
    forged = replace(entries[place], details=details)
    fields: list[Callable[[], list[Any]]] = [
        lambda: [*entries[:place], forged, *entries[place + 1 :]],
        lambda: [*entries[:place], forged, *entries[place:]],
        lambda: [*entries[:place], *entries[place + 1 :]],
    ]
    changed = data.draw(st.sampled_from(fields))()
    for history in (changed, rechained(changed)):
        assert is_found(lines_of(format, history, head_of(entries)))
        assert is_found(lines_of(format, history, replace(head_of(entries), count=len(history))))


@SEVERAL
@given(HISTORIES, HISTORIES, st.data())
def test_any_other_history_is_told_from_the_one_that_was_signed_earlier(
    said: list[dict[str, Any]], other: list[dict[str, Any]], data: st.DataObject
) -> None:
    kept, later = entries_of(said), entries_of(other)
    count = data.draw(st.integers(0, len(kept)))
    goes_on = kept[:count] == later[:count]
    export = lines_of("jsonl", later, head_of(later))
    assert isinstance(verified(export, PUBLIC, head_of(kept[:count])), Proof) == goes_on
