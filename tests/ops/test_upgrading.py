"""`upgrade-db` says what it did, goes one at a time, and leaves what a newer version made alone."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import text

from tests.support.servers.applications import dispose, make_app
from tests.support.servers.command_line import Said, command_line
from tests.support.servers.environments import PRODUCTION
from tests.support.servers.processes import ROOT
from webapp.database import transaction
from webapp.ops import health

Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(environ, "upgrade-db")`."""
    return command_line(capsys)


@pytest.fixture
def environ(empty_database_url: str, tmp_path: Path) -> dict[str, str]:
    return {**PRODUCTION, "DATABASE_URL": empty_database_url, "SPAREKEY_INSTANCE": str(tmp_path)}


def newest(environ: dict[str, str], folder: Path, pretended: str = "") -> str:
    """The migration that this version needs; and the database is said to be at another."""
    app = make_app({"DATABASE_URL": environ["DATABASE_URL"]}, folder)
    with app.app_context():
        found = health.newest_migration()
        if pretended:
            with transaction() as session:
                session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": pretended})
    dispose(app)
    return found


@pytest.mark.databases
def test_it_says_what_it_did_and_leaves_a_newer_one_alone(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    said = run(environ, "upgrade-db")
    at = newest(environ, tmp_path, "9999")
    assert (said.code, said.output) == (0, f"The database was brought from no tables to {at}.\n")
    refused = run(environ, "upgrade-db")
    assert refused.code == 1
    assert refused.sentence == "The database was made by a newer version of Spare Key (9999): run that version."
    newest(environ, tmp_path, at)
    assert run(environ, "upgrade-db").output == f"The database is at {at}: nothing to do.\n"


@pytest.mark.databases
@pytest.mark.parametrize("former", ["0001", "0005", "0012", "0016"])
def test_it_goes_on_from_tables_of_any_former_version(
    run: Run, environ: dict[str, str], tmp_path: Path, former: str
) -> None:
    """What it reads before it begins is there in all of them: they lack columns of this version."""
    app = make_app({"DATABASE_URL": environ["DATABASE_URL"]}, tmp_path)
    with app.app_context():
        upgrade(revision=former)
    dispose(app)
    said = run(environ, "upgrade-db")
    assert (said.code, said.output.split(" to ")[0]) == (0, f"The database was brought from {former}"), said


@pytest.mark.databases
def test_of_two_at_once_one_waits_for_the_other(environ: dict[str, str]) -> None:
    line = [sys.executable, "-m", "flask", "--app", "webapp", "upgrade-db"]
    pipe = subprocess.PIPE
    both = [subprocess.Popen(line, cwd=ROOT, env=environ, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    ended = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    assert sum("nothing to do" in said for said, _ in ended) == 1


def test_a_folder_that_is_not_there_is_a_sentence(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    said = run({**environ, "DATABASE_URL": f"sqlite:///{folder}/data.sqlite3"}, "upgrade-db")
    assert (said.code, said.output) == (1, "")
    assert said.sentence.startswith(
        f"The folder {folder} of the database that DATABASE_URL names can’t be opened (No such"
    )
