"""HTTP as a browser speaks it: forms, cookies, redirects, and octets that a device signs."""

import http.client
import http.cookiejar
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from werkzeug.test import Client

from webapp.client.crypto.signatures import sign
from webapp.client.errors import (
    LockDestroyed,
    Malformed,
    MethodOff,
    NoAnswer,
    NotReleased,
    RequestClosed,
    ServerRefused,
    StaleVault,
)
from webapp.client.formats.encoding import from_base64, to_base64, to_json
from webapp.client.transport.answers import ANSWER, OCTETS, frame_of, is_our_page, nobody, object_of, require_same
from webapp.client.transport.pages import Page
from webapp.crypto.framing import frame
from webapp.crypto.signatures import request_bytes

LABEL = "spare-key/v1/request"
FORM = "application/x-www-form-urlencoded"
REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 10
PATIENCE = 120
Read = TypeVar("Read")
VOCABULARY: dict[str, type[ServerRefused]] = {
    "stale_vault": StaleVault,
    "not_released": NotReleased,
    "request_closed": RequestClosed,
    "lock_destroyed": LockDestroyed,
    "way_off": MethodOff,
}


@dataclass(frozen=True)
class Answer:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    path: str

    @property
    def page(self) -> Page:
        """The answer as HTML."""
        return Page(self.body.decode())


class Transport(Protocol):
    """One browser's connection: keeps cookies, follows no redirect."""

    origin: str

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request."""


class UrllibTransport:
    """Over the network."""

    def __init__(self, origin: str) -> None:
        if urlsplit(origin).scheme not in ("http", "https"):
            raise Malformed("an origin begins with http:// or https://")
        self.origin = origin.rstrip("/")
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies, _Redirects())

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request; raises NoAnswer: `offline` where nothing answers, `cut_off` where an answer ends too early."""
        content = body if method == "POST" else None
        request = urllib.request.Request(self.origin + path, content, dict(headers), method=method)  # noqa: S310
        try:
            return self._answered(request, path)
        except OSError as error:
            raise NoAnswer(0, "offline") from error
        except http.client.HTTPException as error:  # a proxy whose server is killed while it answers
            raise NoAnswer(0, "cut_off") from error

    def _answered(self, request: urllib.request.Request, path: str) -> Answer:
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return _answer(response.status, dict(response.headers.items()), response.read(), path)
        except urllib.error.HTTPError as response:
            with response:
                return _answer(response.code, dict(response.headers.items()), response.read(), path)


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow none: what a redirect says is read by the caller."""


class InProcessTransport:
    """Straight into an application, through Flask's test client."""

    def __init__(self, client: Client, origin: str) -> None:
        self.origin = origin.rstrip("/")
        self._client = client

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request."""
        response = self._client.open(path, method=method, data=body, headers=dict(headers), base_url=self.origin)
        with response:
            return _answer(response.status_code, dict(response.headers.items()), response.get_data(), path)


def _answer(status: int, headers: Mapping[str, str], body: bytes, path: str) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body, path)


@dataclass(frozen=True)
class Signer:
    """The device that signs requests."""

    id: str
    seed: bytes


class Browser:
    """A browser without a screen: pages, forms and octets of one session."""

    repeats = 0
    """How often what the server does once goes again by itself, with the same bytes, where no answer of it came."""

    def __init__(self, transport: Transport, user_agent: str) -> None:
        self.transport = transport
        self.origin = transport.origin
        self._headers = {"User-Agent": user_agent, "Origin": self.origin}

    def visit(self, path: str) -> Answer:
        """The page a path leads to; raises ServerRefused."""
        return self._followed(self._send("GET", path, b"", {"Accept": "text/html"}))

    def submit(
        self, path: str, fields: Mapping[str, str] | None = None, *, follow: bool = True, once: bool = False
    ) -> Answer:
        """What a form leads to; `once`: the server does it once, however often it comes. Raises ServerRefused, with the
        page under `page` where the form comes back."""
        body = urlencode(fields or {}).encode()

        def work() -> Answer:
            answer = self._send("POST", path, body, {"Accept": "text/html", "Content-Type": FORM})
            is_told = not follow and is_our_page(answer) and answer.status in REDIRECTS
            return answer if is_told else self._followed(answer)

        return self._repeated(work) if once else work()

    def get_json(self, path: str) -> dict[str, Any]:
        """The JSON object at a path; raises ServerRefused."""
        return object_of(self._octets("GET", path, b"", {}))

    def get_file(self, path: str) -> tuple[dict[str, Any], bytes]:
        """The header and the file at a path; raises ServerRefused."""
        return frame_of(self._octets("GET", path, b"", {}))

    def post_json(self, path: str, value: Mapping[str, Any] | None = None, *, once: bool = False) -> dict[str, Any]:
        """What the server answers to an object that no device has to sign; `once` as above. Raises ServerRefused."""
        body = to_json(value or {}).encode()

        def work() -> dict[str, Any]:
            return object_of(self._octets("POST", path, body, {"Content-Type": "application/json"}))

        return self._repeated(work) if once else work()

    def sign_json(
        self, signer: Signer, path: str, value: Mapping[str, Any] | None = None, same: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """What the server answers to a signed object (no object: an empty body), with `same` in it; raises
        ServerRefused."""
        body = b"" if value is None else to_json(value).encode()
        return self._signed(signer, path, body, "application/json", partial(_object_with, same or {}))

    def sign_file(
        self,
        signer: Signer,
        path: str,
        header: Mapping[str, Any],
        file: bytes = b"",
        same: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What the server answers to signed octets, with `same` in it; raises ServerRefused."""
        return self._signed(signer, path, frame(dict(header), file), OCTETS, partial(_object_with, same or {}))

    def fetch_file(
        self, signer: Signer, path: str, value: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """The header and the file that the server gives to this device only, for a signed object (no object: an empty
        body); raises ServerRefused."""
        body = b"" if value is None else to_json(value).encode()
        return self._signed(signer, path, body, "application/json", frame_of)

    def _signed(
        self, signer: Signer, path: str, body: bytes, content_type: str, read: Callable[[Answer], Read]
    ) -> Read:
        """What `read` makes of the answer. What a device signs is done once, however often it comes: again, only the
        challenge is another."""

        def work() -> Read:
            try:
                return read(self._signed_once(signer, path, body, content_type))
            except ServerRefused as error:
                if error.code != "challenge_expired":
                    raise
                return read(self._signed_once(signer, path, body, content_type))

        return self._repeated(work)

    def _repeated(self, work: Callable[[], Read]) -> Read:
        for _ in range(self.repeats):
            try:
                return work()
            except NoAnswer as nobody:
                if nobody.code == "size_limit":
                    raise  # the same size would meet the same limit
        return work()

    def _signed_once(self, signer: Signer, path: str, body: bytes, content_type: str) -> Answer:
        challenge = from_base64(self.post_json("/devices/challenge").get("challenge"), 32)
        message = request_bytes(self.origin, "POST", path, signer.id, challenge, body)
        headers = {
            "Content-Type": content_type,
            "Spare-Device": signer.id,
            "Spare-Challenge": to_base64(challenge),
            "Spare-Signature": to_base64(sign(signer.seed, LABEL, message)),
        }
        return self._octets("POST", path, body, headers)

    def _octets(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = self._send(method, path, body, {"Accept": OCTETS, **headers})
        if answer.status != 200:
            raise refusal(answer)
        return answer

    def _followed(self, answer: Answer) -> Answer:
        for _ in range(MOST_REDIRECTS):
            if not is_our_page(answer):
                raise nobody(answer)
            if answer.status not in REDIRECTS:
                break
            target = urlsplit(urljoin(self.origin + answer.path, answer.headers["location"]))
            if f"{target.scheme}://{target.netloc}" != self.origin:
                raise ServerRefused(answer.status, "elsewhere", {"location": target.geturl()})
            path = target.path + ("?" + target.query if target.query else "")
            answer = self._send("GET", path, b"", {"Accept": "text/html"})
        if answer.status >= 300:
            raise refusal(answer)
        return answer

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return self.transport.send(method, path, body, {**self._headers, **headers})


def _object_with(same: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    said = object_of(answer)
    require_same(said, same)
    return said


def refusal(answer: Answer) -> ServerRefused:
    """What an answer with an error status means: its JSON says it, or an element of the page by `data-refusal`."""
    code = "signed_out" if answer.status == 401 else "refused"
    if answer.headers.get("content-type", "").startswith(ANSWER):
        details = object_of(answer)
        code = details.pop("error", code)
    elif is_our_page(answer):
        page = Page(answer.body.decode(errors="replace"))
        details = {"page": page.text}
        code = next((named["data-refusal"] for named in page.all("data-refusal")), code)
    else:
        return nobody(answer)
    return VOCABULARY.get(str(code), ServerRefused)(answer.status, str(code), details)
