"""age files that come out the same every time: the format written out a second time, with chosen randomness.

Only for vectors. (https://age-encryption.org/v1: X25519 stanzas, one payload chunk.)
"""

import base64
import hmac
import zlib

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.vectors.seeds import octets
from webapp.client.crypto.identities import Identity, scalar_of

CHUNK = 64 * 1024


def seal_fixed(plaintext: bytes, identities: list[Identity], name: str) -> bytes:
    """A file to the recipients of these identities, the same for the same `name`."""
    assert len(plaintext) < CHUNK
    file_key = octets(f"{name}: file key", 16)
    stanzas = [_stanza(file_key, key, octets(f"{name}: ephemeral {place}")) for place, key in enumerate(identities)]
    header = b"age-encryption.org/v1\n" + b"".join(stanzas) + b"---"
    mac = hmac.digest(_hkdf(file_key, b"", b"header"), header, "sha256")
    nonce = octets(f"{name}: nonce", 16)
    last_chunk = bytes(11) + b"\x01"
    payload = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload")).encrypt(last_chunk, plaintext, None)
    return header + b" " + _unpadded(mac) + b"\n" + nonce + payload


def gzip_stored(plaintext: bytes) -> bytes:
    """gzip without compression: libraries compress differently, stored bytes are the same everywhere."""
    length = len(plaintext)
    assert length < 65536
    block = b"\x01" + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + plaintext
    check = zlib.crc32(plaintext).to_bytes(4, "little") + length.to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + block + check


def _stanza(file_key: bytes, identity: Identity, ephemeral_secret: bytes) -> bytes:
    recipient = X25519PrivateKey.from_private_bytes(scalar_of(identity)).public_key()
    ephemeral = X25519PrivateKey.from_private_bytes(ephemeral_secret)
    share = ephemeral.public_key().public_bytes_raw()
    salt = share + recipient.public_bytes_raw()
    wrap_key = _hkdf(ephemeral.exchange(recipient), salt, b"age-encryption.org/v1/X25519")
    wrapped = ChaCha20Poly1305(wrap_key).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _unpadded(share) + b"\n" + _unpadded(wrapped) + b"\n"


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=salt, info=info).derive(key)


def _unpadded(octets_: bytes) -> bytes:
    return base64.b64encode(octets_).rstrip(b"=")
