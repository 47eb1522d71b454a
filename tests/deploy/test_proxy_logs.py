"""Neither proxy, by the files that are shipped, writes a one-time link into its log: whoever reads it could open it."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask

from tests.deploy.conftest import KINDS
from tests.support.run import patience
from tests.support.servers.processes import silent_socket
from tests.support.servers.proxies import DEPLOY, Proxy

TOKEN = "kept-by-nobody-who-reads-logs"
LINKS = [f"/{first}/{TOKEN}" for first in ("join", "password", "veto")] + [f"/veto/{TOKEN}/undo", f"//join/{TOKEN}"]


class Upstream(BaseHTTPRequestHandler):
    """Answers like a site that is well."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Says nothing: only the proxy’s words count here."""


@contextmanager
def upstream_at(proxy: Proxy) -> Iterator[None]:
    """Behind the proxy, until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    proxy.upstream = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def logged(proxy: Proxy) -> str:
    """Everything that the proxy wrote, by whatever name."""
    return "".join(path.read_text() for path in proxy.folder.glob("*.log"))


def status(connection: socket.socket, path: str) -> int:
    """Of this address, asked for by a page that a link opened."""
    opened = f"https://localhost/join/{TOKEN}"
    headers = f"Host: localhost\r\nReferer: {opened}\r\nHX-Current-URL: {opened}\r\nConnection: close\r\n"
    with connection:
        connection.settimeout(patience.HUNG)
        connection.sendall(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
        return int(b"".join(iter(lambda: connection.recv(65536), b"")).split()[1])


def statuses(proxy: Proxy) -> set[int]:
    """Of every link, and of what a page behind a link asks for."""
    asked = [*LINKS, f"/sign-in?next={TOKEN}", "/static/style.css"]
    return {status(proxy.connect(), path) for path in asked}


def assert_silent(proxy: Proxy, said: str, times: int) -> None:
    """The log has as many lines of requests as `said` matches, and no token."""
    patience.wait_until(lambda: len(re.findall(said, logged(proxy))) >= times, "lines of the log")
    assert TOKEN not in logged(proxy)


SAID = {"caddy": r'"status":502', "nginx": r'"GET /(?:join|password|veto)/\.\.\. HTTP/1\.1" 502 '}
"""What the log does have of a link while nobody answers behind the proxy."""


@pytest.mark.parametrize("kind", KINDS)
def test_no_link_is_logged_while_the_server_is_down(kind: str, tmp_path: Path) -> None:
    with silent_socket() as held:
        proxy = Proxy(kind, tmp_path / "proxy", f"127.0.0.1:{held.getsockname()[1]}")
        try:
            proxy.start()
            assert statuses(proxy) == {502}
            assert_silent(proxy, SAID[kind], len(LINKS))
        finally:
            proxy.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_no_link_is_logged_while_the_server_answers(kind: str, tmp_path: Path) -> None:
    proxy = Proxy(kind, tmp_path / "proxy")
    with upstream_at(proxy):
        try:
            proxy.start()
            assert statuses(proxy) == {200}
            if kind == "nginx":  # Caddy logs no request that went well
                assert_silent(proxy, SAID["nginx"].replace("502", "200"), len(LINKS))
                assert_silent(proxy, r'"GET /sign-in HTTP/1\.1" 200 ', 1)
        finally:
            proxy.stop()
        assert TOKEN not in logged(proxy)


def test_who_leaves_out_the_s_is_sent_on_without_naming_the_link(tmp_path: Path) -> None:
    proxy = Proxy("nginx", tmp_path / "proxy")
    try:
        proxy.start()
        plain = socket.socket(socket.AF_UNIX)
        plain.connect(str(proxy.folder / "plain"))
        assert status(plain, f"/join/{TOKEN}") == 308
        assert_silent(proxy, r'"GET /join/\.\.\. HTTP/1\.1" 308 ', 1)
    finally:
        proxy.stop()


def test_every_address_that_holds_a_token_is_one_that_nginx_keeps_quiet_of(app: Flask) -> None:
    first = {str(rule).split("/")[1] for rule in app.url_map.iter_rules() if "token" in rule.arguments}
    kept_quiet = re.findall(r"\^(?:\(\?<\w+>)?/\(\?:([a-z|]+)\)/", (DEPLOY / "nginx.conf").read_text())
    assert [set(each.split("|")) for each in kept_quiet] == [first, first]
