"""Exports as other programs read them."""

import csv
import io
import json
from dataclasses import replace

import pytest

from tests.support.journal.exports import SEED, entries_of, head_of, lines_of
from webapp.audit.writing import readable


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "\u2028-1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert readable(text).startswith("'")


@pytest.mark.parametrize("text", ["\n", "\x85", "\u202e", "\u200b", "\u3000", "\ue000", "\U000e0041", "\U00100000"])
def test_what_is_not_seen_becomes_a_space(text: str) -> None:
    assert readable(f"a{text}b") == "a b"


@pytest.mark.parametrize("text", ["\U0001fae8", "\u1c89", "\u0378", "\U00040000"])
def test_a_letter_that_only_later_pythons_know_stays(text: str) -> None:
    """Of Unicode 15 and 16, and of none: else a newer server’s export is “altered” where an older Python checks it."""
    assert readable(f"Ann {text}") == f"Ann {text}"


@pytest.mark.parametrize("text", ["", "Ann-Marie", "a=b", "ann@example.org", "Müller"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert readable(text) == text


def test_a_spreadsheet_reads_every_entry() -> None:
    entries = entries_of([{"name": '=HYPERLINK("x")\n\''}, {"name": "Zoë, “the\u2028first”"}])
    text = "".join(lines_of("csv", entries, head_of(entries)))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [(row["number"], row["actor_name"]) for row in rows] == [("1", "Alice"), ("2", "Alice"), ("2", "")]
    assert [json.loads(row["details"]) for row in rows[:2]] == [entry.details for entry in entries]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_a_spreadsheet_that_divides_at_semicolons_finds_no_formula_either() -> None:
    """As Excel does wherever numbers have a comma."""
    name = 'Zoë;=1+1;\\;"=2'
    entries = [replace(entry, actor_name=name, object=name) for entry in entries_of([{"name": name}])]
    lines = lines_of("csv", entries, replace(head_of(entries), at=name).signed(SEED))
    assert not any(";" in line for line in lines)
    rows = list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\ufeff"), newline="")))
    assert json.loads(rows[0]["details"]) == {"name": name}
    assert json.loads(rows[0]["exact"])["entry"]["actor_name"] == name


def test_anything_that_reads_json_reads_every_line() -> None:
    entries = entries_of([{"name": "Zoë\u2028"}])
    lines = "".join(lines_of("jsonl", entries, head_of(entries))).splitlines()
    assert [list(json.loads(line)) for line in lines] == [["entry", "hash"], ["head", "signature"]]
    assert all(line.isascii() for line in lines)
