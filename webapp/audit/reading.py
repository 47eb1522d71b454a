"""Reads the lines of an export, in either format, and believes none of them: that is for webapp.audit.verification.

A line counts only where it is, byte for byte, what would be written from what it says.
"""

import base64
import csv
import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, BinaryIO

from webapp.audit.chain import Entry, Head
from webapp.audit.writing import csv_head, csv_header, csv_line, json_line

LONGEST_LINE = 4 * 1024 * 1024
csv.field_size_limit(LONGEST_LINE)
ENTRY_SHAPE: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("organisation", "at", "kind", "actor_name", "subject_name", "object", "previous"), str),
    **dict.fromkeys(("actor", "subject"), (str, type(None))),
    "number": int,
    "details": dict,
}
HEAD_SHAPE = {"at": str, "count": int, "hash": str, "organisation": str, "public_key": str}


class Unreadable(Exception):
    """A line that no export has: `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class CutShort(Unreadable):
    """The last line has no end."""


Record = tuple[int, Entry, str] | tuple[int, Head, str]
"""Number of the line; the entry and the hash that stands beside it, or a head (and nothing)."""


def records(file: BinaryIO) -> Iterator[Record]:
    """Everything in an export. Raises Unreadable, CutShort. Keeps one line at a time."""
    lines = _lines(file)
    number, first = next(lines, (1, ""))
    is_csv = first == csv_header()
    if first and not is_csv:
        yield _record(number, first, is_csv)
    for number, line in lines:
        yield _record(number, line, is_csv)


def head_of(file: BinaryIO) -> Head:
    """The signed head in a file of its own, or at the end of an export. Raises Unreadable."""
    number = 1
    last = ""
    for number, last in _lines(file):  # noqa: B007
        pass
    _, found, _ = _record(number, last, is_csv=not last.startswith("{"))
    if not isinstance(found, Head):
        raise CutShort(number)
    return found


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    for number in count(1):
        line = file.readline(LONGEST_LINE)
        if not line:
            return
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise Unreadable(number) from None
        if not text.endswith("\n"):
            raise CutShort(number) if len(line) < LONGEST_LINE else Unreadable(number)
        yield number, text


def _record(number: int, line: str, is_csv: bool) -> Record:
    """Raises Unreadable."""
    try:
        found, hashed = _parsed(_exact_cell(line) if is_csv else line)
        if _written(found, hashed, is_csv) == line:
            return number, found, hashed  # type: ignore[return-value]
    except (csv.Error, ValueError, TypeError, AttributeError, RecursionError):
        pass
    raise Unreadable(number)


def _written(found: Entry | Head, hashed: str, is_csv: bool) -> str:
    if isinstance(found, Head):
        return csv_head(found) if is_csv else f"{found.line}\n"
    return (csv_line if is_csv else json_line)(found, hashed)


def _exact_cell(line: str) -> str:
    [cells] = csv.reader([line], strict=True)
    return cells[-1] if cells else ""


def _parsed(text: str) -> tuple[Entry | Head, str]:
    """Raises ValueError, TypeError, AttributeError, RecursionError."""
    found = json.loads(text)
    if found.keys() == {"entry", "hash"} and isinstance(found["hash"], str):
        return Entry(**_shaped(found["entry"], ENTRY_SHAPE)), found["hash"]
    if found.keys() == {"head", "signature"}:
        return _head(found), ""
    raise ValueError("neither entry nor head")


def _head(found: dict[str, Any]) -> Head:
    fields = dict(_shaped(found["head"], HEAD_SHAPE))
    fields["public"] = base64.b64decode(fields.pop("public_key"), validate=True)
    return Head(**fields, signature=base64.b64decode(found["signature"], validate=True))


def _shaped(fields: Any, shape: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """`fields`, if they are these and of these types. Raises ValueError, TypeError."""
    if not isinstance(fields, dict) or fields.keys() != shape.keys():
        raise ValueError("other fields")
    for name, expected in shape.items():
        if not isinstance(fields[name], expected) or isinstance(fields[name], bool):
            raise TypeError(name)
    return fields
