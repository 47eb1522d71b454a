"""Tokens of links and codes that go by mail, derived from SECRET_KEYS so that the outbox never holds one.

A token is HMAC-SHA256 (RFC 2104) over the id of its row, under a key that HKDF-SHA256 (RFC 5869) makes of a secret
key. The row holds SHA-256 of the token, so a database thief can neither read nor make one; the worker that writes the
mail derives it.
"""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

CODE_DIGITS = 6


def make_token(row_id: str) -> str:
    """43 base64url characters (256 bits) for a new row, under the newest secret key."""
    return _token(current_app.config["SECRET_KEYS"][0], row_id)


def known_token(row_id: str, token_sha256: str) -> str:
    """The token of a row that stands already, whichever secret key it was made under; "" if that key is gone."""
    tokens = (_token(secret, row_id) for secret in current_app.config["SECRET_KEYS"])
    return next((token for token in tokens if hash_of(token) == token_sha256), "")


def hash_of(token: str) -> str:
    """What the row keeps of its token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_code(row_id: str) -> str:
    """Six digits for a row; they live for minutes, so only the newest secret key counts."""
    digest = _hmac(current_app.config["SECRET_KEYS"][0], "mail-code", row_id)
    return str(int.from_bytes(digest) % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def _token(secret: str, row_id: str) -> str:
    return base64.urlsafe_b64encode(_hmac(secret, "link", row_id)).decode().rstrip("=")


def _hmac(secret: str, purpose: str, row_id: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=b"", info=f"spare-key/v1/{purpose}".encode())
    return hmac.digest(kdf.derive(secret.encode()), row_id.encode(), "sha256")
