"""Both formats of an export. Every record is one line, and only these very bytes are an export.

JSON Lines: `{"entry":…,"hash":"…"}` for each entry, where … is the hashed text as it is; then the signed head.
CSV: the same text in the last column, `;` written as `\\u003b`, behind columns for reading. It begins with a byte order
mark, for Excel, which in much of the world begins a new cell at each `;`, inside of a name, too.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from webapp.audit.chain import Entry, Head, canonical

COLUMNS = ("number", "at", "kind", "actor", "actor_name", "subject", "subject_name", "object", "details", "exact")
FORMULA = re.compile(r'(^|;)(?=[\s"]*[=+\-@＝＋－＠])')
"""What a spreadsheet may take for the beginning of a formula, in the width of either alphabet."""
MARK = "\ufeff"
FORMATS = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}
"""Ending of the file: media type."""


def export(format: str, entries: Iterable[tuple[Entry, str]], head: Head) -> Iterator[str]:
    """The lines of a whole export: entries with the hash that was kept for each, and the signed head."""
    write = csv_line if format == "csv" else json_line
    if format == "csv":
        yield csv_header()
    for entry, hashed in entries:
        yield write(entry, hashed)
    yield csv_head(head) if format == "csv" else f"{head.line}\n"


def json_line(entry: Entry, hashed: str) -> str:
    """The line of one entry."""
    return f'{{"entry":{entry.exact},"hash":"{hashed}"}}\n'


def csv_header() -> str:
    """The first line."""
    return MARK + _row(*COLUMNS)


def csv_line(entry: Entry, hashed: str) -> str:
    """The line of one entry; no cell of it is a formula to a spreadsheet, and none has a line break in it."""
    names = (entry.actor or "", entry.actor_name, entry.subject or "", entry.subject_name, entry.object)
    cells = (str(entry.number), entry.at, entry.kind, *names, canonical(entry.details))
    exact = json_line(entry, hashed).rstrip("\n").replace(";", r"\u003b")  # which reads as the same JSON
    return _row(*map(readable, cells), exact)


def csv_head(head: Head) -> str:
    """The last line: how many entries there are, and the signed head."""
    return _row(str(head.count), head.at, "signed_head", *[""] * (len(COLUMNS) - 4), head.line)


def readable(cell: str) -> str:
    """Text that a spreadsheet takes for text: control characters become spaces, what could be a formula gets a `'`."""
    cell = "".join(character if character.isprintable() else " " for character in cell)
    return FORMULA.sub(r"\1'", cell)


def _row(*cells: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
