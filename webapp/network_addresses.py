"""Network addresses as they come: of a socket, or out of a header that some proxy wrote in its own way."""

import ipaddress
import re
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN = "unknown"
"""What no address can be read from. All of it is one origin: whatever a client writes, it gets no bucket of its own."""
SHAPES = re.compile(r"\[(?P<bracketed>[^\[\]]*)\](:\d*)?|(?P<v4>[\d.]+)(:\d*)?|(?P<bare>[0-9a-fA-F:.]+(%.*)?)")
"""`[v6]` and `[v6]:port`, `v4` and `v4:port`, `v6` with or without a zone (RFC 3986, RFC 4007, RFC 7239)."""
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 hosts behind a NAT64 (RFC 6052)."""


def parse(text: str | None) -> Address | None:
    """The address in `text` without port, brackets and zone; an IPv4 host as such, however it is wrapped in IPv6. None:
    there is none in it."""
    shape = SHAPES.fullmatch((text or "").strip())
    if shape is None:
        return None
    host = next(part for part in (shape["bracketed"], shape["v4"], shape["bare"]) if part is not None)
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        in_it = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in TRANSLATED else found.ipv4_mapped
        return in_it or found
    return found


def canonical(text: str | None) -> str:
    """The one spelling of the address, which two of one host share; UNKNOWN where there is none."""
    return str(parse(text) or UNKNOWN)


def origin(text: str | None) -> str:
    """Whose tries count together: an IPv4 host, the /64 that an IPv6 host has to itself, or UNKNOWN."""
    found = parse(text)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found or UNKNOWN)


def is_among(text: str | None, networks: Iterable[Network]) -> bool:
    """Whether the address is in one of the networks, of its own version. What is no address is in none."""
    found = parse(text)
    return found is not None and any(found in network for network in networks)
