"""Octets with a header: how a file and what belongs to it travel in one signed body.

Layout: header length (4 bytes, big-endian), header (a JSON object, UTF-8, at most 64 KiB), then the file, maybe empty.
"""

import json
from typing import Any

MAXIMUM_HEADER = 64 * 1024


class Malformed(Exception):
    """Bytes that are not what their place demands."""


def frame(header: dict[str, Any], file: bytes = b"") -> bytes:
    """The framed octets of `header` and `file`."""
    head = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    return len(head).to_bytes(4, "big") + head + file


def unframe(body: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the file. Raises Malformed."""
    size = int.from_bytes(body[:4], "big")
    if len(body) < 4 or size > MAXIMUM_HEADER or len(body) < 4 + size:
        raise Malformed("frame")
    try:
        header = json.loads(body[4 : 4 + size])
    except (ValueError, RecursionError) as error:
        raise Malformed("header") from error
    if not isinstance(header, dict):
        raise Malformed("header")
    return header, body[4 + size :]
