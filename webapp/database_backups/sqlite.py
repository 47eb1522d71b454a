"""Backups of an SQLite database: a copy made while others write, which is a database again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from webapp.database import db
from webapp.database_backups.contents import TABLES, Contents, Unusable, contents_of

MAGIC = b"SQLite format 3\0"
LOCK_SECONDS = 20.0
"""How long a restore waits for whoever still has it open."""


def back_up(to: Path) -> Contents:
    """Write the present database to `to`, which is there and empty."""
    with _opened(Path(str(db.engine.url.database))) as source, _opened(to) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # else whoever reads it needs to write beside it
    return read(to)


def read(file: Path) -> Contents:
    """What it says of itself; it is whole. Raises Unusable."""
    try:
        with _opened(file) as opened:
            if opened.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
                raise Unusable(f"{file} is damaged: SQLite finds it inconsistent. Nothing was changed.")
            there = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            queries = {table: f"SELECT {', '.join(columns)} FROM {table}" for table, columns in TABLES.items()}  # noqa: S608
            return contents_of({table: opened.execute(queries[table]).fetchall() for table in TABLES if table in there})
    except sqlite3.DatabaseError as error:
        raise Unusable(f"{file} can’t be read ({error}). Nothing was changed.") from None


def refuse_in_use() -> None:
    """SQLite does by itself: `restore` needs the file alone."""


def restore(file: Path) -> None:
    """Put it in the place of the present database, whole or not at all. Raises Unusable."""
    db.session.remove()
    db.engine.dispose()
    try:
        with _opened(file) as source, _opened(Path(str(db.engine.url.database))) as target:
            target.execute("PRAGMA journal_mode=DELETE")  # nobody else may have it open; the copy would wait for ever
            source.backup(target)
    except sqlite3.OperationalError as error:
        raise Unusable(
            f"Nothing was changed. The database “{db.engine.url.database}” is in use ({error}): stop web and worker"
            " first."
        ) from None


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, LOCK_SECONDS, isolation_level=None)) as connection:
        yield connection
