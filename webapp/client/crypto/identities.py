"""age's native X25519 keys: scalar and text, identity and recipient."""

import secrets
from typing import NewType

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from webapp.client.errors import Malformed

Identity = NewType("Identity", str)
"""A secret: AGE-SECRET-KEY-1…"""

IDENTITY_PREFIX = "age-secret-key-"
RECIPIENT_PREFIX = "age"
ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def new_identity() -> Identity:
    """A fresh key pair."""
    return identity_of(secrets.token_bytes(32))


def identity_of(scalar: bytes) -> Identity:
    """The text of a 32-byte secret."""
    return Identity(_bech32(IDENTITY_PREFIX, scalar).upper())


def scalar_of(identity: object) -> bytes:
    """The 32-byte secret of an identity; raises Malformed for anything but a native X25519 identity."""
    if not isinstance(identity, str) or identity != identity.upper():
        raise Malformed("an identity is written in capitals")
    return _unbech32(IDENTITY_PREFIX, identity.lower())


def read_identity(text: object) -> Identity:
    """`text` as an identity, checked; raises Malformed."""
    scalar_of(text)
    return Identity(str(text))


def recipient_of(identity: Identity) -> str:
    """The public half of an identity: age1…"""
    public = X25519PrivateKey.from_private_bytes(scalar_of(identity)).public_key()
    return _bech32(RECIPIENT_PREFIX, public.public_bytes_raw())


def check_recipient(recipient: object) -> str:
    """A recipient string, if files may be sealed to it: native X25519 and not a low-order point; else Malformed."""
    if not isinstance(recipient, str):
        raise Malformed("a recipient is text")
    point = X25519PublicKey.from_public_bytes(_unbech32(RECIPIENT_PREFIX, recipient))
    try:
        X25519PrivateKey.generate().exchange(point)
    except ValueError as error:
        raise Malformed("low-order point") from error
    return recipient


def _bech32(prefix: str, octets: bytes) -> str:
    words = _regroup(octets, 8, 5, pad=True)
    polymod = _polymod([*_expand(prefix), *words, 0, 0, 0, 0, 0, 0]) ^ 1
    checksum = [polymod >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(ALPHABET[word] for word in [*words, *checksum])


def _unbech32(prefix: str, text: str) -> bytes:
    rest = text.removeprefix(prefix + "1")
    if rest == text or any(letter not in ALPHABET for letter in rest):
        raise Malformed("not an age key")
    words = [ALPHABET.index(letter) for letter in rest]
    if _polymod([*_expand(prefix), *words]) != 1:
        raise Malformed("an age key with a typing mistake")
    octets = bytes(_regroup(words[:-6], 5, 8, pad=False))
    if len(octets) != 32 or _bech32(prefix, octets) != text:
        raise Malformed("not an X25519 key")
    return octets


def _expand(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _polymod(words: list[int]) -> int:
    check = 1
    for word in words:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ word
        for place, value in enumerate(GENERATOR):
            check ^= value if top >> place & 1 else 0
    return check


def _regroup(values: bytes | list[int], width: int, new_width: int, *, pad: bool) -> list[int]:
    held = bits = 0
    groups = []
    for value in values:
        held = held << width | value
        bits += width
        while bits >= new_width:
            bits -= new_width
            groups.append(held >> bits & (1 << new_width) - 1)
    if pad and bits:
        groups.append(held << new_width - bits & (1 << new_width) - 1)
    return groups
