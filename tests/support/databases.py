"""Databases for tests: migrated once, then copied for every test, so none sees another's rows."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.support.applications import migrate

POSTGRESQL_CANDIDATES = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")
NO_POSTGRESQL = "no PostgreSQL answers; start one on this machine or set TEST_POSTGRES_URL=postgresql://user@host/name"


class SqliteDatabases:
    """Hands out copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.sqlite3"
        migrate(f"sqlite:///{self._template}", folder)

    def make(self, folder: Path) -> str:
        """The address of a fresh database inside `folder`."""
        path = folder / "sparekey.sqlite3"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


class PostgresqlDatabases:
    """Hands out copies of one migrated database. Skips the asking test where no server answers."""

    def __init__(self, folder: Path) -> None:
        self._server = _reachable_server()
        self._template = f"sparekey_test_{secrets.token_hex(6)}"
        self._made = 0
        self._execute("CREATE DATABASE {}", self._template)
        migrate(self._address(self._template), folder)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The address of a fresh database that is dropped afterwards."""
        self._made += 1
        name = f"{self._template}_{self._made}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, self._template)
        try:
            yield self._address(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Drop the template."""
        self._drop(self._template)

    def _address(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _reachable_server() -> str:
    given = os.environ.get("TEST_POSTGRES_URL")
    for url in [given] if given else POSTGRESQL_CANDIDATES:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            continue
        return url
    pytest.skip(NO_POSTGRESQL)
