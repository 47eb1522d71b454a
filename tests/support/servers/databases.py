"""Databases for tests: migrated once, then copied or emptied for every test, so none sees another's rows."""

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

from tests.support.run import patience
from tests.support.servers.applications import migrate
from webapp.database import db

POSTGRESQL_CANDIDATES = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")
NO_POSTGRESQL = "no PostgreSQL answers; start one on this machine or set TEST_POSTGRES_URL=postgresql://user@host/name"

DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
END_OTHERS = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
COLUMNS = """SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY table_name, column_name"""


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
    """Lends one migrated database again and again, emptied in between: to copy one costs fifteen times as much.

    Skips the asking test where no server answers.
    """

    def __init__(self, folder: Path) -> None:
        self.server = _reachable_server()
        self._folder = folder
        self._name = f"sparekey_test_{secrets.token_hex(6)}"
        self._make()

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The address of a database without a row, for one borrower at a time."""
        try:
            yield self._address
        finally:
            try:
                self._empty()
            except (psycopg.Error, _IsChanged):
                self.close()
                self._make()

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of a database without a table, dropped afterwards."""
        name = f"{self._name}_{secrets.token_hex(6)}"
        self._execute("CREATE DATABASE {} TEMPLATE template0", name)
        try:
            yield self._address_of(name)
        finally:
            self._execute(DROP, name)

    def forget(self, name: str) -> None:
        """Drop a database and a role of this name, which a test made."""
        self._execute(DROP, name)
        self._execute("DROP ROLE IF EXISTS {}", name)

    def close(self) -> None:
        """Drop it."""
        self._execute(DROP, self._name)

    @property
    def _address(self) -> str:
        return self._address_of(self._name)

    def _address_of(self, name: str) -> str:
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def _make(self) -> None:
        self._execute("CREATE DATABASE {} TEMPLATE template0", self._name)
        migrate(self._address, self._folder)
        with psycopg.connect(self._address) as connection:
            self._schema = _schema(connection)

    def _empty(self) -> None:
        """End whatever a test left running, then delete all rows. Raises _IsChanged where it left another schema, and
        psycopg.Error where that takes long: a million rows are sooner dropped with their database."""
        with psycopg.connect(self._address) as connection:
            connection.execute("SET lock_timeout = '10s'")
            connection.execute("SET statement_timeout = '10s'")
            connection.execute(END_OTHERS)
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
            for (name,) in connection.execute("SELECT sequencename FROM pg_sequences").fetchall():
                connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))
            if _schema(connection) != self._schema:
                raise _IsChanged

    def _execute(self, statement: str, name: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


class _IsChanged(Exception):
    """A test changed more than rows."""


def _schema(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return connection.execute(COLUMNS).fetchall()


def _reachable_server() -> str:
    given = os.environ.get("TEST_POSTGRES_URL")
    for url in [given] if given else POSTGRESQL_CANDIDATES:
        try:
            psycopg.connect(url, connect_timeout=patience.HUNG).close()
        except psycopg.OperationalError:
            continue
        return url
    pytest.skip(NO_POSTGRESQL)
