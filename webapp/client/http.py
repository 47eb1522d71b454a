"""HTTP as a browser speaks it: forms, cookies, redirects, and octets that a device signs."""

import http.cookiejar
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from werkzeug.test import Client

from webapp.client.encoding import from_base64, from_json, to_base64, to_json, unframe
from webapp.client.errors import (
    LockDestroyed,
    Malformed,
    NotReleased,
    RequestClosed,
    ServerRefused,
    StaleVault,
    WayOff,
)
from webapp.client.pages import Page
from webapp.client.signatures import sign
from webapp.crypto.framing import frame
from webapp.crypto.signatures import request_bytes

LABEL = "spare-key/v1/request"
OCTETS = "application/octet-stream"
FORM = "application/x-www-form-urlencoded"
REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 10
PATIENCE = 120
VOCABULARY: dict[str, type[ServerRefused]] = {
    "stale_vault": StaleVault,
    "not_released": NotReleased,
    "request_closed": RequestClosed,
    "lock_destroyed": LockDestroyed,
    "way_off": WayOff,
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
        """One request; raises ServerRefused `offline` where nothing answers."""
        content = body if method == "POST" else None
        request = urllib.request.Request(self.origin + path, content, dict(headers), method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return _answer(response.status, dict(response.headers.items()), response.read(), path)
        except urllib.error.HTTPError as response:
            with response:
                return _answer(response.code, dict(response.headers.items()), response.read(), path)
        except OSError as error:
            raise ServerRefused(0, "offline") from error


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

    def __init__(self, transport: Transport, user_agent: str) -> None:
        self.transport = transport
        self.origin = transport.origin
        self._headers = {"User-Agent": user_agent, "Origin": self.origin}

    def visit(self, path: str) -> Answer:
        """The page a path leads to; raises ServerRefused."""
        return self._followed(self._send("GET", path, b"", {"Accept": "text/html"}))

    def submit(self, path: str, fields: Mapping[str, str] | None = None, *, follow: bool = True) -> Answer:
        """What a form leads to; raises ServerRefused, with the page under `page` where the form comes back."""
        body = urlencode(fields or {}).encode()
        answer = self._send("POST", path, body, {"Accept": "text/html", "Content-Type": FORM})
        return self._followed(answer) if follow or answer.status not in REDIRECTS else answer

    def get_json(self, path: str) -> dict[str, Any]:
        """The JSON object at a path; raises ServerRefused."""
        return _json(self._octets("GET", path, b"", {}))

    def get_file(self, path: str) -> tuple[dict[str, Any], bytes]:
        """The header and the file at a path; raises ServerRefused."""
        return unframe(self._octets("GET", path, b"", {}).body)

    def post_json(self, path: str, value: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the server answers to an object that no device has to sign; raises ServerRefused."""
        body = to_json(value or {}).encode()
        return _json(self._octets("POST", path, body, {"Content-Type": "application/json"}))

    def sign_json(self, signer: Signer, path: str, value: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the server answers to a signed object (no object: an empty body); raises ServerRefused."""
        body = b"" if value is None else to_json(value).encode()
        return _json(self._signed(signer, path, body, "application/json"))

    def sign_file(self, signer: Signer, path: str, header: Mapping[str, Any], file: bytes = b"") -> dict[str, Any]:
        """What the server answers to signed octets; raises ServerRefused."""
        return _json(self._signed(signer, path, frame(dict(header), file), OCTETS))

    def fetch_file(
        self, signer: Signer, path: str, value: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """The header and the file that the server gives to this device only, for a signed object (no object: an empty
        body); raises ServerRefused."""
        body = b"" if value is None else to_json(value).encode()
        return unframe(self._signed(signer, path, body, "application/json").body)

    def _signed(self, signer: Signer, path: str, body: bytes, content_type: str) -> Answer:
        try:
            return self._signed_once(signer, path, body, content_type)
        except ServerRefused as error:
            if error.code != "challenge_expired":
                raise
            return self._signed_once(signer, path, body, content_type)

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
        if answer.status >= 300:
            raise refusal(answer)
        return answer

    def _followed(self, answer: Answer) -> Answer:
        for _ in range(MOST_REDIRECTS):
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


def refusal(answer: Answer) -> ServerRefused:
    """What an answer with an error status means: its JSON says it, or an element of the page by `data-refusal`."""
    code = "signed_out" if answer.status == 401 else "refused"
    try:
        details = _json(answer)
    except Malformed:
        page = Page(answer.body.decode(errors="replace"))
        details = {"page": page.text}
        code = next((named["data-refusal"] for named in page.all("data-refusal")), code)
    code = details.pop("error", code)
    return VOCABULARY.get(str(code), ServerRefused)(answer.status, str(code), details)


def _json(answer: Answer) -> dict[str, Any]:
    value = from_json(answer.body) if answer.body else None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed("an object expected")
    return value
