"""How bytes are written down: base64, exact JSON, framed octets, ids, times. (lv, base32: crypto.fingerprints.)"""

import base64
import binascii
import hashlib
import json
import re
import secrets
from datetime import timedelta
from typing import Any, NoReturn

from webapp.client.errors import Malformed
from webapp.clock import now, stamp
from webapp.crypto import framing

SURROGATE = re.compile("[\ud800-\udfff]")


def to_base64(octets: bytes) -> str:
    """Standard alphabet, padded."""
    return base64.b64encode(octets).decode()


def from_base64(text: object, length: int | None = None) -> bytes:
    """The octets of standard, padded base64, of exactly `length` bytes where given; raises Malformed."""
    if not isinstance(text, str):
        raise Malformed("base64 is text")
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not base64") from error
    if to_base64(octets) != text:
        raise Malformed("not the one way to write these bytes in base64")
    if length is not None and len(octets) != length:
        raise Malformed(f"{length} bytes expected")
    return octets


def sha256_hex(octets: bytes) -> str:
    """SHA-256 the way it stands in JSON."""
    return hashlib.sha256(octets).hexdigest()


def new_id() -> str:
    """A fresh id: 16 random bytes as 32 hex characters."""
    return secrets.token_hex(16)


def moment(later: timedelta = timedelta(0)) -> str:
    """Now or later, to the second, in UTC."""
    return stamp(now() + later)


def to_json(value: object) -> str:
    """The exact text to sign or send, in one line. A lone surrogate is escaped, as JSON.stringify does it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def from_json(text: str | bytes) -> Any:
    """What strict UTF-8 JSON says (no NaN, no Infinity); raises Malformed."""
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
        return json.loads(decoded, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def unframe(octets: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the file of an octet body; raises Malformed."""
    try:
        return framing.unframe(octets)
    except framing.Malformed as error:
        raise Malformed("not framed octets") from error
