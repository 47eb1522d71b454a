"""Exports as other programs read them."""

import csv
import io
import json
from dataclasses import replace

import pytest

from tests.support.audited import entries_of, head_of, lines_of
from webapp.audit.writing import readable


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "\u2028-1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert readable(text).startswith("'")


@pytest.mark.parametrize("text", ["", "Ann-Marie", "a=b", "ann@example.org", "Müller", "a; b"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert readable(text) == text


def test_a_spreadsheet_reads_every_entry() -> None:
    entries = entries_of([{"name": '=HYPERLINK("x")\n\''}, {"name": "Zoë, “the\u2028first”"}])
    text = "".join(lines_of("csv", entries, head_of(entries)))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [(row["number"], row["actor_name"]) for row in rows] == [("1", "Alice"), ("2", "Alice"), ("2", "")]
    assert [json.loads(row["details"]) for row in rows[:2]] == [entry.details for entry in entries]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize("begins", ["=", " =", '"=', "+", "-", "@", "＝"])
def test_no_cell_is_a_formula_where_semicolons_part_them(begins: str) -> None:
    """As in the Excel of most of Europe, where the comma belongs to numbers. Members choose their names."""
    name = f"Eve;{begins}cmd|' /C calc'!A0;"
    entries = [replace(entry, actor_name=name) for entry in entries_of([{"device": name}, {"name": f'"{name}"'}])]
    for line in lines_of("csv", entries, head_of(entries)):
        cells = line.removeprefix("\ufeff").split(";")
        assert not any(cell.lstrip(' "').startswith(("=", "+", "-", "@", "＝")) for cell in cells), line


def test_anything_that_reads_json_reads_every_line() -> None:
    entries = entries_of([{"name": "Zoë\u2028"}])
    lines = "".join(lines_of("jsonl", entries, head_of(entries))).splitlines()
    assert [list(json.loads(line)) for line in lines] == [["entry", "hash"], ["head", "signature"]]
    assert all(line.isascii() for line in lines)
