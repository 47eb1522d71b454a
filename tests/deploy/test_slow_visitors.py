"""Whoever sends slowly keeps nobody else waiting: not from one address, nor from many."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deploy.conftest import KINDS
from tests.support.run import patience
from tests.support.servers.proxies import Proxy, opener
from tests.support.servers.sites import Site, running
from tests.support.servers.slow_visitors import requests_at_the_application, send_slowly

SLOW = 200
THREADS = 2 * 8
"""Of the Procfile’s web line, all workers together."""


@pytest.mark.parametrize("addresses", [1, SLOW])
def test_two_hundred_slow_visitors_keep_nobody_waiting(site: Site, addresses: int) -> None:
    with ExitStack() as opened:
        for number in range(SLOW):
            send_slowly(site, opened, f"127.0.1.{1 + number % addresses}")
        for _ in range(3 * THREADS):
            with opener(site.proxy)("/sign-in") as page:
                assert page.status == 200
        assert requests_at_the_application(site) < SLOW


STREAMING = {
    "caddy": {"buffer_requests": "", "max_buffer_size 48MiB": ""},
    "nginx": {
        "proxy_request_buffering on": "proxy_request_buffering off",
        "client_body_timeout 20s": "client_body_timeout 1h",
    },
}
"""What is in the way of slow bodies, taken out: buffers, and a deadline that comes before all have begun."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_that_passes_on_what_it_has_would_be_noticed(kind: str, database_url: str, tmp_path: Path) -> None:
    proxy = Proxy(kind, tmp_path / "proxy", changed=STREAMING[kind])
    with running(proxy, database_url, tmp_path) as site, ExitStack() as opened:
        for _ in range(SLOW):
            send_slowly(site, opened)
        patience.wait_until(lambda: requests_at_the_application(site) >= SLOW, "slow bodies at the application")
