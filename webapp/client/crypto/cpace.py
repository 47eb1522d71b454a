"""CPace (draft-irtf-cfrg-cpace-21), cipher suite CPACE-RISTR255-SHA512: one strong key from one short code.

A initiates, B responds. For the headless device only: ristretto.py isn't constant time.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from webapp.client.crypto import ristretto
from webapp.client.errors import BadShare
from webapp.crypto.fingerprints import lv

DSI = b"CPaceRistretto255"
BLOCK = 128
"""Of SHA-512 (s_in_bytes)."""


def generator_string(prs: bytes, ci: bytes, sid: bytes) -> bytes:
    """Section 8.1: padded, so that the first block hides how long the code is."""
    padding = max(0, BLOCK - len(lv(prs)) - len(lv(DSI)) - 1)
    return lv(DSI, prs, bytes(padding), ci, sid)


def calculate_generator(prs: bytes, ci: bytes, sid: bytes) -> ristretto.Point:
    """Section 8.3."""
    return ristretto.derive(hashlib.sha512(generator_string(prs, ci, sid)).digest())


def sample_scalar() -> int:
    """Section 8.3: 252 random bits, for one run only (section 10.9)."""
    return secrets.randbits(252)


def scalar_mult(scalar: int, point: ristretto.Point) -> bytes:
    """Section 8.3: a share."""
    return (point * scalar).encode()


def scalar_mult_vfy(scalar: int, share: bytes) -> bytes:
    """Section 8.3: K, never to be shown; raises BadShare where the draft says to abort."""
    k = scalar_mult(scalar, ristretto.decode(share))
    if not any(k):
        raise BadShare("the neutral element")
    return k


@dataclass(frozen=True)
class Sent:
    """What a party sends in the open: its share and what it says with it."""

    share: bytes
    associated: bytes


def session_key(sid: bytes, k: bytes, a: Sent, b: Sent) -> bytes:
    """ISK of initiator and responder (section 7.2)."""
    transcript = lv(a.share, a.associated) + lv(b.share, b.associated)
    return hashlib.sha512(lv(DSI + b"_ISK", sid, k) + transcript).digest()


def confirmation(sid: bytes, isk: bytes, sent: Sent) -> bytes:
    """What shows that the party that sent this has ISK (section 10.4)."""
    mac_key = hashlib.sha512(b"CPaceMac" + sid + isk).digest()
    return hmac.digest(mac_key, lv(sent.share, sent.associated), "sha512")
