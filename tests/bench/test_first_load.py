"""The first load of a page by a browser that was never here, against the release before there were bundles."""

import contextlib
import io
import os
import shutil
import socket
import statistics
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.bench.conftest import Results
from tests.bench.measuring import Ratio
from tests.support.servers.processes import ROOT, GranianServer, listening_socket, prepare_granian
from tests.support.servers.production import SETTINGS, Loaded
from tests.support.servers.slow_line import slow_line

FORMER = "1407c38"
"""The last release whose pages loaded modules one by one."""
SERVED = ["Procfile", "static", "templates", "webapp"]
ROUNDS = 5
USABLE = """customElements.whenDefined('vault-keys').then(() => { window.usableAt = performance.now(); })"""
"""The last script of the page has run, in either release; the form stands there before."""
CADDYFILE = """{
	admin off
	auto_https disable_redirects
	skip_install_trust
}
https://localhost:%d {
	tls internal
	reverse_proxy 127.0.0.1:%s
}
"""
Releases = dict[str, Path]


def free_port() -> int:
    """For a proxy that shares its port with nobody: one that was free a moment ago."""
    with listening_socket() as held:
        return int(held.getsockname()[1])


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """This checkout and the former release."""
    archived = subprocess.run(["git", "archive", FORMER, *SERVED], cwd=ROOT, capture_output=True, check=False)
    if archived.returncode:
        pytest.skip(f"needs a git checkout that has {FORMER}; clone the repository with its history")
    former = tmp_path_factory.mktemp("former")
    with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as archive:
        archive.extractall(former, filter="data")
    return {"now": ROOT, "former": former}


@dataclass
class Site:
    """A release that runs: its web process, on http or behind a proxy with TLS."""

    address: str
    server: GranianServer


Start = Callable[..., Site]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(release, address)`: its own database with an organisation in it, in production."""
    started = []

    def run(name: str, root: Path, address: str = "", **more: str) -> Site:
        folder = tmp_path / name
        folder.mkdir()
        port = free_port()
        settings = SETTINGS | {"PORT": str(port), "DATABASE_URL": f"sqlite:///{folder / 'database.sqlite3'}", **more}
        settings["PUBLIC_URL"] = address or f"http://localhost:{port}"
        server = prepare_granian(folder, settings, root)
        server.url = f"http://localhost:{port}"
        init = ["--organisation", "Example Works", "--email", "olga@example.org", "--name", "Olga"]
        command = ["flask", "--app", "webapp", "init", *init]
        subprocess.run(command, cwd=root, env=server.environ, capture_output=True, check=True)
        started.append(server)
        server.start()
        return Site(settings["PUBLIC_URL"], server)

    yield run
    for server in started:
        server.kill()


def test_what_a_first_load_of_the_sign_in_page_takes(
    results: Results, releases: Releases, start: Start, browser: Browser
) -> None:
    """Over HTTP/1.1, straight from the web process."""
    loads = {name: weigh(browser, start(name, root).address) for name, root in releases.items()}
    now, former = loads["now"], loads["former"]
    against = f"the same, release {FORMER} (modules)"
    results.add(
        "First load",
        Ratio("Sign-in page over HTTP/1.1: bytes", against, now.size / 1000, former.size / 1000, "kB"),
        Ratio("Sign-in page over HTTP/1.1: requests", against, len(now.paths), len(former.paths), ""),
    )
    assert now.size <= 45_000
    assert len(now.paths) <= 8


def weigh(browser: Browser, address: str) -> Loaded:
    with browser.new_context() as context:
        loaded = Loaded(context)
        loaded.page.goto(f"{address}/sign-in", wait_until="networkidle")
        return loaded


def test_how_long_the_sign_in_page_takes_on_a_slow_line(
    results: Results, releases: Releases, start: Start, browser: Browser, tmp_path: Path
) -> None:
    """Behind Caddy with TLS and HTTP/2, 150 ms there and back, 1.6 Mbit/s: until the page’s scripts have run."""
    if not shutil.which("caddy"):
        pytest.skip("needs Caddy: apt-get install caddy")
    with behind_caddy(start, releases, tmp_path) as addresses:
        taken: dict[str, list[float]] = {name: [] for name in addresses}
        for number in range(ROUNDS + 1):
            for name, address in addresses.items():
                milliseconds = until_usable(browser, address)
                if number:
                    taken[name].append(milliseconds)
    results.browser = f"Chromium {browser.version}"
    now, former = (statistics.median(taken[name]) for name in ("now", "former"))
    what = "Sign-in page usable, HTTP/2 and TLS, 150 ms, 1.6 Mbit/s"
    note = "The slow line is a relay of ours in front of Caddy, for all connections of a browser together."
    results.add("First load", Ratio(what, f"the same, release {FORMER} (modules)", now, former, "ms"), note=note)
    assert now / former <= 0.5


@contextlib.contextmanager
def behind_caddy(start: Start, releases: Releases, folder: Path) -> Iterator[dict[str, str]]:
    """The addresses of the releases, each behind a Caddy and a slow line."""
    with contextlib.ExitStack() as stack:
        addresses = {}
        for name, root in releases.items():
            port = free_port()
            addresses[name] = f"https://localhost:{stack.enter_context(slow_line(port))}"
            site = start(name, root, addresses[name], TRUSTED_PROXIES="1")
            stack.enter_context(caddy(folder / name, port, site.server.environ["PORT"]))
        yield addresses


@contextlib.contextmanager
def caddy(folder: Path, port: int, behind: str) -> Iterator[None]:
    """It listens when this returns."""
    (folder / "Caddyfile").write_text(CADDYFILE % (port, behind))
    command = ["caddy", "run", "--config", str(folder / "Caddyfile")]
    environ = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        while not answers(port):
            assert process.poll() is None, (folder / "caddy.log").read_text()
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def until_usable(browser: Browser, address: str) -> float:
    """Milliseconds, in a browser that was never here."""
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.add_init_script(USABLE)
        page.goto(f"{address}/sign-in")
        page.wait_for_function("window.usableAt !== undefined")
        assert page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
        return float(page.evaluate("window.usableAt"))
