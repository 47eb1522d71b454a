"""A text file as people keep it: whatever an editor or a mail program made of its encoding and line ends."""

import codecs
import re

from webapp.client.errors import Malformed

MARKS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


def text_of(file: bytes) -> str:
    """UTF-8 and UTF-16 with and without a byte order mark, else Windows-1252; raises Malformed where it is no text."""
    encoding = next((name for name, mark in MARKS.items() if file.startswith(mark)), None) or _unmarked(file)
    for name in (encoding, "cp1252"):
        try:
            return file.decode(name).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise Malformed("no text")


def lines_of(text: str) -> list[str]:
    """Whichever way its lines end, without what stands around them; no empty ones."""
    lines = re.split(r"\r\n?|\n", text)
    return [stripped for line in lines if (stripped := line.strip().strip("\ufeff").strip())]


def _unmarked(file: bytes) -> str:
    """A file of ours begins with ASCII, and UTF-16 has a zero in every character of it."""
    start = file[:64]
    first = start[::2].count(0)
    second = start[1::2].count(0)
    if max(first, second) * 4 < len(start) or len(start) < 4:
        return "utf-8"
    return "utf-16-le" if first * 4 < second else "utf-16-be" if second * 4 < first else "utf-8"
