"""The proxies that Spare Key ships files for, run by these very files: but for names, ports and certificates."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.run import patience
from tests.support.servers.certificates import make_certificate
from tests.support.servers.processes import ROOT, silent_socket

DEPLOY = ROOT / ".github/deploy"
NAME, UPSTREAM = "keys.example.com", "127.0.0.1:8000"
CADDY_FOR_TESTS = "{\n\tadmin off\n\tskip_install_trust\n\tlocal_certs\n\tauto_https disable_redirects\n"
"""A certificate of its own, and nothing on ports that are not ours."""
NGINX_FOR_TESTS = """{user}
daemon off;
pid {folder}/pid;
error_log stderr;
worker_processes 2;
events {{ worker_connections 768; }}
http {{
    access_log off;
    gzip on;
    gzip_types text/html application/json;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
"""What Debian’s own nginx.conf has, as far as it matters: it compresses."""


@dataclass
class Proxy:
    """One of them, on https://localhost:PORT."""

    kind: str
    folder: Path
    upstream: str = UPSTREAM
    changed: dict[str, str] = field(default_factory=dict)
    """What else is another text in the file, such as a time-out that nobody wants to wait for."""
    held: socket.socket = field(default_factory=silent_socket, repr=False)
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def port(self) -> int:
        return int(self.held.getsockname()[1])

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> Path:
        """Of who signed the one that it shows."""
        if self.kind == "nginx":
            return self.folder / "certificate.pem"
        return self.folder / "caddy/pki/authorities/local/root.crt"

    @property
    def trust(self) -> ssl.SSLContext:
        """For a client of this proxy, and of no other server."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        command = {"caddy": self._caddy, "nginx": self._nginx}[self.kind]()
        environ = {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)
        patience.wait_until(self._answers, "a proxy that answers")

    @property
    def log(self) -> Path:
        return self.folder / f"{self.kind}.log"

    def stop(self) -> None:
        """End it at once, and let its port go."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.held.close()

    def connect(self, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """A connection that speaks HTTP/1.1, from one of this computer’s addresses."""
        raw = socket.create_connection(("127.0.0.1", self.port), patience.HUNG, source_address=(source, 0))
        return self.trust.wrap_socket(raw, server_hostname="localhost")

    def _caddy(self) -> list[str]:
        text = self._text("Caddyfile", {NAME: f"localhost:{self.port}", UPSTREAM: self.upstream})
        assert text.count("\n{\n") == 1
        (self.folder / "Caddyfile").write_text(text.replace("\n{\n", f"\n{CADDY_FOR_TESTS}", 1))
        return [_installed("caddy"), "run", "--adapter", "caddyfile", "--config", str(self.folder / "Caddyfile")]

    def _nginx(self) -> list[str]:
        certificate, user = str(make_certificate(self.folder)), "" if os.getuid() else "user root;"
        changes = {
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "    listen 80;\n": f"    listen unix:{self.folder}/plain;\n",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2 reuseport;",
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": certificate,
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": certificate,
            "/var/log/nginx/": f"{self.folder}/nginx-",
            NAME: "localhost",
            UPSTREAM: self.upstream,
        }
        (self.folder / "site.conf").write_text(self._text("nginx.conf", changes))
        (self.folder / "nginx.conf").write_text(NGINX_FOR_TESTS.format(folder=self.folder, user=user))
        return [_installed("nginx"), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def _text(self, name: str, changes: dict[str, str]) -> str:
        text = (DEPLOY / name).read_text()
        for former, new in (changes | self.changed).items():
            assert former in text, f"{name} says no more: {former}"
            text = text.replace(former, new)
        return text

    def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, f"the proxy did not start:\n{self.log.read_text()}"
        try:
            with self.connect():
                return True
        except OSError:
            return False


def opener(proxy: Proxy) -> Callable[[str], "urllib.request._UrlopenRet"]:
    """`open(path)`, by somebody who trusts this proxy’s certificate."""
    handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=proxy.trust)
    found = urllib.request.build_opener(*handlers)
    return lambda path: found.open(proxy.url + path, timeout=patience.HUNG)


def _installed(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        pytest.skip(f"needs {name}: apt-get install {name}")
    return found
