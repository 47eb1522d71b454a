"""`flask --app webapp backup FILE` and `restore FILE`."""

import os
from pathlib import Path
from types import ModuleType

import click
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect

from webapp.crypto.sealing import sealer
from webapp.database import db
from webapp.database_backups import postgresql, sqlite
from webapp.database_backups.contents import Contents, Unusable
from webapp.version import VERSION

KINDS: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the database to FILE, while it is in use. The sealing keys are not in it: keep them elsewhere."""
    if file.exists():
        raise click.ClickException(f"{file} is there already, and was left alone. Give each backup a name of its own.")
    if not inspect(db.engine).has_table("alembic_version"):
        raise click.ClickException("The database has no tables yet: there is nothing to back up.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        contents: Contents = KINDS[db.engine.dialect.name].back_up(unfinished)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.rename(file)
    except (OSError, Unusable) as error:
        raise click.ClickException(f"No backup was made. {error}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"{file}: {file.stat().st_size:,} bytes, by Spare Key {VERSION}, tables of {contents.revision}.")
    click.echo(_needs(contents))


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Drop what the database holds.")
@click.option("--although-running", is_flag=True, help="Although others are connected to it (PostgreSQL).")
@with_appcontext
def restore(file: Path, *, replace: bool, although_running: bool) -> None:
    """Fill an empty database from FILE, which `backup` wrote. Stop web and worker first."""
    kind = db.engine.dialect.name
    try:
        found = _kind_of(file)
        if found != kind:
            raise Unusable(f"{file} is a backup of {found}, and DATABASE_URL names {kind}. Nothing was changed.")
        contents: Contents = KINDS[kind].read(file)
        _refuse_later_version(contents)
        if inspect(db.engine).get_table_names():
            _refuse_full(replace=replace, although_running=although_running)
        KINDS[kind].restore(file)
    except Unusable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The database is what it was when {file} was made. Next: flask --app webapp upgrade-db")
    lacking = contents.lacking(sealer())
    if lacking:
        click.echo(
            f"SEALING_KEYS lacks {_listed(lacking)}, which sealed values in it: without, nothing starts. Add each key"
            " that is missing, at the end, from where retired keys are kept."
        )


def _refuse_full(*, replace: bool, although_running: bool) -> None:
    if not replace:
        raise Unusable(
            "The database is not empty, and nothing was changed. Name an empty one in DATABASE_URL; or, if nothing in"
            " this one is needed any more, add --replace."
        )
    if not although_running:
        KINDS[db.engine.dialect.name].refuse_in_use()


def _kind_of(file: Path) -> str:
    with file.open("rb") as opened:
        begins = opened.read(16)
    for kind, module in KINDS.items():
        if begins.startswith(module.MAGIC):
            return kind
    raise Unusable(f"{file} is no backup that `flask --app webapp backup` wrote. Nothing was changed.")


def _refuse_later_version(contents: Contents) -> None:
    known = {script.revision for script in ScriptDirectory(current_app.config["MIGRATIONS"]).walk_revisions()}
    if contents.revision not in known:
        raise Unusable(
            f"It is of a later version than {VERSION} (its tables are those of {contents.revision}): fetch that one"
            " first. Nothing was changed."
        )


def _needs(contents: Contents) -> str:
    if not contents.key_ids:
        return "Nothing in it is sealed yet."
    return (
        f"It opens with the sealing {'key' if len(contents.key_ids) == 1 else 'keys'} {_listed(contents.key_ids)},"
        " which it does not hold: keep that apart from it, as long as you keep it, even when retired."
    )


def _listed(key_ids: list[str]) -> str:
    return ", ".join(f"“{key_id}”" for key_id in key_ids)
