"""What is wrong with an export is found, and named: in both formats."""

import hashlib
from dataclasses import replace

import pytest

from tests.support.journal.exports import (
    OTHER_ORGANISATION,
    OTHER_PUBLIC,
    OTHER_SEED,
    PUBLIC,
    entries_of,
    head_of,
    lines_of,
    rechained,
    verified,
)
from webapp.audit.chain import Entry, Head
from webapp.audit.verification import Proof

ENTRIES = entries_of([{"name": f"Number {number}"} for number in range(1, 7)])
FORMATS = ("jsonl", "csv")


@pytest.fixture(params=FORMATS)
def format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def cut(format: str, lines: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first entry; the rest."""
    return (lines[:1], lines[1:]) if format == "csv" else ([], lines)


def rearranged(format: str, order: list[int], head: Head | None = None) -> object:
    """What checking shows of entries in another order (numbers from 1), with the head of all of them."""
    before, rest = cut(format, lines_of(format, ENTRIES, head or head_of(ENTRIES)))
    return verified([*before, *(rest[number - 1] for number in order), rest[-1]])


def of(format: str, entries: list[Entry], head: Head | None = None, public: bytes = PUBLIC) -> object:
    return verified(lines_of(format, entries, head or head_of(ENTRIES)), public)


def test_a_whole_export_is_proved(format: str) -> None:
    proof = of(format, ENTRIES)
    assert isinstance(proof, Proof)
    assert (proof.head.count, proof.head.hash) == (6, ENTRIES[-1].hash)
    assert (proof.first_at, proof.last_at) == ("2026-11-22T16:11:46.000005Z", "2026-11-22T16:16:46.000005Z")


def test_an_export_of_nothing_is_proved(format: str) -> None:
    proof = of(format, [], head_of([]))
    assert isinstance(proof, Proof)
    assert proof.head.count == 0


def test_the_hash_is_that_of_the_text_itself() -> None:
    """Anybody’s `sha256sum` computes it; so no byte of this may ever change."""
    exact = (
        '{"actor":"' + "a" * 32 + '","actor_name":"Alice","at":"2026-11-22T16:11:46.000005Z",'
        '"details":{"name":"Number 1"},"kind":"contact.changed","number":1,"object":"",'
        '"organisation":"' + "1" * 32 + '","previous":"' + "0" * 64 + '","subject":null,"subject_name":""}'
    )
    assert ENTRIES[0].exact == exact
    assert ENTRIES[0].hash == hashlib.sha256(exact.encode()).hexdigest() == ENTRIES[1].previous
    assert lines_of("jsonl", ENTRIES, head_of(ENTRIES))[0] == f'{{"entry":{exact},"hash":"{ENTRIES[0].hash}"}}\n'


def test_an_altered_entry_is_named(format: str) -> None:
    before, rest = cut(format, lines_of(format, ENTRIES, head_of(ENTRIES)))
    rest[2] = rest[2].replace("Number 3", "Number 8")
    assert verified([*before, *rest]) == ("altered", 3)


def test_a_semicolon_has_one_spelling_in_csv() -> None:
    entries = entries_of([{"name": "a;b\\;c"}])
    lines = lines_of("csv", entries, head_of(entries))
    assert isinstance(verified(lines), Proof)
    assert verified([lines[0], lines[1].replace(r"\u003b", ";"), lines[2]]) == ("altered", 1)


def test_an_altered_column_for_reading_is_found() -> None:
    lines = lines_of("csv", ENTRIES, head_of(ENTRIES))
    lines[3] = lines[3].replace("Alice", "Clara", 1)
    assert verified(lines) == ("altered", 3)


def test_a_rewritten_entry_is_named(format: str) -> None:
    forged = replace(ENTRIES[2], kind="device.renamed")
    assert of(format, [*ENTRIES[:2], forged, *ENTRIES[3:]]) == ("rewritten", 3)


def test_a_first_entry_that_names_one_before_it_is_named(format: str) -> None:
    forged = replace(ENTRIES[0], previous="1" * 64)
    assert of(format, [forged, *ENTRIES[1:]]) == ("altered", 1)


def test_a_missing_entry_is_named(format: str) -> None:
    assert rearranged(format, [1, 2, 4, 5, 6]) == ("dropped", 3)
    assert rearranged(format, [2, 3, 4, 5, 6]) == ("dropped", 1)


def test_a_moved_entry_is_named(format: str) -> None:
    assert rearranged(format, [1, 2, 4, 3, 5, 6]) == ("reordered", 3)
    assert rearranged(format, [6, 1, 2, 3, 4, 5]) == ("reordered", 1)


def test_an_entry_that_stands_twice_is_named(format: str) -> None:
    assert rearranged(format, [1, 2, 2, 3, 4, 5, 6]) == ("duplicated", 2)
    assert rearranged(format, [1, 2, 3, 4, 5, 6, 1]) == ("duplicated", 1)


def test_an_end_that_was_cut_off_is_found(format: str) -> None:
    lines = lines_of(format, ENTRIES, head_of(ENTRIES))
    assert verified(lines[:-1]) == ("truncated", 7)
    assert verified([*lines[:-1], lines[-1].rstrip("\n")]) == ("truncated", 7)
    assert rearranged(format, [1, 2, 3, 4]) == ("truncated", 5)
    assert verified(b"") == ("truncated", 1)


def test_what_was_added_after_signing_is_found(format: str) -> None:
    more = entries_of([{}] * 7)
    longer = rechained([*ENTRIES, more[6]])
    assert of(format, longer) == ("added", 8)
    lines = lines_of(format, ENTRIES, head_of(ENTRIES))
    assert verified([*lines, lines[-1]]) == ("added", 0)
    assert verified([*lines, "\n"]) == ("added", 0)


def test_a_history_that_was_written_anew_is_not_the_signed_one(format: str) -> None:
    changed = rechained([ENTRIES[0], replace(ENTRIES[1], details={}), *ENTRIES[2:]])
    assert of(format, changed) == ("not_signed", 6)


def test_a_signature_of_somebody_else_is_found(format: str) -> None:
    theirs = head_of(ENTRIES, OTHER_SEED)
    assert of(format, ENTRIES, theirs) == ("other_key", 0)
    assert of(format, ENTRIES, replace(head_of(ENTRIES), signature=theirs.signature)) == ("forged", 0)
    assert of(format, ENTRIES, public=OTHER_PUBLIC) == ("other_key", 0)


@pytest.mark.parametrize("name", ["organisation", "hash", "at"])
def test_half_a_character_in_the_signed_end_is_found(name: str) -> None:
    theirs = replace(head_of(ENTRIES), **{name: "\ud800"})  # type: ignore[arg-type]
    assert of("jsonl", ENTRIES, theirs) == ("forged", 0)
    assert verified(lines_of("jsonl", ENTRIES, head_of(ENTRIES)), since=theirs) == ("not_earlier", 0)


def test_entries_of_another_organisation_are_found(format: str) -> None:
    theirs = entries_of([{}] * 6, OTHER_ORGANISATION)
    assert of(format, [*ENTRIES[:3], *theirs[3:]]) == ("foreign", 4)
    assert of(format, theirs) == ("foreign", 0)


def test_a_later_export_goes_on_from_an_earlier_head(format: str) -> None:
    later = lines_of(format, ENTRIES, head_of(ENTRIES))
    for number in range(7):
        proof = verified(later, since=head_of(ENTRIES[:number]))
        assert isinstance(proof, Proof)
        assert proof.since


def test_a_server_that_wrote_history_anew_and_signed_it_is_found_by_an_earlier_head(format: str) -> None:
    anew = rechained([ENTRIES[0], replace(ENTRIES[1], details={}), *ENTRIES[2:]])
    lines = lines_of(format, anew, head_of(anew))
    assert isinstance(verified(lines), Proof), "it fits its own signature"
    assert verified(lines, since=head_of(ENTRIES[:1])), "until there nothing was changed"
    assert verified(lines, since=head_of(ENTRIES[:4])) == ("other_history", 4)
    shorter = lines_of(format, ENTRIES[:3], head_of(ENTRIES[:3]))
    assert verified(shorter, since=head_of(ENTRIES[:4])) == ("shorter", 4)


def test_an_earlier_head_has_to_be_signed_too(format: str) -> None:
    lines = lines_of(format, ENTRIES, head_of(ENTRIES))
    assert verified(lines, since=replace(head_of(ENTRIES[:4]), count=3)) == ("not_earlier", 0)
    assert verified(lines, since=head_of(ENTRIES[:4], OTHER_SEED)) == ("not_earlier", 0)
    assert verified(lines, since=head_of([], organisation=OTHER_ORGANISATION)) == ("not_earlier", 0)


@pytest.mark.parametrize("line", ["x\n", "{}\n", "[]\n", "1\n", '{"entry":1,"hash":"x"}\n', "[" * 9999 + "\n", "\0\n"])
def test_what_is_no_export_is_refused(line: str) -> None:
    assert verified([line]) == ("altered", 1)


@pytest.mark.parametrize("number", ["1.0", "true", "1e0", "1e999", "NaN", '"1"', "1" + "0" * 5000])
def test_a_number_has_one_spelling(number: str) -> None:
    lines = lines_of("jsonl", ENTRIES, head_of(ENTRIES))
    for place, name in ((0, '"number":1'), (-1, '"count":6')):
        changed = list(lines)
        changed[place] = lines[place].replace(name, f"{name[:-1]}{number}")
        assert changed != lines
        assert not isinstance(verified(changed), Proof)
