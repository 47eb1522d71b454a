"""Where the vectors' keys come from: SHA-256 of a sentence anybody can read. They are test keys; never use them."""

import hashlib
from datetime import UTC, datetime

from webapp.client.crypto.identities import Identity, identity_of

SENTENCE = "Spare Key test vectors, no secret: "
NOW = datetime(2026, 11, 22, 16, 10, 46, tzinfo=UTC)
MADE_AT = "2026-11-22T16:10:46Z"
ORIGIN = "https://keys.example.org"


def octets(name: str, length: int = 32) -> bytes:
    """The first bytes of the seed of this name."""
    return hashlib.sha256((SENTENCE + name).encode()).digest()[:length]


def identifier(name: str) -> str:
    """An id."""
    return octets("id of " + name, 16).hex()


def identity(name: str) -> Identity:
    """An age identity."""
    return identity_of(octets("identity of " + name))


def signing_seed(name: str) -> bytes:
    """An Ed25519 seed."""
    return octets("signing seed of " + name)
