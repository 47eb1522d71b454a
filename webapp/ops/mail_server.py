"""A conversation with the mail server: bounded in time, under TLS only with who proves its name."""

import base64
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from types import TracebackType
from urllib.parse import urlsplit

from flask import current_app

from webapp.clock import now
from webapp.config import MailServer
from webapp.email_addresses import parse


@dataclass(frozen=True)
class Patience:
    """In seconds. `answer`: how long the server may take to be there, and over one answer; `whole`: over greeting and
    sign-in together, and over one mail, however it deals its answers out."""

    answer: float
    whole: float


MAILED = Patience(20, 60)
ASKED = Patience(5, 10)
"""Where somebody waits for a page meanwhile."""
ASKED_AGAIN = timedelta(minutes=10)
"""How long it is remembered what the server said that it offers."""
ANSWER_CHARACTERS = 200
LACKS = {
    "STARTTLS": "STARTTLS is not offered",
    "AUTH": "AUTH is not offered, so nobody can sign in",
    "PLAIN": "AUTH offers neither PLAIN nor LOGIN, which letters beyond ASCII need",
}
"""What a server lacks, by a word in smtplib’s error, or ours."""


class NotTaken(Exception):
    """The server refuses this one mail, for good (`is_final`) or for now; the next one may well go."""

    def __init__(self, why: str, *, is_final: bool) -> None:
        super().__init__(why)
        self.is_final = is_final


class NoConversation(Exception):
    """There is none, or no longer: nothing is to be had from this server at the moment."""


class Conversation:
    """With that server, from the greeting to QUIT. Raises NoConversation where it doesn’t come about. `name`: how this
    host introduces itself, outside of an application."""

    def __init__(self, server: MailServer, patience: Patience = MAILED, name: str = "") -> None:
        self._server = server
        self._patience = patience
        self._smtp: smtplib.SMTP
        name = name or _own_name()
        seconds = patience.answer
        if server.encryption == "tls":  # with a context of ours: smtplib’s own default believes any certificate
            self._smtp = smtplib.SMTP_SSL(local_hostname=name, timeout=seconds, context=ssl.create_default_context())
        else:
            self._smtp = smtplib.SMTP(local_hostname=name, timeout=seconds)
        self._smtp._host = server.host  # type: ignore[attr-defined]  # what the certificate has to name; connect() forgets

    def __enter__(self) -> "Conversation":
        try:
            with self._in_time():
                self._begin()
        except (OSError, smtplib.SMTPException) as error:
            self._smtp.close()
            raise NoConversation(said(error)) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with suppress(OSError, smtplib.SMTPException), self._in_time():
            if kind is None and self._smtp.sock:
                self._smtp.quit()
        self._smtp.close()

    @property
    def offers_smtputf8(self) -> bool:
        """Whether addresses with letters beyond ASCII before the @ can be written to (RFC 6531)."""
        return self._smtp.has_extn("smtputf8")

    def hand_over(self, message: EmailMessage) -> None:
        """Returns when the server has taken it. Raises NotTaken, NoConversation."""
        try:
            with self._in_time():
                self._smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            refused = smtplib.SMTPResponseException(code, answer)
            raise NotTaken(said(refused), is_final=500 <= code < 600) from error
        except smtplib.SMTPSenderRefused as error:  # MAIL_FROM, which somebody will mend
            raise NotTaken(said(error), is_final=False) from error
        except smtplib.SMTPDataError as error:
            raise NotTaken(said(error), is_final=500 <= error.smtp_code < 600) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotTaken("no SMTPUTF8", is_final=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NoConversation(said(error)) from error

    def _begin(self) -> None:
        code, answer = self._smtp.connect(self._server.host, self._server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, answer)
        if self._server.encryption == "starttls":
            self._smtp.starttls(context=ssl.create_default_context())
        self._smtp.ehlo_or_helo_if_needed()
        if self._server.username:
            _log_in(self._smtp, self._server)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Hang up when the whole of it takes too long: a time-out of the socket begins anew with every byte."""
        timer = threading.Timer(self._patience.whole, _hang_up, [self._smtp])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def reaches(emails: Iterable[str]) -> bool:
    """Whether mail can go to all of these addresses. Of those with letters beyond ASCII before the @ the mail server is
    asked (SMTPUTF8), now and then; no, where it doesn’t answer. Where no mail is sent at all, nothing speaks against
    them. Raises NoAddress."""
    server: MailServer | None = current_app.config["SMTP"]
    if server is None or not any(parse(email).needs_smtputf8 for email in emails):
        return True
    known: tuple[datetime, bool] | None = current_app.extensions.get("smtputf8")
    if known and now() - known[0] < ASKED_AGAIN:
        return known[1]
    try:
        with Conversation(server, ASKED) as talk:
            offers = talk.offers_smtputf8
    except NoConversation:
        return False
    current_app.extensions["smtputf8"] = now(), offers
    return offers


def said(error: BaseException) -> str:
    """What went wrong, for whoever looks after it: what is wrong with the server, the server’s own answer in printable
    characters, or the error’s name. The first word stands for it in the log."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        return type(error.__context__).__name__  # smtplib calls a time-out that, too
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate is not trusted: {error.verify_message}"[:ANSWER_CHARACTERS]
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return next((words for sign, words in LACKS.items() if sign in str(error)), type(error).__name__)
    if not isinstance(error, smtplib.SMTPResponseException):
        return type(error).__name__
    answer = error.smtp_error
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    words = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return f"{error.smtp_code} {words}"[:ANSWER_CHARACTERS]


def _log_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    """smtplib’s own, which knows ASCII alone; else PLAIN or LOGIN in UTF-8 (RFC 4616)."""
    if f"{server.username}{server.password}".isascii():
        smtp.login(server.username, server.password)
        return
    offered = smtp.esmtp_features.get("auth", "").split()
    if "PLAIN" in offered:
        lines = ["AUTH PLAIN " + _base64(f"\0{server.username}\0{server.password}")]
    elif "LOGIN" in offered:
        lines = ["AUTH LOGIN", _base64(server.username), _base64(server.password)]
    else:
        raise smtplib.SMTPNotSupportedError("neither PLAIN nor LOGIN, which letters beyond ASCII need")
    for line in lines:
        code, answer = smtp.docmd(line)
        if code not in (235, 334):
            raise smtplib.SMTPAuthenticationError(code, answer)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _hang_up(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, AttributeError):
        # The socket’s own, also under TLS: who waits for an answer there is told that none comes.
        socket.socket.shutdown(smtp.sock, socket.SHUT_RDWR)  # type: ignore[arg-type]


def _own_name() -> str:
    """How this host introduces itself: by the name people know it by, without asking the network for another."""
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"
    return f"[IPv6:{host}]" if ":" in host else host
