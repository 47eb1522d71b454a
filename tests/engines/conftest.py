"""Every test here runs in each engine. One browser of each is started in a run; what a test left in it is cleared."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from selenium.webdriver.remote.webdriver import WebDriver

from tests.support.engines.engines import ENGINES, Engine
from tests.support.engines.table import ENGINE, SAYS
from tests.support.engines.visitor import Visitor
from tests.support.people.invitations import invite
from tests.support.servers.processes import LiveServer

NAMES = list(ENGINES)
Start = Callable[[Engine], WebDriver]
Seat = Callable[[Engine], Visitor]


@pytest.fixture(scope="session")
def engine_browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """The browser of an engine, started by whoever asks first."""
    running: dict[str, WebDriver] = {}
    with ExitStack() as stack:

        def start(engine: Engine) -> WebDriver:
            if engine.missing:
                pytest.skip(engine.missing)
            if engine.name not in running:
                running[engine.name] = stack.enter_context(engine.started(tmp_path_factory.mktemp(engine.name)))
            return running[engine.name]

        yield start


@pytest.fixture
def seat(engine_browsers: Start, live_server: LiveServer) -> Iterator[Seat]:
    """Somebody in front of the browser of an engine, which knows nothing yet."""
    seated: list[Visitor] = []

    def sit(engine: Engine) -> Visitor:
        visitor = Visitor(engine, engine_browsers(engine), live_server.url)
        visitor.arrive()
        seated.append(visitor)
        return visitor

    yield sit
    for visitor in seated:
        visitor.leave()


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each in turn."""
    request.node.user_properties.append((ENGINE, request.param))
    return ENGINES[request.param]


@pytest.fixture
def visitor(engine: Engine, seat: Seat) -> Visitor:
    """Whom a journey is about."""
    return seat(engine)


@pytest.fixture
def other(engine: Engine, seat: Seat) -> Visitor:
    """Somebody else, or the same person, in another engine: the next of the three."""
    return seat(ENGINES[NAMES[(NAMES.index(engine.name) + 1) % len(NAMES)]])


@pytest.fixture
def says(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """For what the page says that an engine can’t do: it goes into the table."""
    said: list[str] = []
    yield said
    request.node.user_properties += [(SAYS, sentence) for sentence in said]


@pytest.fixture
def link(app: Flask, organisation: str) -> str:
    """Dana’s invite."""
    return invite(app, organisation)
