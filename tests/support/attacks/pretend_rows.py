"""The rows of the pretend server, how it says no, and the connection to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl

from webapp.client.formats.encoding import new_id, to_json
from webapp.client.formats.restore_requests import RestoreRequest
from webapp.client.transport.answers import ANSWER, OCTETS
from webapp.client.transport.http import Answer
from webapp.crypto.framing import frame

ORIGIN = "https://keys.example.org"
Tamper = Callable[[Any], Any]


class Answering(Protocol):
    """What a connection needs of the server."""

    tampers: dict[str, Tamper]

    def answer(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """The honest answer."""


@dataclass
class Account:
    """One member's rows."""

    id: str = field(default_factory=new_id)
    email: str = "alice@example.org"
    epoch: int = 0
    counter: int = 0
    file: bytes = b""
    verify_keys: dict[int, bytes] = field(default_factory=dict)
    devices: dict[str, bytes] = field(default_factory=dict)
    locks: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    tries_left: int = 10
    backups: list[dict[str, Any]] = field(default_factory=list)
    request: RestoreRequest | None = None
    approval: dict[str, Any] = field(default_factory=dict)
    state: str = "requested"
    finished: str = ""
    own: dict[str, Any] = field(default_factory=dict)
    """What began a recovery that needs nobody's help."""
    kit_verify_key: bytes = b""


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, error: str, **details: Any) -> None:
        super().__init__(error)
        self.status, self.body = status, {"error": error, **details}


def form(body: bytes) -> dict[str, str]:
    """The fields of a form post."""
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


@dataclass
class PretendTransport:
    """One browser's connection to the pretend server."""

    server: Answering
    origin: str = ORIGIN

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request."""
        try:
            honest = self.server.answer(method, path, body, headers)
        except Refused as error:
            return Answer(error.status, {"content-type": ANSWER}, to_json(error.body).encode(), path)
        answered = self.server.tampers.get(f"{method} {path}", lambda value: value)(honest)
        if isinstance(answered, tuple):
            header, file = answered
            return Answer(200, {"content-type": OCTETS}, frame({**header, "size": len(file)}, file), path)
        if isinstance(answered, str):
            return Answer(200, {"spare-key": "1"}, answered.encode(), path)
        return Answer(200, {"content-type": ANSWER, "spare-key": "1"}, to_json(answered).encode(), path)


def stored(header: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """What the answer to a new epoch repeats of what was sent."""
    place = {"epoch": header["epoch"], "counter": header["counter"], "sha256": header["file_sha256"]}
    return {"device": headers["Spare-Device"], **place}
