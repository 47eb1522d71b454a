"""The browser's modules in real Chromium, under the product's own Content-Security-Policy, without the product."""

import base64
import functools
import json
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.run import patience

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "vectors"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx kdf-worker"
)
# Every module under its name, short decoders, `code(work)`: the code that work throws with, and
# `surprises(cases, work)`: which of the cases [code, argument of work] went otherwise.
PRELUDE = """
const load = (name) => import(`/static/js/${name}.js`);
const [bytes, identities, sealing, signatures, gzip, documents, lock, epochs, kits, keys, backups,
  requests] = await Promise.all(
  ['bytes', 'identities', 'sealing', 'signatures', 'gzip', 'documents', 'device-lock', 'epochs', 'recovery-kits',
   'organisation-keys', 'cloud-backups', 'restore-requests'].map((name) => load(`crypto/${name}`)));
const { base64, fromBase64, hex, fromHex, utf8, fromUtf8 } = bytes;
const code = (work) =>
  Promise.resolve().then(work).then(() => 'no error', (error) => error.code ?? `unexpected: ${error}`);
const surprises = async (cases, work) => {
  const found = await Promise.all(cases.map(async ([expected, change]) => [expected, await code(() => work(change))]));
  return found.map((pair, index) => [...pair, index]).filter(([expected, got]) => expected !== got);
};
"""

# What readExport gives for a file, or the code it throws.
READ_EXPORT = """async ([text, repeated]) => {
  const { readExport } = await import('/static/js/vault/read-export.js');
  const bytes = (encoded) => Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  const [start, again] = text.map(bytes);
  const file = new Uint8Array(start.length + again.length * repeated);
  file.set(start);
  for (let at = 0; at < repeated; at += 1) file.set(again, start.length + at * again.length);
  try {
    const { kept, items, problems, ...rest } = await readExport(file, 'Untitled');
    const counts = { rows: items.length + problems.length };
    return { ...rest, ...counts, items: items.slice(0, 20), problems, kept: Object.fromEntries(kept) };
  } catch (error) {
    if (!error.code) throw error;
    return error.code;
  }
}"""

Read = Callable[..., Any]
Answer = tuple[int, str, bytes] | tuple[int, str, bytes, dict[str, str]]
Answerer = Callable[[str, str, bytes, dict[str, str]], Answer]


class Site(ThreadingHTTPServer):
    """The static folder, an empty page anywhere else, and whatever a test answers to POST and under /octets/."""

    daemon_threads = True
    answerer: Answerer | None = None

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server_port}"


class Handler(SimpleHTTPRequestHandler):
    """Serves as Site says. Under HTTP/1.1, so that connections are kept as in production."""

    server: Site
    protocol_version = "HTTP/1.1"
    page = b"<!doctype html><html lang=en><title>Modules</title><body><main></main>"

    def do_GET(self) -> None:
        if self.path.startswith("/static/") and ".." not in self.path:
            super().do_GET()
        elif self.server.answerer and self.path.startswith("/octets/"):
            self.answer(self.server.answerer("GET", self.path, b"", dict(self.headers)))
        else:
            self.answer((200, "text/html; charset=utf-8", self.page))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert self.server.answerer
        self.answer(self.server.answerer("POST", self.path, body, dict(self.headers)))

    def answer(self, answer: Answer) -> None:
        status, kind, content, *more = answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in more[0].items() if more else ():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Modules:
    """Runs JavaScript with the modules at hand; fails on any violation of the policy or uncaught error."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.complaints: list[str] = []
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{origin}/")

    def __call__(self, body: str, **values: Any) -> Any:
        """The value `body` returns, with `values` as constants by their names."""
        names = ", ".join(values)
        work = f"async () => {{ {PRELUDE} {{ const {{ {names} }} = values; {body} }} }}"
        late = f"new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), {patience.DERIVED}))"
        return self.page.evaluate(f"(values) => Promise.race([({work})(), {late}])", values)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Serving for the whole session."""
    server = Site(("localhost", 0), functools.partial(Handler, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _real_pins(real_pins: None) -> None:
    """The worker is the product’s own here, so Python’s PINs cost what they cost there."""


@pytest.fixture
def browsing(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of its own for one test."""
    context = browser.new_context()
    context.set_default_timeout(patience.AT_ONCE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def shared(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for all tests of a file: it has the modules already."""
    context = browser.new_context()
    context.set_default_timeout(patience.AT_ONCE)
    yield context
    context.close()


@pytest.fixture
def modules(shared: BrowserContext, site: Site) -> Iterator[Modules]:
    """The modules on a fresh page, for what keeps nothing in the browser; else a file says that `alone` is meant."""
    yield from on_a_page(shared, site)


@pytest.fixture
def alone(browsing: BrowserContext, site: Site) -> Iterator[Modules]:
    """The modules on a fresh page of a fresh profile."""
    yield from on_a_page(browsing, site)


@pytest.fixture
def read(modules: Modules) -> Read:
    """`read(file)`: what the import makes of it, or the code it throws; `again` is put behind it `repeated` times."""

    def reading(file: bytes, again: bytes = b"", repeated: int = 0) -> Any:
        parts = [base64.b64encode(part).decode() for part in (file, again)]
        return modules.page.evaluate(READ_EXPORT, [parts, repeated])

    return reading


def on_a_page(context: BrowserContext, site: Site) -> Iterator[Modules]:
    """Fails where the page complained."""
    site.answerer = None
    modules = Modules(context.new_page(), site.origin)
    yield modules
    modules.page.close()
    assert modules.complaints == []


def vectors(name: str) -> Any:
    """What tests/vectors/<name>.json holds; an empty list where the file isn't there."""
    path = VECTORS / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else []
