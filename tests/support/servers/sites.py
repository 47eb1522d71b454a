"""A production server behind one of the proxies that Spare Key ships files for, and people who come through it."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.servers.processes import ROOT, GranianServer, prepare_granian
from tests.support.servers.production import SETTINGS
from tests.support.servers.proxies import Proxy
from webapp.client.transport.http import UrllibTransport

PASSWORD, PIN = "copper lantern under the bridge", "274913"


@dataclass
class Site:
    """One server or more, and the proxy in front of them."""

    servers: list[GranianServer]
    proxy: Proxy

    @property
    def ports(self) -> list[int]:
        return [int(server.environ["PORT"]) for server in self.servers]

    def browser(self) -> UrllibTransport:
        """A fresh browser profile that trusts this proxy’s certificate."""
        return UrllibTransport(self.proxy.url)

    def command(self, *arguments: str) -> str:
        """What a command of the operator prints."""
        command, [server, *_] = ["flask", "--app", "webapp", *arguments], self.servers
        done = subprocess.run(command, cwd=server.root, env=server.environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def owner_link(self) -> str:
        """For the first owner, of an organisation that is made by that."""
        printed = self.command("init", "--organisation", "Lighthouse Works", "--email", "olga@example.org")
        found = re.search(r"https://\S+", printed)
        assert found, printed
        return found[0]


@contextmanager
def running(proxy: Proxy, database_url: str, folder: Path, *roots: Path) -> Iterator[Site]:
    """The server, or one of each of these checkouts, and the proxy, started. Until the end, this process trusts the
    proxy’s certificate."""
    settings = SETTINGS | {"DATABASE_URL": database_url, "PUBLIC_URL": proxy.url, "TRUSTED_PROXIES": "1"}
    site = Site([prepare_granian(folder, settings, root) for root in roots or [ROOT]], proxy)
    proxy.upstream = ";\n    server ".join(f"127.0.0.1:{port}" for port in site.ports)
    with pytest.MonkeyPatch.context() as patch:
        try:
            for server, port in zip(site.servers, site.ports, strict=True):
                server.url = f"http://localhost:{port}"
                server.start()
            proxy.start()
            patch.setenv("SSL_CERT_FILE", str(proxy.certificate))
            patch.setenv("NO_PROXY", "localhost")
            yield site
        finally:
            proxy.stop()
            for server in site.servers:
                server.close()
