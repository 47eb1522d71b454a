"""The fixtures that every test may ask for. What they are made of stands in tests/support."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.globals import pop_context
from flask import Flask
from flask.ctx import AppContext
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as examples
from playwright.sync_api import BrowserContext, Playwright
from whitenoise import WhiteNoise

from tests.support.pages import chromium
from tests.support.run import patience
from tests.support.run.clock import MovableClock, StandingClock
from tests.support.run.cost_table import IN_A_BROWSER, LOOK, is_in_a_browser
from tests.support.servers import databases, processes
from tests.support.servers.applications import dispose, make_app
from webapp import clock

# No test ever sees the database, the keys or the mail server of the environment it runs in.
_NAMES = (
    "DATABASE_URL",
    "PUBLIC_URL",
    "SECRET_KEYS",
    "SEALING_KEYS",
    "SMTP_URL",
    "TRUSTED_NETWORKS",
    "TRUSTED_PROXIES",
)
for _name in _NAMES:
    os.environ.pop(_name, None)
os.environ["SPAREKEY_MODE"] = "testing"

# How long an example takes says how busy the machine is, and nothing about what is tested; and the few tests that give
# all their examples one fixture mean to.
UNASKED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
DRAWN = os.environ.get("EXAMPLES") == "random"
"""Whether examples are drawn anew, as `make examples` does; else every run tries the same."""
examples.register_profile("sparekey", deadline=None, suppress_health_check=UNASKED, derandomize=not DRAWN)
examples.load_profile("sparekey")

pytest_plugins = [
    "tests.support.run.strictness",
    "tests.support.run.own_log",
    "tests.support.run.order",
    "tests.support.run.processor",
    "tests.support.run.garbage",
    "tests.support.run.costs",
    "tests.support.people.people",
    "tests.support.run.method_table",
    "tests.support.recovery_keys.pages",
    "tests.support.pages.false_answers",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.databases` runs a test on both databases; every other test gets SQLite."""
    if "database_kind" in metafunc.fixturenames and metafunc.definition.get_closest_marker("databases"):
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m "not in_a_browser"` leaves out what has a browser. Where pictures are wanted, the tests that show something,
    and no other."""
    for item in items:
        if is_in_a_browser(item):
            item.add_marker(IN_A_BROWSER)
    if os.environ.get("SCREENS"):
        items[:] = [item for item in items if "screen" in getattr(item, "fixturenames", ())]


@pytest.fixture(autouse=True)
def _standing_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still in every test but those with a browser or a process beside them, whose clocks are their own."""
    if not {"live_server", "granian_server", "browser"} & set(request.fixturenames):
        monkeypatch.setattr(clock, "read", StandingClock())


@pytest.fixture(autouse=True)
def _no_command_goes_on() -> Iterator[None]:
    """Where a command ends with our sentence, click closes its context and leaves it standing: an application that is
    made later would take itself for one of the command line’s, which proves less."""
    yield
    while click.get_current_context(silent=True):
        pop_context()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> databases.SqliteDatabases:
    return databases.SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.PostgresqlDatabases]:
    made = databases.PostgresqlDatabases(tmp_path_factory.mktemp("postgresql"))
    yield made
    made.close()


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """ "sqlite", or "postgresql" for the second run of a test marked `databases`."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of this test's own."""
    if database_kind == "postgresql":
        with request.getfixturevalue("postgresql_databases").lend() as url:
            yield url
    else:
        yield request.getfixturevalue("sqlite_databases").make(tmp_path)


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database without a table, of this test's own."""
    if database_kind == "postgresql":
        with request.getfixturevalue("postgresql_databases").empty() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@pytest.fixture
def held_port() -> Iterator[socket.socket]:
    with processes.listening_socket() as held:
        yield held


@pytest.fixture
def public_url(request: pytest.FixtureRequest) -> str:
    """http://localhost, with the port of the live server where the test has one."""
    if "live_server" not in request.fixturenames:
        return "http://localhost"
    return f"http://localhost:{request.getfixturevalue('held_port').getsockname()[1]}"


@pytest.fixture
def settings() -> dict[str, str]:
    """Environment variables for `app`. Redefine it in a test module to run under other settings."""
    return {}


@pytest.fixture
def app(database_url: str, public_url: str, settings: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """The application in testing mode. No application context is pushed: it would leak `g` between requests."""
    app = make_app({"DATABASE_URL": database_url, "PUBLIC_URL": public_url, **settings}, tmp_path)
    yield app
    dispose(app)


@pytest.fixture
def app_context(app: Flask) -> Iterator[AppContext]:
    """For tests of models and flows. Not together with `client`: use `with app.app_context():` there."""
    with app.app_context() as context:
        yield context


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session; `app.test_client()` is another one."""
    return app.test_client()


@pytest.fixture(name="clock")
def movable_clock() -> Iterator[MovableClock]:
    """Moves the time: `clock.advance(days=7)`."""
    movable = MovableClock()
    yield movable
    movable.reset()


@pytest.fixture
def live_server(app: Flask, held_port: socket.socket, page_files: WhiteNoise) -> Iterator[processes.LiveServer]:
    """`app` on http://localhost:PORT in threads of this process."""
    server = processes.LiveServer(app, held_port, page_files)
    yield server
    server.stop()


@pytest.fixture
def granian_server(tmp_path: Path, database_url: str, settings: dict[str, str]) -> Iterator[processes.GranianServer]:
    """The Procfile's web process with its own two workers, started."""
    server = processes.prepare_granian(tmp_path, {"DATABASE_URL": database_url, **settings})
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test has a server of its own, see `browser_context_args`."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    in_a_window = browser_type_launch_args.get("headless") is False
    executable = chromium.find_chromium(playwright, in_a_window=in_a_window)
    if executable is None:
        pytest.skip(chromium.NO_CHROMIUM)
    return {**browser_type_launch_args, "executable_path": executable, "args": chromium.CHROMIUM_ARGUMENTS}


@pytest.fixture
def browser_context_args(
    browser_context_args: dict[str, Any], live_server: processes.LiveServer, tmp_path: Path
) -> dict[str, Any]:
    """Every page of a test starts at the live server."""
    return {**browser_context_args, **chromium.SETTINGS, "accept_downloads": True, "base_url": live_server.url}


@pytest.fixture
def complaints() -> Iterator[chromium.Complaints]:
    """Fails the test when a page threw an error or broke the content policy."""
    complaints = chromium.Complaints()
    yield complaints
    assert not complaints.heard, "pages complained:\n" + "\n".join(complaints.heard)


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], complaints: chromium.Complaints
) -> Callable[..., BrowserContext]:
    """Another browser profile, so another device: `new_context().new_page()`."""

    def opened(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(patience.AT_ONCE)
        complaints.listen(context)
        return context

    return opened


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> Iterator[chromium.Screens]:
    """`screen(page, "waiting-for-approval")`: everybody can use this screen; and a picture for `make screens`."""
    screens = chromium.Screens()
    yield screens
    request.node.user_properties += [(LOOK, look) for look in screens.looks]
    assert not screens.found, "\n".join(screens.found)
