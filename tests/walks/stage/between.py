"""What stands between a browser of the walk and the server, and answers what is signed in the server’s place: before it
has done the work, or after."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from webapp.client.errors import NoAnswer
from webapp.client.transport.answers import MARK
from webapp.client.transport.http import Answer

PAGE = b"<!doctype html><title>Hotel</title><p>Sign in to the network.</p>"
HTML = {"content-type": "text/html"}
MOST = 2
"""So many in a row; then the server is heard."""
SIGNED_FORMS = re.compile(r"/recovery/(requests|pairings)|/admin/requests/\w+/approval|/admin/keys/\w+/rewrap")
LARGE = re.compile(r"/vault/file|/backups|/recovery/(own|requests/\w+)/finish")
"""What carries a vault: a size limit is met by nothing else."""


@dataclass(frozen=True)
class Foreign:
    """An answer that is none. `body` None: the first half of the server’s."""

    name: str
    arrives: bool
    status: int
    body: bytes | None = PAGE

    def instead_of(self, path: str, ours: Answer | None) -> Answer:
        """What the browser gets. Raises NoAnswer where nothing comes at all."""
        if not self.status:
            raise NoAnswer(0, "offline")
        if self.body is None and ours:
            half = {name: value for name, value in ours.headers.items() if name != MARK}
            return Answer(ours.status, half, ours.body[: len(ours.body) // 2], path)
        return Answer(self.status, HTML, self.body or b"", path)


SIZE_LIMIT = Foreign("a size limit", arrives=False, status=413)
FOREIGN = (
    Foreign("a portal", arrives=False, status=200),
    Foreign("a portal, late", arrives=True, status=200),
    Foreign("a gateway", arrives=False, status=502),
    Foreign("a gateway, late", arrives=True, status=502),
    Foreign("a firewall, late", arrives=True, status=403),
    Foreign("nothing", arrives=True, status=204, body=b""),
    Foreign("half a body", arrives=True, status=200, body=None),
    Foreign("a broken line", arrives=True, status=0),
    SIZE_LIMIT,
)


class Between:
    """The answers that are still to be given in the server’s place on one wire; None lets one through."""

    def __init__(self) -> None:
        self.coming: list[Foreign | None] = []
        self.given: list[str] = []
        self._in_a_row = 0

    def next(self, method: str, path: str, headers: Mapping[str, str]) -> Foreign | None:
        """Who answers this request."""
        is_signed = "Spare-Signature" in headers or SIGNED_FORMS.fullmatch(path)
        if method != "POST" or not is_signed or not self.coming:
            return None
        found = self.coming.pop(0) if self._in_a_row < MOST else None
        if found is SIZE_LIMIT and (self._in_a_row or not LARGE.fullmatch(path)):
            found = None  # what went through once is not too large
        self._in_a_row = self._in_a_row + 1 if found else 0
        self.given += [found.name] if found else []
        return found
