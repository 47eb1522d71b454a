"""Sealing the server’s share S to the device that asked for it, as an age file. It only ever encrypts.

`tests/test_house.py` holds this module to these two names of pyrage: nothing here could open what it made.
"""

import re

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pyrage import RecipientError, encrypt
from pyrage.x25519 import Recipient

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def wrap(data: bytes, recipient: str) -> bytes:
    """`data` for the holder of `recipient`’s key alone. The recipient passed `is_recipient` when it was stored."""
    return bytes(encrypt(data, [Recipient.from_str(recipient)]))


def is_recipient(text: object) -> bool:
    """Whether something may be sealed to it: a native X25519 recipient, and no low-order point, which anybody opens."""
    if not isinstance(text, str) or not re.fullmatch(f"age1[{BECH32}]{{58}}", text):
        return False
    try:
        Recipient.from_str(text)
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(_point(text)))
    except (RecipientError, ValueError):
        return False
    return True


def _point(recipient: str) -> bytes:
    """The 32 bytes behind the text, whose checksum was checked: 52 letters of 5 bits, of which 4 bits are padding."""
    bits = 0
    for letter in recipient[4:56]:
        bits = bits << 5 | BECH32.index(letter)
    return (bits >> 4).to_bytes(32, "big")
