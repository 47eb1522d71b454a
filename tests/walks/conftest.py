"""The stage of a walk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import SqliteDatabases
from tests.support.walking_cast import Stage, staged


@pytest.fixture
def stage(tmp_path: Path, sqlite_databases: SqliteDatabases) -> Iterator[Stage]:
    """Where everybody has joined; PINs are cheap and nothing is throttled."""
    yield from staged(tmp_path, Path(sqlite_databases.make(tmp_path).removeprefix("sqlite:///")))
