"""The fixtures that every test may ask for. What they are made of stands in tests/support."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.ctx import AppContext
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as examples
from playwright.sync_api import BrowserContext, Playwright
from whitenoise import WhiteNoise

from tests.support import browser, databases, servers
from tests.support.applications import dispose, make_app
from tests.support.clock import MovableClock

# No test ever sees the database, the keys or the mail server of the environment it runs in.
for _name in ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEYS", "SEALING_KEYS", "SMTP_URL", "TRUSTED_PROXIES"):
    os.environ.pop(_name, None)
os.environ["SPAREKEY_MODE"] = "testing"

# How long an example takes says how busy the machine is, and nothing about what is tested; and the few tests that give
# all their examples one fixture mean to.
UNASKED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
examples.register_profile("sparekey", deadline=None, suppress_health_check=UNASKED)
examples.load_profile("sparekey")

pytest_plugins = [
    "tests.support.strictness",
    "tests.support.costs",
    "tests.support.people",
    "tests.support.way_table",
    "tests.support.key_pages",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.databases` runs a test on both databases; every other test gets SQLite."""
    if "database_kind" in metafunc.fixturenames and metafunc.definition.get_closest_marker("databases"):
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where pictures are wanted, the tests that show something, and no other."""
    if os.environ.get("SCREENS"):
        items[:] = [item for item in items if "screen" in getattr(item, "fixturenames", ())]


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
def held_port() -> Iterator[socket.socket]:
    with servers.listening_socket() as held:
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


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    """Moves the time: `clock.advance(days=7)`."""
    clock = MovableClock()
    yield clock
    clock.reset()


@pytest.fixture
def live_server(app: Flask, held_port: socket.socket, page_files: WhiteNoise) -> Iterator[servers.LiveServer]:
    """`app` on http://localhost:PORT in threads of this process."""
    server = servers.LiveServer(app, held_port, page_files)
    yield server
    server.stop()


@pytest.fixture
def granian_server(tmp_path: Path, database_url: str, settings: dict[str, str]) -> Iterator[servers.GranianServer]:
    """The Procfile's web process with its own two workers, started."""
    server = servers.prepare_granian(tmp_path, {"DATABASE_URL": database_url, **settings})
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test has a server of its own, see `browser_context_args`."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    executable = browser.find_chromium(playwright)
    if executable is None:
        pytest.skip(browser.NO_CHROMIUM)
    return {**browser_type_launch_args, "executable_path": executable, "args": browser.CHROMIUM_ARGUMENTS}


@pytest.fixture
def browser_context_args(
    browser_context_args: dict[str, Any], live_server: servers.LiveServer, tmp_path: Path
) -> dict[str, Any]:
    """Every page of a test starts at the live server, in English, in UTC, without motion."""
    defaults = {"locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", "accept_downloads": True}
    return {**browser_context_args, **defaults, "base_url": live_server.url}


@pytest.fixture
def complaints() -> Iterator[browser.Complaints]:
    """Fails the test when a page threw an error or broke the content policy."""
    complaints = browser.Complaints()
    yield complaints
    assert not complaints.heard, "pages complained:\n" + "\n".join(complaints.heard)


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], complaints: browser.Complaints
) -> Callable[..., BrowserContext]:
    """Another browser profile, so another device: `new_context().new_page()`."""

    def opened(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(browser.TIMEOUT)
        complaints.listen(context)
        return context

    return opened


@pytest.fixture
def screen() -> Iterator[browser.Screens]:
    """`screen(page, "waiting-for-approval")`: everybody can use this screen; and a picture for `make screens`."""
    screens = browser.Screens()
    yield screens
    assert not screens.found, "\n".join(screens.found)
