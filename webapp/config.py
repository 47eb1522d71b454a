"""Every setting, read from the environment in one place and checked before the application starts.

Nothing is read at import. `load()` returns plain Flask configuration; anything missing or unsafe in production stops
the start with one sentence that says what to set.
"""

import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from cryptography.fernet import Fernet

from webapp.kept import kept

ROOT = Path(__file__).resolve().parent.parent
KEYS = re.compile(r"[^\s,]+")
MINIMUM_KEY_LENGTH = 32
DEFAULT_PORTS = {"http": 80, "https": 443}
REQUIRED = {
    "DATABASE_URL": "postgresql://user:password@host/name, or to sqlite:////path/to/file",
    "PUBLIC_URL": "the address people type, such as https://keys.example.com",
    "TRUSTED_PROXIES": "how many proxies stand in front of Spare Key, usually 1, or to 0 if browsers reach it directly",
    "SMTP_URL": "smtp://user:password@host:587, or to none: notices then appear on people’s other devices only",
}
"""What production guesses nothing about, and what to set it to."""
MAIL_SCHEMES = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+plain": ("none", 25)}
DATABASE_DRIVERS = {"sqlite": "sqlite"} | dict.fromkeys(
    ("postgres", "postgresql", "postgresql+psycopg"), "postgresql+psycopg"
)


class ConfigurationError(Exception):
    """A setting is missing or unsafe. The message is one sentence for the person who runs the server."""


class Mode(StrEnum):
    """What this process is run for. Production is the default, so forgetting the variable is the safe mistake."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TESTING = "testing"


@dataclass(frozen=True)
class MailServer:
    """Where outgoing mail is handed over. `encryption` is "starttls", "tls" or "none"."""

    host: str
    port: int
    encryption: str
    username: str = ""
    password: str = field(default="", repr=False)


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """The whole configuration of one application. Raises ConfigurationError.

    In development it may write: keys that nobody set are made once and kept in the instance folder.
    """
    mode = _mode(environ)
    for name, what in REQUIRED.items():
        if mode is Mode.PRODUCTION and not environ.get(name):
            raise ConfigurationError(f"{name} is missing: set it to {what}.")
    instance = Path(environ.get("SPAREKEY_INSTANCE") or ROOT / "instance").resolve()
    origin = _origin(environ, mode)
    return {
        "MODE": mode.value,
        "TESTING": mode is Mode.TESTING,
        "INSTANCE_PATH": str(instance),
        "MIGRATIONS": str(ROOT / "webapp" / "migrations"),
        "SQLALCHEMY_DATABASE_URI": _database_url(environ, instance),
        "PUBLIC_URL": origin,
        "ORIGIN": origin,
        "TRUSTED_PROXIES": _trusted_proxies(environ),
        "MAX_CONTENT_LENGTH": 48 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        **_mail(environ),
        **_keys(environ, mode, instance),
        **_session_cookie(mode),
    }


def _mode(environ: Mapping[str, str]) -> Mode:
    word = environ.get("SPAREKEY_MODE") or Mode.PRODUCTION
    try:
        return Mode(word)
    except ValueError:
        raise ConfigurationError(f"SPAREKEY_MODE is “{word}”: set it to one of {', '.join(Mode)}.") from None


def _database_url(environ: Mapping[str, str], instance: Path) -> str:
    url = environ.get("DATABASE_URL", "")
    if not url:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        return f"sqlite:///{instance / 'sparekey.sqlite3'}"
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in DATABASE_DRIVERS:
        raise ConfigurationError("DATABASE_URL must start with postgresql:// or sqlite:///.")
    return f"{DATABASE_DRIVERS[scheme]}://{rest}"


def _origin(environ: Mapping[str, str], mode: Mode) -> str:
    url = environ.get("PUBLIC_URL", "")
    if not url:
        return "http://localhost" if mode is Mode.TESTING else f"http://localhost:{environ.get('PORT') or 8000}"
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not _host(parts) or _port(parts) == 0:
        raise ConfigurationError(f"PUBLIC_URL is “{url}”: set it to a whole address, such as https://keys.example.com.")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ConfigurationError(f"PUBLIC_URL is “{url}”: set it to scheme and host only, without a path.")
    if parts.scheme == "http" and not is_loopback(_host(parts)):
        raise ConfigurationError(
            f"PUBLIC_URL is “{url}”: set it to an https:// address; browsers refuse to encrypt on http pages."
        )
    return _serialised_origin(parts)


def _serialised_origin(parts: SplitResult) -> str:
    """The origin exactly as a browser spells `location.origin`: both sides sign over this string."""
    host, port = _host(parts), _port(parts)
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, DEFAULT_PORTS[parts.scheme]) else "")


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        return host if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        return ""


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return 0


def is_loopback(host: str) -> bool:
    """Whether a host name can only be this computer."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _trusted_proxies(environ: Mapping[str, str]) -> int:
    number = environ.get("TRUSTED_PROXIES") or "0"
    if not re.fullmatch(r"\d", number):
        raise ConfigurationError(
            f"TRUSTED_PROXIES is “{number}”: set it to how many proxies stand in front of Spare Key, usually 1."
        )
    return int(number)


def _mail(environ: Mapping[str, str]) -> dict[str, Any]:
    url, sender = environ.get("SMTP_URL", ""), environ.get("MAIL_FROM", "")
    if url in ("", "none"):
        return {"SMTP": None, "MAIL_FROM": sender or "Spare Key <sparekey@localhost>"}
    parts = urlsplit(url)
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname or _port(parts) == 0:
        raise ConfigurationError(
            "SMTP_URL can’t be read: set it to smtp://user:password@host:587 or smtps://user:password@host:465."
        )
    if not re.search(r"[^\s@]+@[^\s@]+", sender) or "\n" in sender:
        raise ConfigurationError("MAIL_FROM is missing: set it to the sender, such as Spare Key <keys@example.com>.")
    encryption, default_port = MAIL_SCHEMES[parts.scheme]
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    server = MailServer(parts.hostname, _port(parts) or default_port, encryption, username, password)
    return {"SMTP": server, "MAIL_FROM": sender}


def _keys(environ: Mapping[str, str], mode: Mode, instance: Path) -> dict[str, Any]:
    secret_keys = _secret_keys(environ, mode, instance)
    sealing_keys = _sealing_keys(environ, mode, instance)
    if any(entry.partition(":")[2] in secret_keys for entry in sealing_keys):
        raise ConfigurationError("SEALING_KEYS repeats one of SECRET_KEYS: set it to a key of its own.")
    return {
        "SECRET_KEYS": secret_keys,
        "SECRET_KEY": secret_keys[0],
        "SECRET_KEY_FALLBACKS": secret_keys[1:],
        "SEALING_KEYS": sealing_keys,
    }


def _secret_keys(environ: Mapping[str, str], mode: Mode, instance: Path) -> list[str]:
    keys = KEYS.findall(environ.get("SECRET_KEYS", ""))
    if not keys:
        return [_made_key("SECRET_KEYS", mode, instance, secrets.token_urlsafe(32))]
    if any(len(key) < MINIMUM_KEY_LENGTH for key in keys):
        raise ConfigurationError(
            f"SECRET_KEYS holds a key shorter than {MINIMUM_KEY_LENGTH} characters:"
            " set it to what `openssl rand -hex 32` prints."
        )
    return keys


def _sealing_keys(environ: Mapping[str, str], mode: Mode, instance: Path) -> list[str]:
    keys = KEYS.findall(environ.get("SEALING_KEYS", ""))
    if not keys:
        fresh = f"{mode}:{Fernet.generate_key().decode()}"
        keys = [_made_key("SEALING_KEYS", mode, instance, fresh)]
    ids = [entry.partition(":")[0] for entry in keys]
    if not all(_is_sealing_key(entry) for entry in keys) or len(set(ids)) < len(ids):
        raise ConfigurationError(
            "SEALING_KEYS can’t be read: set it to id:key, where the id is yours to choose (such as 2026)"
            " and the key is what `openssl rand -base64 32 | tr '+/' '-_'` prints; newest first, separated by commas."
        )
    return keys


def _is_sealing_key(entry: str) -> bool:
    key_id, _, key = entry.partition(":")
    try:
        Fernet(key)
    except ValueError:
        return False
    return bool(re.fullmatch(r"[a-z0-9-]{1,32}", key_id))


def _made_key(name: str, mode: Mode, instance: Path, fresh: str) -> str:
    """A key for a setting that nobody made: refused in production, kept on disk in development."""
    if mode is Mode.PRODUCTION:
        hint = "what `openssl rand -hex 32` prints" if name == "SECRET_KEYS" else "id:key, see the README"
        raise ConfigurationError(f"{name} is missing: set it to {hint}; keep it apart from the database.")
    return fresh if mode is Mode.TESTING else kept(instance / name.lower().replace("_", "-"), fresh)


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
