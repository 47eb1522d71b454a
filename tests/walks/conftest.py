"""The stage of a walk."""

from collections.abc import Iterator

import pytest

from tests.support.servers.databases import SqliteDatabases
from tests.walks.stage.cast import Stage
from tests.walks.stage.cheap import made_cheap


@pytest.fixture(scope="session")
def joined(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Iterator[Stage]:
    """Where everybody has joined, once for all walks: each begins with a copy of the database of then."""
    folder = tmp_path_factory.mktemp("walks")
    with made_cheap() as chance:
        made = Stage(folder, sqlite_databases.make(folder), chance)
    made.close()
    yield made
    made.close()


@pytest.fixture
def stage(joined: Stage) -> Iterator[Stage]:
    """It, for one test; PINs are cheap and nothing is throttled."""
    with made_cheap() as joined.chance:
        yield joined
    joined.close()
