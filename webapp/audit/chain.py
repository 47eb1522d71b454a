"""Entries that each name the one before them, and the signed head that names the last: byte for byte.

An entry is one line of canonical JSON: names sorted, no spaces, everything outside ASCII escaped. Its hash is SHA-256
of these bytes. Entries are numbered from 1 without gaps, one chain to an organisation; the first names 64 zeros.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from webapp.crypto.fingerprints import audit_key_fingerprint, lv
from webapp.crypto.signatures import BadSignature, sign, verify

NOTHING = "0" * 64
"""What the first entry of a chain names as the one before it."""
HEAD_LABEL = "spare-key/v1/audit-head"
AT = "%Y-%m-%dT%H:%M:%S.%fZ"


def canonical(value: Any) -> str:
    """The one spelling of a JSON value. Raises ValueError for numbers that JSON doesn’t have."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def read(exact: str) -> Any:
    """The value in it."""
    return json.loads(exact)


@dataclass(frozen=True)
class Entry:
    """Everything that one event says, as it is hashed."""

    organisation: str
    number: int
    at: str
    kind: str
    actor: str | None
    actor_name: str
    subject: str | None
    subject_name: str
    object: str
    details: Mapping[str, Any]
    previous: str
    """The hash of the entry before it."""

    @property
    def exact(self) -> str:
        """What is hashed."""
        return canonical(vars(self))

    @property
    def hash(self) -> str:
        """SHA-256 of `exact`, in hex."""
        return sha256_of(self.exact)


@dataclass(frozen=True)
class Head:
    """How long the chain is and how it ends, with the server’s word for it: whoever has this can’t be given another
    history up to there."""

    organisation: str
    count: int
    hash: str
    at: str
    """When it was signed."""
    public: bytes
    signature: bytes = b""

    @property
    def octets(self) -> bytes:
        """What is signed (label `spare-key/v1/audit-head`)."""
        return lv(self.organisation, str(self.count), self.hash, self.at, self.public)

    def signed(self, seed: bytes) -> "Head":
        """The same with the signature of the key whose private half is `seed`."""
        signature = sign(HEAD_LABEL, self.octets, seed)
        return Head(self.organisation, self.count, self.hash, self.at, self.public, signature)

    def verify(self, public: bytes) -> None:
        """Raises BadSignature unless the key `public` signed it."""
        try:
            verify(HEAD_LABEL, self.octets, self.signature, public)
        except UnicodeEncodeError as error:  # half a character: nobody signed that
            raise BadSignature(HEAD_LABEL) from error

    @property
    def fingerprint(self) -> str:
        """Of the key that it says it was signed with."""
        return audit_key_fingerprint(self.organisation, self.public)

    @property
    def line(self) -> str:
        """As it stands at the end of an export, and in a file of its own."""
        fields = {
            "at": self.at,
            "count": self.count,
            "hash": self.hash,
            "organisation": self.organisation,
            "public_key": base64.b64encode(self.public).decode(),
        }
        return canonical({"head": fields, "signature": base64.b64encode(self.signature).decode()})


def sha256_of(exact: str) -> str:
    """In hex."""
    return hashlib.sha256(exact.encode()).hexdigest()


def written(moment: datetime) -> str:
    """`2026-11-22T16:10:46.123456Z`: a time to the microsecond, as the database keeps it."""
    return moment.astimezone(UTC).strftime(AT)
