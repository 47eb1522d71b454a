"""Visitors whose requests never come to their end, and what of them arrives at the application."""

import ssl
from contextlib import ExitStack
from pathlib import Path

from tests.support.servers.sites import Site


def send_slowly(site: Site, opened: ExitStack, source: str = "127.0.0.1") -> ssl.SSLSocket:
    """A request whose body does not come, from one of this computer’s addresses."""
    connection = opened.enter_context(site.proxy.connect(source))
    lines = [
        "POST /sign-in HTTP/1.1",
        f"Host: localhost:{site.proxy.port}",
        "Content-Type: application/x-www-form-urlencoded",  # a form is read; anything else is answered at once
        "Content-Length: 1000",
    ]
    connection.sendall("\r\n".join([*lines, "", "email=o"]).encode())
    return connection


def requests_at_the_application(site: Site) -> int:
    """How many connections to it are open, as the system has it."""
    ports, established = {f":{port:04X}" for port in site.ports}, "01"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2][-5:] in ports and row[3] == established for row in rows)
