"""A mail server for tests: takes mail over real SMTP on this machine, or refuses it, or isn’t there at all."""

import socket
import socketserver
import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from webapp.config import MailServer


class _Conversation(socketserver.StreamRequestHandler):
    server: "_Listener"

    def handle(self) -> None:
        """RFC 5321 as far as smtplib speaks it."""
        self._say("220 test")
        while line := self.rfile.readline().strip().upper():
            if line == b"QUIT":
                return self._say("221 bye")
            if line == b"DATA":
                self._say("354 go on")
                self._take()
            else:
                self._say("250 ok")
        return None

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        if self.server.owner.refuses:
            return self._say("451 not now")
        self.server.owner.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
        return self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    owner: "Postbox"

    def get_request(self) -> tuple[socket.socket, Any]:
        """A connection, under TLS where the postbox speaks it; one that fails is no conversation."""
        accepted, address = super().get_request()
        if self.owner.tls is None:
            return accepted, address
        try:
            return self.owner.tls.wrap_socket(accepted, server_side=True), address
        except OSError:
            accepted.close()
            raise


class Postbox:
    """`taken` is what arrived. `refuses`: answers each mail with "not now". `stop()` and `start()` keep the port.

    `tls`: it speaks TLS from the first byte.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.taken: list[EmailMessage] = []
        self.refuses = False
        self._port = 0
        self._listener: _Listener | None = None
        self.start()

    @property
    def address(self) -> MailServer:
        """For `app.config["SMTP"]`."""
        return MailServer("127.0.0.1", self._port, "tls" if self.tls else "none")

    def start(self) -> None:
        """Listen, on the port it had before."""
        self._listener = _Listener(("127.0.0.1", self._port), _Conversation)
        self._listener.owner = self
        self._port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._listener:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None
