"""Whether an export is whole: every entry as it was written, none missing, in order, up to the head that was signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from webapp.audit.chain import NOTHING, Entry, Head
from webapp.audit.reading import CutShort, Record, Unreadable, records
from webapp.crypto.signatures import BadSignature


class Fault(StrEnum):
    """What is wrong with an export."""

    ALTERED = "altered"
    """A line isn’t what its hash says, or isn’t one that is written."""
    REWRITTEN = "rewritten"
    """An entry has a hash that fits it, but isn’t the one that the next names."""
    DROPPED = "dropped"
    REORDERED = "reordered"
    DUPLICATED = "duplicated"
    FOREIGN = "foreign"
    """An entry of another organisation."""
    TRUNCATED = "truncated"
    ADDED = "added"
    """There is more than what was signed."""
    NOT_SIGNED = "not_signed"
    """The entries fit each other, and the last isn’t the one that was signed."""
    FORGED = "forged"
    """The signature isn’t by the key that is named beside it."""
    OTHER_KEY = "other_key"
    OTHER_HISTORY = "other_history"
    """What was signed earlier isn’t part of it."""
    NOT_EARLIER = "not_earlier"
    """What is said to be the earlier head isn’t one: not signed with this key, or of another organisation."""
    SHORTER = "shorter"
    """It ends before what was signed earlier."""


class Broken(Exception):
    """The first thing that is wrong: `entry` is its number (as far as it has one), `line` where it stands."""

    def __init__(self, fault: Fault, entry: int = 0, line: int = 0) -> None:
        super().__init__(fault)
        self.fault = fault
        self.entry = entry
        self.line = line


@dataclass(frozen=True)
class Proof:
    """What was shown: these many entries, from when to when, up to this head."""

    head: Head
    first_at: str
    last_at: str
    since: Head | None


def verify(file: BinaryIO, public: bytes, since: Head | None = None) -> Proof:
    """Check an export against the organisation’s public key and, if there is one, against a head that was kept from
    earlier. One entry at a time is in memory. Raises Broken."""
    chain = _Chain(since)
    found = records(file)
    try:
        for line, record, hashed in found:
            if isinstance(record, Head):
                _check_head(record, chain, public, line)
                _check_since(chain, since, public)
                _check_end(found)
                return Proof(record, chain.first_at, chain.last_at, since)
            chain.take(record, hashed, line, found)
    except CutShort as cut:
        raise Broken(Fault.TRUNCATED, chain.count + 1, cut.line) from None
    except Unreadable as unreadable:
        raise Broken(Fault.ALTERED, chain.count + 1, unreadable.line) from None
    raise Broken(Fault.TRUNCATED, chain.count + 1)


class _Chain:
    """The entries so far."""

    def __init__(self, since: Head | None) -> None:
        self.organisation = self.first_at = self.last_at = ""
        self.count = 0
        self.hash = NOTHING
        self.since = since
        self.hash_then = NOTHING
        """Of the entry with the number at which the earlier head was signed."""

    def take(self, entry: Entry, hashed: str, line: int, rest: Iterator[Record]) -> None:
        """Raises Broken unless the entry is the next."""
        number = self.count + 1
        if entry.hash != hashed:
            raise Broken(Fault.ALTERED, number, line)
        if self.organisation not in ("", entry.organisation):
            raise Broken(Fault.FOREIGN, number, line)
        if entry.number != number:
            raise Broken(_misplaced(entry, number, rest), number if entry.number > number else entry.number, line)
        if entry.previous != self.hash:
            raise Broken(Fault.REWRITTEN, self.count, line - 1) if self.count else Broken(Fault.ALTERED, number, line)
        self.organisation = entry.organisation
        self.count = number
        self.hash = hashed
        self.first_at = self.first_at or entry.at
        self.last_at = entry.at
        if self.since and self.since.count == number:
            self.hash_then = hashed


def _misplaced(entry: Entry, number: int, rest: Iterator[Record]) -> Fault:
    """Why this one stands where the entry `number` should: looks whether that comes later, or is to come at all."""
    if entry.number < number:
        return Fault.DUPLICATED if entry.number > 0 else Fault.ADDED
    try:
        for _, record, _ in rest:
            if isinstance(record, Entry) and record.number == number:
                return Fault.REORDERED
            if isinstance(record, Head) and record.count < number:
                return Fault.ADDED
    except Unreadable:
        pass
    return Fault.DROPPED


def _check_head(head: Head, chain: _Chain, public: bytes, line: int) -> None:
    _check_signature(head, public, line)
    if chain.organisation not in ("", head.organisation):
        raise Broken(Fault.FOREIGN, line=line)
    if head.count != chain.count:
        raise Broken(Fault.TRUNCATED if head.count > chain.count else Fault.ADDED, chain.count + 1, line)
    if head.hash != chain.hash:
        raise Broken(Fault.NOT_SIGNED, chain.count, line)


def _check_signature(head: Head, public: bytes, line: int = 0) -> None:
    """Raises Broken."""
    if head.public != public:
        raise Broken(Fault.OTHER_KEY, line=line)
    try:
        head.verify(public)
    except BadSignature:
        raise Broken(Fault.FORGED, line=line) from None


def _check_since(chain: _Chain, since: Head | None, public: bytes) -> None:
    if since is None:
        return
    try:
        _check_signature(since, public)
    except Broken:
        raise Broken(Fault.NOT_EARLIER) from None
    if chain.organisation not in ("", since.organisation):
        raise Broken(Fault.NOT_EARLIER)
    if since.count > chain.count:
        raise Broken(Fault.SHORTER, chain.count + 1)
    if since.hash != chain.hash_then:
        raise Broken(Fault.OTHER_HISTORY, since.count)


def _check_end(rest: Iterator[Record]) -> None:
    try:
        more = next(rest, None)
    except Unreadable as unreadable:
        raise Broken(Fault.ADDED, line=unreadable.line) from None
    if more:
        raise Broken(Fault.ADDED, line=more[0])
