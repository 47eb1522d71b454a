"""Whether TRUSTED_PROXIES fits the proxies that really stand in front, as far as one request shows it.

Each proxy adds the address that it got the request from to X-Forwarded-For, at the end. With one too few counted, every
visitor has the address of a proxy, and with one too many a visitor chooses their own.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from werkzeug.http import parse_list_header

from webapp import network_addresses


class Hops(StrEnum):
    """What the header says against the setting."""

    FIT = "fit"
    FEWER = "fewer"
    """Fewer proxies wrote into it than TRUSTED_PROXIES says: the address that counts is the last proxy’s own."""
    MORE = "more"
    """More did: a proxy is not counted, or the browser’s own network has one, which is no mistake of the setting."""
    UNCOUNTED = "uncounted"
    """More did, and the address that counts is one inside a network, with one from outside before it: surely a proxy is
    not counted, and visitors share its address."""


def hops(forwarded_for: str | None, remote: str | None, trusted: int) -> Hops:
    """What this X-Forwarded-For, from this address of the socket, says of `trusted` proxies. It is read as Werkzeug’s
    ProxyFix reads it. What a browser wrote into it itself is not told from what a proxy did: look from a browser that
    writes nothing, as they do."""
    named = parse_list_header(forwarded_for or "")
    if len(named) < trusted:
        return Hops.FEWER
    if len(named) == trusted:
        return Hops.FIT
    counted = named[-trusted] if trusted else remote
    before = named[: len(named) - trusted]
    is_a_proxys = _is_inside(counted) and any(_is_outside(one) for one in before)
    return Hops.UNCOUNTED if is_a_proxys else Hops.MORE


def hops_of(environ: Mapping[str, Any], trusted: int) -> Hops:
    """The same of a WSGI environment, also behind ProxyFix, which keeps what it put another address in the place of."""
    original = environ.get("werkzeug.proxy_fix.orig") or environ
    return hops(environ.get("HTTP_X_FORWARDED_FOR"), original.get("REMOTE_ADDR"), trusted)


def _is_inside(text: str | None) -> bool:
    found = network_addresses.parse(text)
    return found is not None and not found.is_global


def _is_outside(text: str) -> bool:
    found = network_addresses.parse(text)
    return found is not None and found.is_global
