"""A mail server for tests: takes mail over real SMTP on this machine, or refuses it, or isn’t there at all."""

import base64
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from tests.support.servers.processes import silent_socket
from webapp.config import MailServer
from webapp.models.outbox.delivery import Delivery
from webapp.ops.mail_server import NoConversation


class _Conversation(socketserver.StreamRequestHandler):
    server: "_Listener"

    def handle(self) -> None:
        """RFC 5321 as far as smtplib speaks it, and what the postbox offers beside it."""
        owner = self.server.owner
        answers: dict[str, Callable[[str], None]] = {
            **{"EHLO": self._offer, "AUTH": self._sign_in, "RCPT": self._recipient},
            **{"DATA": lambda _: self._take(), "QUIT": lambda _: self._say("221 bye")},
            "CONNECT": lambda _: self._say("220 test"),
        }
        owner.conversations += 1
        word, line = "CONNECT", "CONNECT"
        while line:
            if word in owner.silent_at:
                owner.closed.wait()
                return
            owner.commands.append(line)
            answers.get(word, self._agree)(line)
            if word == "QUIT":
                return
            line = self.rfile.readline().decode().strip()
            word = line.partition(" ")[0].upper()

    def _agree(self, _line: str) -> None:
        self._say("250 ok")

    def _offer(self, _line: str) -> None:
        lines = ["test", *self.server.owner.offers]
        for place, offer in enumerate(lines, start=1):
            self._say(f"250{' ' if place == len(lines) else '-'}{offer}")

    def _sign_in(self, line: str) -> None:
        words = line.split()[2:]
        if line.split()[1].upper() == "LOGIN":
            while len(words) < 2:
                self._say("334 go on")
                words.append(self.rfile.readline().decode().strip())
        given = [part for word in words for part in base64.b64decode(word).decode().split("\0") if part]
        self.server.owner.signed_in.append(given)
        self._say("235 welcome")

    def _recipient(self, line: str) -> None:
        found = re.search("<(.*)>", line)
        assert found
        self._say(self.server.owner.refused.get(found[1], "250 ok"))

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.server.owner.asked.set()
        if "." in self.server.owner.silent_at:
            self.server.owner.closed.wait()
            return None
        if self.server.owner.refuses:
            return self._say(self.server.owner.refuses)
        self.server.owner.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.server.owner.when_taken()
        return self._say("250 taken")

    def _say(self, line: str) -> None:
        with suppress(OSError):
            self.wfile.write(f"{line}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    allow_reuse_port = True
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
    """`taken` is what arrived. `stop()` and `start()` keep the port. `tls`: it speaks TLS from the first byte."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.taken: list[EmailMessage] = []
        self.refuses = ""
        """What each mail is answered with, such as "451 not now"; "": it is taken."""
        self.refused: dict[str, str] = {}
        """The same by recipient."""
        self.offers: list[str] = []
        """Extensions, such as "SMTPUTF8"."""
        self.silent_at: set[str] = set()
        """Commands that it never answers; "CONNECT": it doesn’t even greet, ".": a mail to its end."""
        self.signed_in: list[list[str]] = []
        self.commands: list[str] = []
        self.conversations = 0
        self.closed = threading.Event()
        self.asked = threading.Event()
        """Once a whole mail was sent, whatever was answered."""
        self.when_taken: Callable[[], None] = lambda: None
        """Called when a mail was taken, before that is said."""
        self._held = silent_socket()
        self._port = self._held.getsockname()[1]
        self._listener: _Listener | None = None
        self.start()

    @property
    def address(self) -> MailServer:
        """For `app.config["SMTP"]`."""
        return MailServer("127.0.0.1", self._port, "tls" if self.tls else "none")

    def start(self) -> None:
        """Listen, on the port that it keeps."""
        self._listener = _Listener(("127.0.0.1", self._port), _Conversation)
        self._listener.owner = self
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._listener:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    def close(self) -> None:
        """Stop, and let the port go."""
        self.closed.set()
        self.stop()
        self._held.close()


class Taking:
    """In the place of `webapp.ops.mail_server.Conversation`: a server that takes everything at once, into `taken`."""

    def __init__(self, taken: list[EmailMessage] | None = None) -> None:
        self.taken = [] if taken is None else taken

    def __call__(self, *_: object) -> "Taking":
        """Another conversation."""
        return self

    def __enter__(self) -> "Taking":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def hand_over(self, message: EmailMessage) -> None:
        """Take it."""
        self.taken.append(message)


class Away(Taking):
    """The same of one that isn’t there."""

    def __enter__(self) -> "Taking":
        raise NoConversation("ConnectionRefusedError")


def due() -> list[str]:
    """Which mails a worker would try now. Needs an application context."""
    claim, found = Delivery.claim()
    Delivery.release(found, claim)
    return list(found)
