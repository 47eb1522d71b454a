"""What the README tells whoever runs it for real, typed line by line in an empty folder, up to a member who is back.

Not typed: where the checkout comes from (copied from here), `pip` (the packages are those of the tests), `sudo`, and
where the proxy’s file goes. Names and ports are this test’s own.
"""

import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.deploy.conftest import KINDS
from tests.support.run import patience
from tests.support.servers.databases import PostgresqlDatabases
from tests.support.servers.processes import ROOT, answers, silent_socket
from tests.support.servers.proxies import NAME, UPSTREAM, Proxy
from tests.support.servers.sites import PASSWORD, PIN
from webapp.client.admin import Admin
from webapp.client.member import Member
from webapp.client.transport.http import UrllibTransport

PROXY_LINES = {
    "caddy": "sed s/keys.example.com/YOUR.NAME/ .github/deploy/Caddyfile | sudo tee /etc/caddy/Caddyfile",
    "nginx": "sed s/keys.example.com/YOUR.NAME/ .github/deploy/nginx.conf | sudo tee /etc/nginx/conf.d/sparekey.conf",
}


def blocks() -> list[str]:
    """The commands, as they stand in the README."""
    section = (ROOT / "README.md").read_text().partition("\n## Running it for real\n")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.M | re.S)


def replaced(text: str, changes: dict[str, str]) -> str:
    for former, new in changes.items():
        assert former in text, f"the README says no more: {former}"
        text = text.replace(former, new)
    return text


class Terminal:
    """One, in which a block is typed."""

    def __init__(self, commands: str, folder: Path, environ: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self._shell = subprocess.Popen(
                ["bash", "-eux", "-c", commands],
                cwd=folder,
                env=environ,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def shows(self, pattern: str) -> str:
        """Wait until it shows that, and return the first group."""

        def is_shown() -> bool:
            assert self._shell.poll() is None, self.log.read_text()
            return re.search(pattern, self.log.read_text()) is not None

        patience.wait_until(is_shown, pattern)
        found = re.search(pattern, self.log.read_text())
        assert found
        return found[1]

    @property
    def is_running(self) -> bool:
        return self._shell.poll() is None

    def close(self) -> None:
        if self.is_running:
            os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.wait()


class Typist:
    """Somebody with an empty folder and a PostgreSQL server."""

    def __init__(self, proxy: Proxy, server: dict[str, str], port: int, folder: Path) -> None:
        self.folder = folder
        self.name = f"sparekey_{secrets.token_hex(6)}"
        self.environ = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "USER": self.name,
            "PGUSER": self.name,
            "PORT": str(port),
            "HOME": str(folder),
            **server,
        }
        copied = (
            f"mkdir sparekey && git -C {ROOT} ls-files -z | (cd {ROOT} && xargs -0 cp --parents -t {folder}/sparekey)"
        )
        self._changes = {
            "git clone THIS-REPOSITORY sparekey": copied,
            "python3 -m venv .venv": f"ln -s {sys.prefix} .venv",
            ".venv/bin/pip install --require-hashes -r requirements/run.txt": "test -s requirements/run.txt",
            "sudo -u postgres": f"PGUSER={os.environ.get('PGUSER', 'postgres')}",
            '"$USER" sparekey': f'"$USER" {self.name}',
            "postgresql:///sparekey": f"postgresql:///{self.name}",
            f"https://{NAME}": proxy.url,
        }

    def type(self, commands: str, *, as_they_stand: bool = False) -> Terminal:
        """In a terminal of its own."""
        text = commands if as_they_stand else replaced(commands, self._changes)
        return Terminal(text, self.folder, self.environ, self.folder / f"{secrets.token_hex(4)}.log")


@pytest.fixture(params=KINDS)
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Proxy:
    """Not started yet."""
    return Proxy(request.param, tmp_path / "proxy")


@pytest.fixture
def typist(proxy: Proxy, postgresql_databases: PostgresqlDatabases, tmp_path: Path) -> Iterator[Typist]:
    parts = conninfo_to_dict(postgresql_databases.server)
    server = {f"PG{name.upper()}": str(parts[name]) for name in ("host", "port", "password") if parts.get(name)}
    with silent_socket() as held:
        port = held.getsockname()[1]
        proxy.upstream = f"127.0.0.1:{port}"
        (tmp_path / "home").mkdir()
        found = Typist(proxy, server, port, tmp_path / "home")
        yield found
    postgresql_databases.forget(found.name)


def test_the_readme_leads_to_a_member_who_is_back(
    proxy: Proxy, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, worker, *proxies = blocks()
    assert [line.partition(" && ")[0].strip() for line in proxies] == list(PROXY_LINES.values())
    assert proxy.upstream != UPSTREAM, "PORT is another than usual here"
    with ExitStack() as running:
        web = typist.type(site)
        running.callback(web.close)
        link = web.shows(r"(https://\S+/join/\S+)")
        patience.wait_until(lambda: answers(f"http://{proxy.upstream}"), "the site")
        mail = typist.type(worker, as_they_stand=True)
        running.callback(mail.close)
        proxy.start()
        running.callback(proxy.stop)
        monkeypatch.setenv("SSL_CERT_FILE", str(proxy.certificate))
        monkeypatch.setenv("NO_PROXY", "localhost")
        restore_a_member(proxy, link)
        assert web.is_running
        assert mail.is_running, mail.log.read_text()


def restore_a_member(proxy: Proxy, link: str) -> None:
    """The owner joins, makes the recovery key and invites Zoë, whose browser is lost; she restores in another."""
    owner = Member(UrllibTransport(proxy.url))
    owner.join(link, "Olga", PASSWORD, PIN)
    admin = Admin(owner.browser.transport, shows=lambda: PASSWORD)
    key_file = admin.make_key("Key of 2026")
    lost = Member(UrllibTransport(proxy.url))
    vault = lost.join(admin.invite("zoe@example.org", "Zoë", key_file), "Zoë", PASSWORD, PIN)
    vault.add("Mail", username="zoe", password="secret")
    vault.switch_on_cloud_backups()
    vault.back_up()
    zoe = Member(UrllibTransport(proxy.url), name="Safari on iPhone")
    zoe.sign_in("zoe@example.org", PASSWORD)
    recovery = zoe.request_restore()
    recovery.type_digits(admin.approve(admin.pending()[0], recovery.request.fingerprint, key_file))
    recovery.wait(0)
    assert [item["title"] for item in zoe.finish("830526").items] == ["Mail"]
