"""The stage of a walk."""

from collections.abc import Iterator

import pytest

from tests.support.databases import SqliteDatabases
from tests.support.walking_cast import Stage
from tests.support.walking_cheap import made_cheap


@pytest.fixture(scope="session")
def joined(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Iterator[Stage]:
    """Where everybody has joined, once for all walks: each begins with a copy of the database of then."""
    folder = tmp_path_factory.mktemp("walks")
    with made_cheap():
        made = Stage(folder, sqlite_databases.make(folder))
    made.close()
    yield made
    made.close()


@pytest.fixture
def stage(joined: Stage) -> Iterator[Stage]:
    """It, for one test; PINs are cheap and nothing is throttled."""
    with made_cheap():
        yield joined
    joined.close()
