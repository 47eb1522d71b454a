"""Backups of a PostgreSQL database: what pg_dump writes, in its own format, which pg_restore reads, too."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, MetaData, inspect, text

from webapp.database import db
from webapp.database_backups.contents import TABLES, Contents, Row, Unusable, contents_of

MAGIC = b"PGDMP"
LOCK_SECONDS = 20.0
"""How long a restore waits for whoever still uses the tables."""
PARTING_SECONDS = 2.0
"""How long a connection that was closed may still be listed."""

OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"""


def back_up(to: Path) -> Contents:
    """Write the present database to `to`. Both are of one moment, whoever writes meanwhile. Raises Unusable."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        contents = contents_of(_rows(connection))
        dump = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
        done = _run([*dump, f"--snapshot={snapshot}", f"--file={to}", f"--dbname={_place()}"])
    if done.returncode:
        raise Unusable(f"pg_dump failed: {_last_line(done.stderr)}")
    return contents


def read(file: Path) -> Contents:
    """What it says of itself. Raises Unusable."""
    tables = [f"--table={table}" for table in TABLES]
    done = _run([_program("pg_restore"), "--data-only", *tables, "--file=-", str(file)])
    if done.returncode:
        raise Unusable(f"{file} can’t be read ({_last_line(done.stderr)}). Nothing was changed.")
    return contents_of(_copied(done.stdout.decode()))


def refuse_in_use() -> None:
    """Raises Unusable while others are connected as the same user: web and worker hold connections also when they do
    nothing, and would go on with what they know of the former database."""
    db.session.remove()
    db.engine.dispose()
    until = time.monotonic() + PARTING_SECONDS
    while number := _others():
        if time.monotonic() > until:
            raise Unusable(
                f"Nothing was changed. The database “{db.engine.url.database}” is in use ({number} other"
                f" connection{'s' * (number > 1)}): stop web and worker first; or, if it is none of theirs, add"
                " --although-running."
            )
        time.sleep(0.05)


def _others() -> int:
    with db.engine.connect() as connection:
        return int(connection.scalar(text(OTHERS)) or 0)


def restore(file: Path) -> None:
    """Put it in the place of every table that is there, whole or not at all. Raises Unusable."""
    read_out = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)]
    psql = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    former = _dropping()
    pipe = subprocess.PIPE
    db.session.remove()
    with (
        subprocess.Popen(read_out, stdout=pipe, stderr=pipe) as source,  # noqa: S603
        subprocess.Popen([*psql, f"--dbname={_place()}"], stdin=pipe, stderr=pipe, env=_environ()) as target,  # noqa: S603
    ):
        with suppress(BrokenPipeError):
            _hand_over(former, source, target)
        source.kill()  # where psql gave up, it would wait for ever
        said = (source.stderr.read() if source.stderr else b"") + (target.stderr.read() if target.stderr else b"")
        if target.wait() or source.wait():
            raise Unusable(f"Nothing was changed ({_last_line(said)}). Are web and worker stopped?")


def _hand_over(former: str, source: "subprocess.Popen[bytes]", target: "subprocess.Popen[bytes]") -> None:
    """What the one reads out to the other, in one transaction, committed only where all of it came. Raises
    BrokenPipeError."""
    assert source.stdout
    assert target.stdin
    with target.stdin as script:
        script.write(f"BEGIN; SET lock_timeout = '{LOCK_SECONDS}s'; {former}\n".encode())
        shutil.copyfileobj(source.stdout, script)
        if source.wait() == 0:
            script.write(b"\nCOMMIT;\n")


def _rows(connection: Connection) -> dict[str, list[Row]]:
    there = set(inspect(connection).get_table_names())
    queries = {table: f"SELECT {', '.join(columns)} FROM {table}" for table, columns in TABLES.items()}  # noqa: S608
    return {
        table: [tuple(row) for row in connection.execute(text(queries[table]))] for table in TABLES if table in there
    }


def _copied(script: str) -> dict[str, list[Row]]:
    """The rows of TABLES in what pg_restore writes: COPY, a line a row, tabs between, and \\N for NULL."""
    rows: dict[str, list[Row]] = {}
    lines: Iterator[str] = iter(script.splitlines())
    for line in lines:
        if not line.startswith("COPY "):
            continue
        table = line.split()[1].rpartition(".")[2]
        columns = line[line.index("(") + 1 : line.index(")")].split(", ")
        places = [columns.index(name) for name in TABLES[table]]
        rows[table] = []
        for row in iter(lines.__next__, "\\."):
            values = row.split("\t")
            rows[table].append(tuple(None if values[place] == "\\N" else values[place] for place in places))
    return rows


def _dropping() -> str:
    """Statements that drop whatever tables are there, of whatever version."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    quote = db.engine.dialect.identifier_preparer.format_table
    return " ".join(f"DROP TABLE {quote(table)} CASCADE;" for table in reversed(metadata.sorted_tables))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Unusable(
            f"{name} is not installed here: install PostgreSQL’s client (postgresql-client on Debian and Ubuntu),"
            " or use it where it is."
        )
    return found


def _run(command: list[str]) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(command, capture_output=True, env=_environ(), check=False)  # noqa: S603


def _place() -> str:
    """Where the database is, without the password: every user of a computer sees its command lines."""
    parts = conninfo_to_dict(_address())
    return make_conninfo(**{name: str(value) for name, value in parts.items() if name != "password"})


def _environ() -> dict[str, str]:
    password = conninfo_to_dict(_address()).get("password")
    return {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})}


def _address() -> str:
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no reason was given"
