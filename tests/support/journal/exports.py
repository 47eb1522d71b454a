"""Exports made from nothing: a chain of entries, a key, and the lines of both formats."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from webapp.audit import chain, verification, writing
from webapp.audit.chain import NOTHING, Entry, Head
from webapp.client.crypto.signatures import public_key

SEED, OTHER_SEED = b"a" * 32, b"b" * 32
PUBLIC, OTHER_PUBLIC = public_key(SEED), public_key(OTHER_SEED)
ORGANISATION, OTHER_ORGANISATION = "1" * 32, "2" * 32
ENTRIES_SAID: list[dict[str, Any]] = [{"name": "One"}, {"name": "Two"}, {"name": "=Three"}]
BEGUN = datetime(2026, 11, 22, 16, 10, 46, 5, tzinfo=UTC)


def entries_of(said: Sequence[dict[str, Any]], organisation: str = ORGANISATION) -> list[Entry]:
    """A chain of entries with these details, a minute apart."""
    made: list[Entry] = []
    for number, details in enumerate(said, 1):
        at = chain.written(BEGUN + timedelta(minutes=number))
        previous = made[-1].hash if made else NOTHING
        people = ("a" * 32, "Alice", None, "")
        made.append(Entry(organisation, number, at, "contact.changed", *people, "", details, previous))
    return made


def rechained(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries, numbered and linked anew: what somebody does who can write, but not sign."""
    made: list[Entry] = []
    for number, entry in enumerate(entries, 1):
        made.append(replace(entry, number=number, previous=made[-1].hash if made else NOTHING))
    return made


def head_of(entries: Sequence[Entry], seed: bytes = SEED, organisation: str = ORGANISATION) -> Head:
    """The signed head of these entries."""
    ending = entries[-1].hash if entries else NOTHING
    return Head(organisation, len(entries), ending, "2026-11-23T00:00:00.000000Z", public_key(seed)).signed(seed)


def lines_of(format: str, entries: Sequence[Entry], head: Head) -> list[str]:
    """The lines of an export."""
    return list(writing.export(format, ((entry, entry.hash) for entry in entries), head))


def verified(
    export: bytes | Sequence[str], public: bytes = PUBLIC, since: Head | None = None
) -> verification.Proof | tuple[str, int]:
    """What checking shows: the proof, or the fault with the number of the entry."""
    octets = export if isinstance(export, bytes) else "".join(export).encode()
    try:
        return verification.verify(io.BytesIO(octets), public, since)
    except verification.Broken as broken:
        return str(broken.fault), broken.entry
