"""The web server as `serve` starts it: by the settings, with one log and one `/metrics` for all its processes."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.run import patience
from tests.support.servers.environments import PRODUCTION
from tests.support.servers.processes import GranianServer, prepare_granian, silent_socket
from tests.support.servers.production import SETTINGS
from webapp.config import load
from webapp.ops import web_server


@pytest.fixture
def metrics_port() -> Iterator[int]:
    """Nobody else’s, and free for a server that shares ports."""
    with silent_socket() as held:
        yield held.getsockname()[1]


@pytest.fixture
def production(tmp_path: Path, database_url: str, metrics_port: int) -> Iterator[GranianServer]:
    """In production’s mode, on this machine."""
    chosen = {"METRICS_PORT": str(metrics_port), "WORKERS": "2", "THREADS": "3"}
    server = prepare_granian(tmp_path, {"DATABASE_URL": database_url, **SETTINGS, **chosen})
    server.start()
    yield server
    server.close()


def told(port: int) -> dict[str, float]:
    """What `/metrics` says."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=patience.HUNG) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def ask(server: GranianServer, path: str = "/healthz") -> None:
    urllib.request.urlopen(server.url + path, timeout=patience.HUNG).close()


def test_the_command_has_what_was_chosen() -> None:
    chosen = {"BIND": "0.0.0.0", "PORT": "8443", "WORKERS": "4", "THREADS": "16"}
    words = web_server.command(load({**PRODUCTION, **chosen}))
    options = {name: words[words.index(name) + 1] for name in ("--host", "--port", "--workers", "--blocking-threads")}
    assert list(options.values()) == list(chosen.values())
    assert words[-2:] == ["--factory", "webapp:create_app"]
    assert {"--no-access-log", "--respawn-failed-workers"} <= set(words)


def test_all_processes_count_together_and_one_that_dies_takes_nothing_along(
    production: GranianServer, metrics_port: int
) -> None:
    count = 'sparekey_polls_total{route="/healthz",status="200"}'
    for _ in range(20):
        ask(production)
    assert told(metrics_port)[count] == 20
    assert told(metrics_port)["sparekey_database_up"] == 1
    killed = production.kill_worker()
    patience.wait_until(lambda: killed not in production.workers(), "another worker")
    for _ in range(5):
        ask(production)
    patience.wait_until(lambda: told(metrics_port)[count] == 25, "all counts")
    assert told(metrics_port)["sparekey_requests_under_way"] == 0


def test_every_line_of_the_log_is_json_without_a_secret(production: GranianServer) -> None:
    ask(production, "/sign-in?next=/zirkuspferd")
    patience.wait_until(lambda: '"route": "/sign-in"' in production.log.read_text(), "the line of a request")
    assert production.stop() == 0
    text = production.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert {"time", "level", "event"} <= set.intersection(*map(set, lines))
    assert {line["status"] for line in lines if line.get("route") == "/sign-in"} == {200}
    assert len(re.findall("Spawning worker", text)) == 2
    for secret in ("zirkuspferd", SETTINGS["SECRET_KEYS"], SETTINGS["SEALING_KEYS"].partition(":")[2]):
        assert secret not in text
