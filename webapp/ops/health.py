"""How the parts that the service stands on are, for probes, for `check`, and for the page Diagnostics."""

import os
from datetime import UTC, datetime, timedelta
from functools import cache

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select, text

from webapp.clock import now
from webapp.crypto.sealing import SealingFailed, UnknownSealingKey, WrongSealingKey, sealer
from webapp.database import db
from webapp.models.server.sealing_key import SealingKey

NO_TABLES = "has no tables yet"


def newest_migration() -> str:
    """The one that this version of the application needs."""
    return known_migrations()[0]


def present_migration() -> str | None:
    """The one that the database is at; None where no table was made yet."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def known_migrations() -> list[str]:
    """All of this version, the newest first."""
    return _all(str(current_app.config["MIGRATIONS"]))


def is_of_newer_version() -> bool:
    """Whether a later version of the application has migrated the database."""
    present = present_migration()
    return present is not None and present not in known_migrations()


def migration_problem() -> str:
    """What to do about tables that are not those of this version, in a sentence; "" where they are."""
    present, newest = present_migration(), newest_migration()
    if present == newest:
        return ""
    if is_of_newer_version():
        return f"The database was made by a newer version of Spare Key ({present}): run that version."
    state = f"is at {present}, and this version needs {newest}" if present else NO_TABLES
    return f"The database {state}: run `flask --app webapp upgrade-db`."


def takes_writes() -> bool:
    """Whether the database says that it may be written to: no standby, and no file that is read-only. Writes nothing,
    so a full disk is not seen."""
    if db.engine.dialect.name == "sqlite":
        file = db.engine.url.database
        return not file or os.access(file, os.W_OK)
    return bool(db.session.scalar(text("SHOW transaction_read_only")) == "off")


def sealing_problem() -> SealingFailed | None:
    """What SEALING_KEYS lack, or have wrong, of the keys that seal something. Reads two small tables only."""
    found = sealer()
    counts = SealingKey.counts()
    canaries = dict(db.session.execute(select(SealingKey.id, SealingKey.canary)).all())
    for key_id in sorted(each for each, number in counts.items() if number > 0):
        if key_id not in found.ids:
            return UnknownSealingKey(key_id)
        if canaries.get(key_id) is not None and not found.opens_canary(key_id, canaries[key_id]):
            return WrongSealingKey(key_id)
    return None


def clock_difference() -> timedelta | None:
    """By how much this machine’s clock is ahead of the database’s; None where the two are one."""
    if db.engine.dialect.name == "sqlite":
        return None
    theirs = db.session.scalar(select(func.clock_timestamp()))
    return now() - theirs.astimezone(UTC) if isinstance(theirs, datetime) else None


@cache
def _all(directory: str) -> list[str]:
    configuration = Config()
    configuration.set_main_option("script_location", directory.replace("%", "%%"))
    return [each.revision for each in ScriptDirectory.from_config(configuration).walk_revisions()]
