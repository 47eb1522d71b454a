"""Every setting, read from the environment in one place and checked before the application starts.

Nothing is read at import. `load()` returns plain Flask configuration; anything missing or unsafe in production stops
the start with one sentence that says what to set. `examine()` says it of all of them, for `flask --app webapp check`.
How each is read stands in webapp/settings/.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url

from webapp.settings.addresses import (
    ROOT,
    is_loopback,
    read_database,
    read_instance,
    read_networks,
    read_origin,
)
from webapp.settings.keys import read_sealing_keys, read_secret_keys
from webapp.settings.mail import MailServer, read_sender, read_server
from webapp.settings.names import misspelt, sentence
from webapp.settings.source import ConfigurationError, Mode, Source

__all__ = ["ROOT", "SETTINGS", "ConfigurationError", "Finding", "MailServer", "Mode", "examine", "load"]

DEBUG = "FLASK_DEBUG"


def _read_mode(source: Source) -> dict[str, Any]:
    return {"MODE": source.mode.value, "TESTING": source.mode is Mode.TESTING}


def _read_debug(source: Source) -> dict[str, Any]:
    if source.mode is Mode.PRODUCTION and source.get(DEBUG).lower() not in ("", "0", "false", "no"):
        raise ConfigurationError(
            f"{DEBUG} would show what went wrong inside to everybody: set it to 0, or take it away."
        )
    return {}


def _read_proxies(source: Source) -> dict[str, Any]:
    number = source.demanded("TRUSTED_PROXIES") or "0"
    if not re.fullmatch(r"[0-9]", number):
        raise ConfigurationError(
            f"TRUSTED_PROXIES is “{number}”: set it to how many proxies stand in front of Spare Key, usually 1."
        )
    if number == "0" and source.mode is Mode.PRODUCTION and _is_for_others(source):
        raise ConfigurationError(
            "TRUSTED_PROXIES is 0, but nothing in Spare Key cuts off who sends slowly, and few of those would keep"
            " everybody waiting: put a proxy in front that does (.github/deploy has files for Caddy and nginx), and set"
            " it to 1."
        )
    return {"TRUSTED_PROXIES": int(number)}


def _is_for_others(source: Source) -> bool:
    """Whether people come from other computers. An address that can’t be read is refused under its own name."""
    try:
        origin = read_origin(source)["ORIGIN"]
    except ConfigurationError:
        return False
    return not is_loopback(urlsplit(origin).hostname or "")


def _read_bind(source: Source, name: str = "BIND") -> dict[str, Any]:
    given = source.get(name) or "127.0.0.1"
    try:
        address = ipaddress.ip_address("127.0.0.1" if given == "localhost" else given.strip("[]"))
    except ValueError:
        raise ConfigurationError(
            f"{name} is “{given}”: set it to an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them."
        ) from None
    if source.mode is Mode.DEVELOPMENT and not address.is_loopback:
        raise ConfigurationError(
            f"{name} is “{given}”: set it to 127.0.0.1 in development, which is open to everybody."
        )
    return {name: str(address)}


def _read_metrics_port(source: Source) -> dict[str, Any]:
    port = source.number("METRICS_PORT", None, 1, 65535)
    if port and port == source.number("PORT", 8000, 1, 65535):
        raise ConfigurationError(
            "METRICS_PORT is the same as PORT: set it to another, which only your monitoring reaches."
        )
    return {"METRICS_PORT": port}


def _numbered(name: str, usual: int, most: int) -> Callable[[Source], dict[str, Any]]:
    return lambda source: {name: source.number(name, usual, 1, most)}


SETTINGS: dict[str, Callable[[Source], dict[str, Any]]] = {
    "SPAREKEY_MODE": _read_mode,
    "DATABASE_URL": read_database,
    "PUBLIC_URL": read_origin,
    "TRUSTED_PROXIES": _read_proxies,
    "SMTP_URL": read_server,
    "MAIL_FROM": read_sender,
    "SECRET_KEYS": read_secret_keys,
    "SEALING_KEYS": read_sealing_keys,
    "TRUSTED_NETWORKS": read_networks,
    "BIND": _read_bind,
    "PORT": _numbered("PORT", 8000, 65535),
    "WORKERS": _numbered("WORKERS", 2, 64),
    "THREADS": _numbered("THREADS", 8, 256),
    "METRICS_BIND": lambda source: _read_bind(source, "METRICS_BIND"),
    "METRICS_PORT": _read_metrics_port,
    "SPAREKEY_INSTANCE": read_instance,
    DEBUG: _read_debug,
}
"""What reads each of them: Flask’s configuration by its names, or a ConfigurationError."""


@dataclass(frozen=True)
class Finding:
    """What is to be said of one setting: what is wrong and how to mend it, or `shown`, which tells no secret. `values`:
    what was read, as Flask’s configuration has it."""

    name: str
    problem: str = ""
    shown: str = ""
    values: dict[str, Any] = field(default_factory=dict, repr=False)


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """The whole configuration of one application. Raises ConfigurationError.

    In development it may write: keys that nobody set are made once and kept in the instance folder.
    """
    source = Source(environ)
    if source.mode is Mode.PRODUCTION:
        for given, meant in misspelt(environ, SETTINGS).items():
            raise ConfigurationError(sentence(given, meant))
    settings = {
        "MIGRATIONS": str(ROOT / "webapp" / "migrations"),
        "MAX_CONTENT_LENGTH": 48 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        **_session_cookie(source.mode),
    }
    for read in SETTINGS.values():
        settings |= read(source)
    return settings


def examine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Every setting in turn, then every name that is like one of them: none stops at what is wrong with another."""
    source = Source(environ)
    for name, read in SETTINGS.items():
        try:
            values = read(source)
            yield Finding(name, shown=_shown(name, values, source), values=values)
        except ConfigurationError as error:
            if str(error).startswith(name):
                yield Finding(name, problem=str(error))
            else:
                yield Finding(name, shown="looked at once the others are right")
        if name == "SPAREKEY_MODE":
            source = Source(environ, mode_if_wrong=Mode.PRODUCTION)
    for given, meant in misspelt(environ, SETTINGS).items():
        yield Finding(given, problem=sentence(given, meant))


def _shown(name: str, read: dict[str, Any], source: Source) -> str:
    file = source.origin_of(name)
    return _in_words(name, read) + (f" (from {file})" if file else "")


def _in_words(name: str, read: dict[str, Any]) -> str:
    if name == "DATABASE_URL":
        url = make_url(read["SQLALCHEMY_DATABASE_URI"])
        at = f" at {url.host}" if url.host else ""
        return f"{url.get_backend_name()}, {url.database or 'named by an option'}{at}"
    if name == "SMTP_URL":
        server = read["SMTP"]
        return f"{server.host}, port {server.port}, {server.encryption}" if server else "none"
    if name == "SECRET_KEYS":
        return f"{len(read[name])} of them"
    if name == "SEALING_KEYS":
        return ", ".join(entry.partition(":")[0] for entry in read[name])
    if name == "SPAREKEY_INSTANCE":
        return str(read["INSTANCE_PATH"])
    value = read.get("MODE" if name == "SPAREKEY_MODE" else name)
    if isinstance(value, tuple):
        value = ", ".join(map(str, value))
    return str(value or ("off" if value is None else "none"))


def _session_cookie(mode: Mode) -> dict[str, Any]:
    """`__Host-` and Secure in production; plain in development, where WebKit drops such cookies on http."""
    production = mode is Mode.PRODUCTION
    return {
        "SESSION_COOKIE_NAME": "__Host-sparekey" if production else "sparekey",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_REFRESH_EACH_REQUEST": False,  # a session ends by the server’s clock; a poll sets no cookie anew
    }
