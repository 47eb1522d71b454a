"""A search for secrets where none may be: in databases, logs, mail and recorded requests, in every usual disguise."""

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
MINIMUM = 12
"""Secrets shorter than this many bytes would be found by chance once encoded."""


@dataclass(frozen=True)
class Find:
    """A secret that lay open: which one, where, in which form."""

    secret: str
    place: str
    form: str


def disguises(secret: bytes) -> Iterator[tuple[str, bytes]]:
    """The forms in which `secret` may stand inside something longer. Base64 and base32 are cut to what is the same
    wherever the secret begins within a group, so every alignment is found."""
    yield "raw", secret
    yield "hex", secret.hex().encode()
    yield "HEX", secret.hex().upper().encode()
    for shift in range(3):
        inner = _inner(secret, shift, 3)
        yield f"base64 +{shift}", base64.b64encode(inner)
        yield f"base64url +{shift}", base64.urlsafe_b64encode(inner)
    for shift in range(5):
        inner = _inner(secret, shift, 5)
        for form in (base64.b32encode(inner), base64.b32encode(inner).lower()):
            yield f"base32 +{shift}", form
    yield "bech32", _bech32(secret).encode()
    yield "BECH32", _bech32(secret).upper().encode()


def find(secrets: dict[str, bytes], places: Iterable[tuple[str, bytes]]) -> list[Find]:
    """Every secret that stands in a place in any disguise, also inside gzip and base64. Raises ValueError for secrets
    too short to be looked for."""
    if any(len(secret) < MINIMUM for secret in secrets.values()):
        raise ValueError("a secret this short is found by chance: make it longer for the search")
    patterns = [(name, form, pattern) for name, secret in secrets.items() for form, pattern in disguises(secret)]
    return [
        Find(name, place, form)
        for place, content in places
        for layer in _layers(content)
        for name, form, pattern in patterns
        if pattern in layer
    ]


def _inner(secret: bytes, shift: int, group: int) -> bytes:
    """`secret` without its first `shift` bytes and without what doesn’t fill a group at its end."""
    rest = secret[shift:]
    return rest[: len(rest) // group * group]


def _bech32(secret: bytes) -> str:
    """The data part of bech32 without the checksum, and without a last character that padding may change."""
    bits = "".join(f"{byte:08b}" for byte in secret)
    return "".join(BECH32[int(bits[at : at + 5], 2)] for at in range(0, len(bits) // 5 * 5, 5))


def _layers(content: bytes) -> Iterator[bytes]:
    """The content, every gzip stream inside it inflated, and its long base64 runs decoded (and those inflated)."""
    yield content
    yield from _inflated(content)
    for run in re.findall(rb"[A-Za-z0-9+/_-]{64,}={0,2}", content):
        try:
            decoded = base64.b64decode(run.replace(b"-", b"+").replace(b"_", b"/") + b"==")
        except binascii.Error:
            continue
        yield decoded
        yield from _inflated(decoded)


def _inflated(content: bytes) -> Iterator[bytes]:
    for match in re.finditer(re.escape(b"\x1f\x8b\x08"), content):
        try:
            yield zlib.decompressobj(wbits=31).decompress(content[match.start() :])
        except zlib.error:
            continue


def gzipped(content: bytes) -> bytes:
    """For canaries: what a careless client would send."""
    return gzip.compress(content)
