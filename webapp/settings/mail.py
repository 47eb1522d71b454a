"""Where mail is handed over, and in whose name."""

import re
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import HeaderRegistry
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from webapp.email_addresses import is_address, parse
from webapp.settings.addresses import host_name, is_loopback, port_of
from webapp.settings.source import ConfigurationError, Mode, Source

SCHEMES = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+plain": ("none", 25)}
OTHERS_PORT = {("smtp", 465): "smtps://…:465", ("smtps", 587): "smtp://…:587", ("smtps", 25): "smtp://…:25"}
"""Where the other manner is spoken: a connection of this one hangs there until it is given up."""
UNREADABLE = (
    "SMTP_URL can’t be read: set it to smtp://user:password@host:587 or smtps://user:password@host:465; in a password,"
    " % is %25, / is %2F, # is %23 and ? is %3F."
)
SENDER = "'Spare Key <keys@example.com>'"
"""As it is written into a file that a shell reads: without quotes, < would redirect."""


@dataclass(frozen=True)
class MailServer:
    """Where outgoing mail is handed over. `encryption` is "starttls", "tls" or "none"."""

    host: str
    port: int
    encryption: str
    username: str = ""
    password: str = field(default="", repr=False)


def read_server(source: Source) -> dict[str, Any]:
    """SMTP_URL as a MailServer, None where there is none."""
    url = source.demanded("SMTP_URL")
    if url in ("", "none"):
        return {"SMTP": None}
    try:
        parts = urlsplit(url)
        host = _host(parts)
    except ValueError:
        raise ConfigurationError(UNREADABLE) from None
    is_odd = parts.path.strip("/") or parts.query or parts.fragment or re.search(r"%(?![0-9a-fA-F]{2})", parts.netloc)
    if parts.scheme not in SCHEMES or not host or port_of(parts) == 0 or is_odd:
        raise ConfigurationError(UNREADABLE)
    encryption, usual = SCHEMES[parts.scheme]
    port = port_of(parts) or usual
    if (parts.scheme, port) in OTHERS_PORT:
        other = OTHERS_PORT[parts.scheme, port]
        raise ConfigurationError(f"SMTP_URL has a port at which servers speak another way: set it to {other}.")
    username = unquote(parts.username or "")
    password = unquote(parts.password or "")
    if bool(username) != bool(password):
        raise ConfigurationError(
            "SMTP_URL has a user or a password, but not both: set it to smtp://user:password@host."
        )
    if password and encryption == "none" and not is_loopback(host) and source.mode is Mode.PRODUCTION:
        raise ConfigurationError("SMTP_URL would send the password in plain text: set it to smtp:// or smtps://.")
    return {"SMTP": MailServer(host, port, encryption, username, password)}


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return host if ":" in host or not host else host_name(host)


def read_sender(source: Source) -> dict[str, Any]:
    """MAIL_FROM: one address, with or without a name before it."""
    sender = source.get("MAIL_FROM")
    if _goes_nowhere(source):
        return {"MAIL_FROM": sender or "Spare Key <sparekey@localhost>"}
    if not re.search(r"[^\s@]+@[^\s@]+", sender) or not sender.isprintable():
        raise ConfigurationError(f"MAIL_FROM is missing: set it to the sender, such as {SENDER}.")
    address = parseaddr(sender)[1]
    if is_address(address) and parse(address).needs_smtputf8:
        raise ConfigurationError(
            "MAIL_FROM has letters before the @ that many mail servers refuse: set it to one without accents, such as"
            " keys@example.com."
        )
    try:
        header: Any = HeaderRegistry()("From", sender)
        (found,) = header.addresses
        is_one = not header.defects and is_address(found.addr_spec)
    except (HeaderParseError, ValueError, IndexError):
        is_one = False
    if not is_one:
        raise ConfigurationError(f"MAIL_FROM is not one sender alone: set it to one address, such as {SENDER}.")
    return {"MAIL_FROM": sender}


def _goes_nowhere(source: Source) -> bool:
    try:
        return source.get("SMTP_URL") in ("", "none")
    except ConfigurationError:
        return False  # which is said of that setting
