"""Ed25519 (RFC 8032) under a label, so that a signature for one purpose never passes for another."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from webapp.crypto.fingerprints import lv


class BadSignature(Exception):
    """The bytes were not signed by this key under this label."""


def verify(label: str, data: bytes, signature: bytes, public: bytes) -> None:
    """Check `signature` (64 bytes) over `label`, a newline and `data`. Raises BadSignature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, label.encode() + b"\n" + data)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature(label) from error


def sign(label: str, data: bytes, seed: bytes) -> bytes:
    """The signature (64 bytes) over `label`, a newline and `data`, by the key whose private half is `seed`."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(label.encode() + b"\n" + data)


def request_bytes(origin: str, method: str, path: str, device: str, challenge: bytes, body: bytes) -> bytes:
    """What a device signs (label `spare-key/v1/request`) to show that this very request is its own."""
    return lv(origin, method, path, device, challenge, hashlib.sha256(body).digest())


def finish_bytes(
    origin: str,
    organisation: str,
    user: str,
    request: str,
    epochs: tuple[int, int],
    device: str,
    keys: tuple[bytes, str],
    verify_key: bytes,
    file_sha256: bytes,
) -> bytes:
    """What the key of the ending epoch signs (label `spare-key/v1/finish`): everything that begins with the new one.

    `epochs` is (ended, begun); `keys` the new device's (Ed25519 public key, age recipient).
    """
    ended, begun = epochs
    return lv(
        origin, organisation, user, request, str(ended), str(begun), device, keys[0], keys[1], verify_key, file_sha256
    )


def own_recovery_bytes(origin: str, whose: tuple[str, str], way: str, device: str, keys: tuple[bytes, str]) -> bytes:
    """What the key of the present epoch, or of the present Recovery Kit, signs (label `spare-key/v1/own-recovery`) to
    show that whoever recovers with this new device holds it.

    `whose` is (organisation, user); `keys` the device’s (Ed25519 public key, age recipient).
    """
    return lv(origin, *whose, way, device, *keys)
