"""Both formats of an export. Every record is one line, and only these very bytes are an export.

JSON Lines: `{"entry":…,"hash":"…"}` for each entry, where … is the hashed text as it is; then the signed head.
CSV: the same text in the last column, behind columns for reading. It begins with a byte order mark, for Excel. No cell
has a semicolon, at which every spreadsheet of half the world would begin another: in JSON it is `\\u003b`.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from webapp.audit.chain import Entry, Head, canonical

COLUMNS = ("number", "at", "kind", "actor", "actor_name", "subject", "subject_name", "object", "details", "exact")
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, in the width of either alphabet."""
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff"
    "\ue000-\uf8ff\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""Control characters, spaces but the ordinary one, and what has no shape. Not what `str.isprintable` says: each Python
knows other letters, and the one that checks an export has to write what the one on the server wrote."""
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
    cells = (str(entry.number), entry.at, entry.kind, *names, _undivided(canonical(entry.details)))
    return _row(*map(readable, cells), _undivided(json_line(entry, hashed).rstrip("\n")))


def csv_head(head: Head) -> str:
    """The last line: how many entries there are, and the signed head."""
    return _row(str(head.count), readable(head.at), "signed_head", *[""] * (len(COLUMNS) - 4), _undivided(head.line))


def readable(cell: str) -> str:
    """Text that a spreadsheet takes for text, and for one cell: what isn’t seen becomes a space, a semicolon a comma,
    and what could be a formula gets a `'`."""
    cell = UNSEEN.sub(" ", cell).replace(";", ",")
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _undivided(text: str) -> str:
    """The same JSON: semicolons stand in strings only."""
    return text.replace(";", r"\u003b")


def _row(*cells: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
