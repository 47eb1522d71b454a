"""Whether an answer is our server’s, and who probably answered where it isn’t: the same rules as the browser’s."""

from collections.abc import Mapping
from typing import Any, Protocol

from webapp.client.errors import Malformed, NoAnswer
from webapp.client.formats.encoding import from_json, unframe

ANSWER = "application/vnd.spare-key+json"
OCTETS = "application/octet-stream"
MARK = "spare-key"
COMMENT = b"<!-- spare-key -->"
SIGN_IN = {401, 407, 511}
BAD_GATEWAY = {502, 503, 504, 520, 521, 522, 523, 524, 530}


class Answered(Protocol):
    """What came back; header names are lower case."""

    @property
    def status(self) -> int:
        """Of HTTP."""

    @property
    def headers(self) -> Mapping[str, str]:
        """All of them."""

    @property
    def body(self) -> bytes:
        """As it came."""


def is_our_page(answer: Answered) -> bool:
    """Whether our server made this page, or sent this redirect."""
    return MARK in answer.headers or answer.body.rstrip().endswith(COMMENT)


def nobody(answer: Answered) -> NoAnswer:
    """Somebody else’s answer, under the code that the browser has for it."""
    return NoAnswer(answer.status, _code(answer.status, answer.headers.get("content-type", "")))


def object_of(answer: Answered) -> dict[str, Any]:
    """The JSON object that our server answered with. Raises NoAnswer."""
    if not answer.headers.get("content-type", "").startswith(ANSWER):
        raise nobody(answer)
    try:
        value = from_json(answer.body)
    except Malformed:
        value = None
    if not isinstance(value, dict):
        raise NoAnswer(answer.status, "cut_off")
    return value


def frame_of(answer: Answered) -> tuple[dict[str, Any], bytes]:
    """The header and the file of our server’s frame, whole. Raises NoAnswer."""
    if not answer.headers.get("content-type", "").startswith(OCTETS):
        raise nobody(answer)
    try:
        header, file = unframe(answer.body)
    except Malformed:
        raise NoAnswer(answer.status, "cut_off") from None
    if header.get("size") != len(file):
        raise NoAnswer(answer.status, "cut_off")
    return header, file


def require_same(said: Mapping[str, Any], same: Mapping[str, Any]) -> None:
    """What was stored is what was sent. Raises NoAnswer."""
    if any(name not in said for name in same):
        raise NoAnswer(200, "foreign_answer")
    if any(said[name] != value for name, value in same.items()):
        raise NoAnswer(200, "answer_differs")


def _code(status: int, content_type: str) -> str:
    if 300 <= status < 400 or status in SIGN_IN or (status == 200 and content_type.startswith("text/html")):
        return "network_sign_in"
    if status in BAD_GATEWAY:
        return "starting"
    if status >= 500:
        return "server_failed"
    known = {413: "size_limit", 429: "proxy_throttled"}
    return known.get(status, "blocked" if status >= 400 else "foreign_answer")
