"""Keys from keys: HKDF-SHA256 with an empty salt, 32 bytes, under a label."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.crypto.fingerprints import lv


def derive(key: bytes, label: str, *context: str) -> bytes:
    """32 bytes for this label and context; nothing about `key` or about other labels follows from them."""
    return HKDF(SHA256(), 32, salt=None, info=lv(label, *context)).derive(key)
