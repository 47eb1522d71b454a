"""Ed25519 signatures under a label, so that a signature made for one purpose is worth nothing for another."""

import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from webapp.client.errors import BadSignature
from webapp.crypto import signatures


def new_seed() -> bytes:
    """A fresh signing key, as its 32-byte seed."""
    return secrets.token_bytes(32)


def public_key(seed: bytes) -> bytes:
    """The 32 bytes that verify what the seed signs."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, label: str, message: bytes) -> bytes:
    """The 64-byte signature over the label, a line feed and the message."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(label.encode() + b"\n" + message)


def verify(public: bytes, label: str, message: bytes, signature: bytes) -> None:
    """Return if the signature is by this key over this label and message; else raise BadSignature."""
    try:
        signatures.verify(label, message, signature, public)
    except signatures.BadSignature as error:
        raise BadSignature(label) from error
