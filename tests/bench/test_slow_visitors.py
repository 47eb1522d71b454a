"""The sign-in page while two hundred visitors send slowly, against the same page without them, behind each proxy."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench.conftest import Results
from tests.bench.measuring import Ratio, turn_by_turn
from tests.support.servers.databases import SqliteDatabases
from tests.support.servers.proxies import Proxy, opener
from tests.support.servers.sites import Site, running
from tests.support.servers.slow_visitors import send_slowly

SLOW, ROUNDS = 200, 40


@pytest.mark.parametrize("kind", ["caddy", "nginx"])
def test_how_long_the_sign_in_page_takes_beside_slow_visitors(
    kind: str, results: Results, sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    with running(Proxy(kind, tmp_path / "proxy"), sqlite_databases.make(tmp_path), tmp_path) as site:
        before = median(site)
        with ExitStack() as opened:
            for number in range(SLOW):
                send_slowly(site, opened, f"127.0.1.{1 + number}")
            beside = median(site)
    against = "without them"
    results.add(
        "Slow visitors", Ratio(f"Sign-in page behind {kind}, {SLOW} slow bodies", against, beside, before, "ms")
    )
    assert beside / before <= 2


def median(site: Site) -> float:
    """Milliseconds of a whole page, by a connection of its own."""
    fetch = opener(site.proxy)

    def load() -> None:
        with fetch("/sign-in") as page:
            page.read()

    works: dict[str, Callable[[], object]] = {"page": load}
    return turn_by_turn(works, ROUNDS)["page"]
