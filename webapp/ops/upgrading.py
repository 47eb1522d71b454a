"""Bringing the tables up to this version: one process at a time, and with a sentence that says what it did."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import text

from webapp.config import ConfigurationError
from webapp.database import db
from webapp.ops import health

LOCK = 0x5370617265
"""The number of PostgreSQL’s advisory lock under which it is done."""


def bring_up() -> str:
    """What was done, in a sentence. Whoever comes meanwhile waits, and finds nothing to do. Raises ConfigurationError
    where a newer version was here."""
    with alone():
        before = _present()
        if health.is_of_newer_version():
            raise ConfigurationError(health.migration_problem())
        db.session.remove()
        upgrade()
        after = _present()
    if before == after:
        return f"The database is at {after}: nothing to do."
    return f"The database was brought from {before or 'no tables'} to {after}."


def _present() -> str | None:
    found = health.present_migration()
    db.session.remove()
    return found


@contextmanager
def alone() -> Iterator[None]:
    """One process at a time is in here; the others wait. Raises ConfigurationError where a folder is not there."""
    if db.engine.dialect.name == "sqlite":
        with _alone_in(Path(db.engine.url.database or ".").absolute().parent):
            yield
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """The folder itself is held, so nothing is left in it."""
    try:
        held = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {folder} of the database that DATABASE_URL names can’t be opened ({error.strerror}): make it,"
            " readable and writable for this account, or set DATABASE_URL to another."
        ) from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
