"""The addresses among the settings: the one that people type, the database’s, and the networks that are trusted."""

import ipaddress
import re
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import idna
import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from webapp.network_addresses import Network
from webapp.settings.source import ConfigurationError, Mode, Source

DEFAULT_PORTS = {"http": 80, "https": 443}
DRIVERS = {"sqlite": "sqlite"} | dict.fromkeys(("postgres", "postgresql", "postgresql+psycopg"), "postgresql+psycopg")
ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = {"template0", "template1"}
ASCII_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
NUMERIC_END = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)")


def read_origin(source: Source) -> dict[str, Any]:
    """PUBLIC_URL exactly as a browser spells `location.origin`: both sides sign over this string."""
    url = source.demanded("PUBLIC_URL")
    mode = source.mode
    if not url:
        at = "" if mode is Mode.TESTING else f":{source.get('PORT') or 8000}"
        return _origin(f"http://localhost{at}")
    shown = "set" if "@" in url else f"“{url}”"
    parts = _split(url)
    host = _host(parts)
    if parts.scheme not in DEFAULT_PORTS or not host or port_of(parts) == 0:
        raise ConfigurationError(f"PUBLIC_URL is {shown}: set it to a whole address, such as https://keys.example.com.")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigurationError(f"PUBLIC_URL is {shown}: set it to scheme and host only, without a path.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"PUBLIC_URL is {shown}: set it to an https:// address; browsers refuse to encrypt on http pages."
        )
    if mode is Mode.DEVELOPMENT and not is_loopback(host):
        raise ConfigurationError(
            f"PUBLIC_URL is {shown} while SPAREKEY_MODE is development, where everybody reads everybody’s mail:"
            " take SPAREKEY_MODE away, or set it to production."
        )
    port = port_of(parts) or DEFAULT_PORTS[parts.scheme]
    spelt = f"[{host}]" if ":" in host else host
    return _origin(f"{parts.scheme}://{spelt}" + (f":{port}" if port != DEFAULT_PORTS[parts.scheme] else ""))


def _split(url: str) -> SplitResult:
    """Its parts; empty ones for what no browser takes for an address, or takes for another."""
    try:
        return urlsplit(url if url.isprintable() and not {"\\", " "} & set(url) else "")
    except ValueError:
        return urlsplit("")


def _origin(origin: str) -> dict[str, Any]:
    return {"PUBLIC_URL": origin, "ORIGIN": origin}


def _host(parts: SplitResult) -> str:
    """The host as browsers spell it; "" for what they take for no host, or for another one than was typed."""
    try:
        host = parts.hostname or ""
        if ":" in host:
            found = ipaddress.IPv6Address(host)
            return "" if found.ipv4_mapped or found.scope_id else found.compressed
        if NUMERIC_END.fullmatch(host.lower()):
            return str(ipaddress.IPv4Address(host))
        return host_name(host)
    except ValueError:
        return ""


def host_name(host: str) -> str:
    """A name in A-labels, by UTS 46 as browsers read it: ß stays ß and is nobody else’s ss. Raises ValueError."""
    if host.isascii():
        host = host.lower()
        if not ASCII_HOST.fullmatch(host) or len(host) > 253:
            raise ValueError(host)
        if not any(label.startswith("xn--") for label in host.split(".")):
            return host
    return idna.encode(host, uts46=True, transitional=False).decode()  # (its errors are ValueErrors)


def port_of(parts: SplitResult) -> int | None:
    """The port that is named, None where none is, 0 for what is no port."""
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


def read_database(source: Source) -> dict[str, Any]:
    """DATABASE_URL with the driver’s name in it. Makes the instance folder where development keeps its own file."""
    given = source.demanded("DATABASE_URL")
    if not given:
        instance = Path(read_instance(source)["INSTANCE_PATH"])
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{instance / 'sparekey.sqlite3'}"}
    scheme, separator, rest = given.partition("://")
    if not separator or scheme not in DRIVERS:
        raise ConfigurationError("DATABASE_URL must start with postgresql:// or sqlite:///.")
    try:
        url = make_url(f"{DRIVERS[scheme]}://{rest}")
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            "DATABASE_URL can’t be read: set it to postgresql://user:password@host:5432/name; in a password, @ is %40,"
            " : is %3A and / is %2F."
        ) from None
    if url.drivername == "sqlite":
        _refuse_odd_file(url, source.mode)
    else:
        _refuse_odd_server(url)
    return {"SQLALCHEMY_DATABASE_URI": f"{DRIVERS[scheme]}://{rest}"}


def _refuse_odd_file(url: URL, mode: Mode) -> None:
    path = url.database or ""
    if mode is Mode.TESTING and path in ("", ":memory:"):
        return
    if url.host or not path.startswith("/") or path.endswith("/"):
        raise ConfigurationError(
            "DATABASE_URL names no file by its whole path: set it to sqlite:////path/to/file, with four slashes;"
            " otherwise each process would find another database, depending on where it was started."
        )


def _refuse_odd_server(url: URL) -> None:
    if any(character in (url.database or "") for character in "@/"):
        raise ConfigurationError(
            "DATABASE_URL has an @ or a / where the name of the database stands: set it to the same with %40 for @ and"
            " %2F for / in the password."
        )
    if not (url.database or {"dbname", "service"} & set(url.query)):
        raise ConfigurationError(
            "DATABASE_URL names no database, and the server would take one by chance: set it to"
            " postgresql://user:password@host/name, with the name at its end."
        )
    if url.database in TEMPLATES:
        raise ConfigurationError(
            "DATABASE_URL names a template of PostgreSQL: set it to a database of Spare Key’s own."
        )
    try:
        make_conninfo("", **{name: str(value) for name, value in url.query.items()})
    except psycopg.ProgrammingError:
        raise ConfigurationError(
            "DATABASE_URL has an option after its ? that PostgreSQL doesn’t know: set it to such as sslmode=require."
        ) from None


def read_instance(source: Source) -> dict[str, Any]:
    """SPAREKEY_INSTANCE as a whole path."""
    given = source.get("SPAREKEY_INSTANCE")
    path = Path(given or ROOT / "instance")
    if source.mode is Mode.PRODUCTION and not path.is_absolute():
        raise ConfigurationError(f"SPAREKEY_INSTANCE is “{given}”: set it to the whole path of a folder, from / on.")
    if path.exists() and not path.is_dir():
        raise ConfigurationError(f"SPAREKEY_INSTANCE is “{given}”, a file: set it to the path of a folder.")
    return {"INSTANCE_PATH": str(path.resolve())}


def read_networks(source: Source) -> dict[str, Any]:
    """TRUSTED_NETWORKS, as networks of the `ipaddress` module, in the order in which they were given."""
    return {
        "TRUSTED_NETWORKS": tuple(_network(each) for each in re.findall(r"[^\s,]+", source.get("TRUSTED_NETWORKS")))
    }


def _network(given: str) -> Network:
    advice = "set it to networks such as 192.0.2.0/24, 2001:db8::/48, separated by commas"
    try:
        network = ipaddress.ip_network(given)
    except ValueError:
        try:
            meant = ipaddress.ip_network(given, strict=False)
        except ValueError:
            raise ConfigurationError(f"TRUSTED_NETWORKS has “{given}”: {advice}.") from None
        raise ConfigurationError(
            f"TRUSTED_NETWORKS has “{given}”, one computer in a network: set it to {meant} for all of it."
        ) from None
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped:
        raise ConfigurationError(f"TRUSTED_NETWORKS has “{given}”, which is IPv4 in disguise: {advice}.")
    if network.prefixlen == 0:
        raise ConfigurationError(f"TRUSTED_NETWORKS has “{given}”, which is everybody: {advice}.")
    return network
