"""Bodies and answers that carry ciphertext: framed, bounded, answered with codes instead of pages."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, jsonify, make_response, request

from webapp.crypto.framing import Malformed, frame, unframe
from webapp.models.columns import is_id

View = TypeVar("View", bound=Callable[..., Any])

SMALL = 16 * 1024
"""For `at_most`, where nothing long is sent."""
EMPTY = 1024
"""The same, where nothing is sent at all."""


class ApiError(Exception):
    """An answer with an error code that the page turns into a sentence."""

    def __init__(self, status: int, code: str, **details: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.details = details

    def response(self) -> Response:
        """`{"error": code, …}` with the status."""
        answer = jsonify(error=self.code, **self.details)
        answer.status_code = self.status
        return answer


def at_most(size: int) -> Callable[[View], View]:
    """Refuse what is longer before any of it is read. Goes above `@signed`, which reads it all."""

    def limited(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            request.max_content_length = size
            if (request.content_length or 0) > size:
                raise ApiError(413, "too_large", limit=size)
            return view(*args, **kwargs)

        return checked  # type: ignore[return-value]

    return limited


def framed_body() -> tuple[dict[str, Any], bytes]:
    """The header and the file of this request. Raises ApiError."""
    try:
        return unframe(request.get_data())
    except Malformed:
        raise ApiError(400, "malformed") from None


def json_body() -> dict[str, Any]:
    """The JSON object this request carries. Raises ApiError."""
    try:
        found = request.get_json(force=True, silent=True)
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise ApiError(400, "malformed")
    return found


def framed_answer(header: dict[str, Any], file: bytes) -> Response:
    """Framed octets as a response. The header says how long the file is, so that a cut one is known as such."""
    answer = make_response(frame({**header, "size": len(file)}, file))
    answer.content_type = "application/octet-stream"
    return answer


def file_answer(file: bytes) -> Response:
    """A file as it is, with its digest (RFC 9530), so that a cut one is known as such."""
    answer = make_response(file)
    answer.content_type = "application/octet-stream"
    answer.headers["Repr-Digest"] = f"sha-256=:{base64_of(hashlib.sha256(file).digest())}:"
    return answer


def try_of(body: dict[str, Any]) -> str | None:
    """What the browser calls this try of a PIN: sent again with the same proof, it is counted once. Raises ApiError."""
    found = body.get("try")
    if found is not None and not is_id(found):
        raise ApiError(400, "malformed")
    return found


def from_base64(text: object, length: int | None = None) -> bytes:
    """The bytes of standard base64, of exactly `length` if given. Raises ApiError."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        data = None
    if data is None or (length is not None and len(data) != length):
        raise ApiError(400, "malformed")
    return data


def base64_of(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode()


def kit_key_of(header: dict[str, Any]) -> bytes | None:
    """The key by which the Recovery Kit proves itself; None from a browser of before there was one. Raises ApiError."""
    return from_base64(header["kit_verify_key"], 32) if "kit_verify_key" in header else None


def text_of(header: dict[str, Any], name: str, limit: int) -> str:
    """The text under `name`, not empty and within `limit` characters. Raises ApiError."""
    value = header.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        raise ApiError(400, "malformed")
    return value


def age_file(data: bytes, limit: int) -> bytes:
    """`data`, if it can be an encrypted file of at most `limit` bytes: plaintext sent by mistake is never kept.
    Raises ApiError."""
    if len(data) > limit:
        raise ApiError(413, "too_large", limit=limit)
    if not data.startswith(b"age-encryption.org/v1\n"):
        raise ApiError(400, "malformed")
    return data


def number_of(header: dict[str, Any], name: str, limit: int = 2**31 - 1) -> int:
    """The whole number under `name`, from 0 to `limit`. Raises ApiError."""
    value = header.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= limit:
        raise ApiError(400, "malformed")
    return value
