"""What a page costs that waits for its approval: polls against pages of the same server; and what a worker weighs."""

import http.client
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.bench.conftest import Results
from tests.bench.measuring import Ratio, processor_time, resident
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.runs import asked
from tests.support.servers.applications import dispose, make_app
from tests.support.servers.processes import GranianServer
from webapp.clock import now
from webapp.database import transaction
from webapp.models.recovery.restore_request import RestoreRequest

ROUNDS, REQUESTS = 8, 120
PLAIN = "import flask, flask_login, flask_sqlalchemy; print(open('/proc/self/status').read())"


@pytest.fixture
def app(granian_server: GranianServer, tmp_path: Path) -> Iterator[Flask]:
    """The same application in this process: same database, same keys, to put things into the database with."""
    app = make_app(granian_server.environ, tmp_path)
    yield app
    dispose(app)


class Visitor:
    """One kept connection."""

    def __init__(self, url: str, cookie: str) -> None:
        self.host = url.partition("://")[2]
        self.connection = http.client.HTTPConnection("127.0.0.1", int(self.host.partition(":")[2]))
        self.headers = {"Host": self.host, "Accept-Encoding": "gzip, br", "User-Agent": "Firefox/153.0"}
        self.cookie = {"Cookie": cookie}

    def get(self, path: str, expected: int, *, signed_in: bool = True) -> bytes:
        """GET, which must answer as expected."""
        self.connection.request("GET", path, headers=self.headers | (self.cookie if signed_in else {}))
        response = self.connection.getresponse()
        body = response.read()
        assert response.status == expected, (path, response.status, body[:500])
        return body


def waiting_for_long(alice: Person, active: ActiveKey) -> tuple[str, str]:
    """(the page, the poll that has nothing new) of a request that was made 20 minutes ago."""
    enrolled(alice)
    made = asked(alice, backed_up(alice, active))
    be_at(alice, made.device)
    with alice.app.app_context(), transaction() as session:
        row = session.get_one(RestoreRequest, made.id)
        row.made_at = now() - timedelta(minutes=20)
        version = row.version
    return made.path, f"{made.path}/status?version={version}&pace=15"


def measure(works: dict[str, Callable[[], object]], workers: list[int]) -> dict[str, tuple[float, float]]:
    """By name: (microseconds of the workers’ processor time, median milliseconds until the answer)."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    used = dict.fromkeys(works, 0.0)
    for number in range(ROUNDS + 1):
        for name, work in works.items():
            before = processor_time(workers)
            for _ in range(REQUESTS):
                begun = time.perf_counter()
                work()
                if number:
                    taken[name].append((time.perf_counter() - begun) * 1000)
            used[name] += (processor_time(workers) - before) if number else 0
    return {name: (used[name] / (ROUNDS * REQUESTS), statistics.median(taken[name])) for name in works}


@pytest.mark.databases
def test_a_page_that_waits(
    results: Results,
    granian_server: GranianServer,
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
    database_kind: str,
) -> None:
    page, poll = waiting_for_long(alice, organisation_key)
    cookie = alice.client.get_cookie("sparekey")
    assert cookie
    visitor = Visitor(granian_server.url, f"sparekey={cookie.value}")
    with closing(visitor.connection):
        found = measure(
            {
                "poll": lambda: visitor.get(poll, 204),
                "sign-in": lambda: visitor.get("/sign-in", 200, signed_in=False),
                "page": lambda: visitor.get(page, 200),
            },
            granian_server.workers(),
        )
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database_kind]
    for column, unit in ((0, "µs of the worker’s processor"), (1, "ms until the answer")):
        cost = {work: figures[column] for work, figures in found.items()}
        if all(cost.values()):
            results.add(
                "Waiting for an approval",
                Ratio(f"poll, nothing new (204), {name}", "sign-in page", cost["poll"], cost["sign-in"], unit),
                Ratio(f"whole page instead of a poll, {name}", "poll, nothing new", cost["page"], cost["poll"], unit),
                note="One kept connection, one request after the other; the Procfile’s `web` with its two workers."
                " PostgreSQL’s own processor time is not in the first figure, but is in the second.",
            )
    if database_kind == "sqlite":
        weigh(results, granian_server)


def weigh(results: Results, server: GranianServer) -> None:
    workers = [resident(worker) for worker in server.workers()]
    plain = subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=False).stdout
    found = re.search(r"VmRSS:\s+(\d+)", plain)
    alone = int(found[1]) / 1024 if found else 0
    if all(workers) and alone:
        each = statistics.mean(workers)
        results.add(
            "Memory", Ratio("a web worker after the load above", "Python with Flask and SQLAlchemy", each, alone, "MB")
        )
